"""What PostgreSQL does for the queries of a piece of code: the plans that it measured, in short or as printed."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

FEW = 10  # pages
EXPLAINED = ("SELECT", "UPDATE", "DELETE", "INSERT")
CURSOR = re.compile(r"^DECLARE .*? CURSOR .*?FOR ")


@dataclass(frozen=True, slots=True)
class Node:
    """One scan of a plan: how, by which index, and how many rows it read in all, those it dropped among them."""

    kind: str
    table: str
    index: str
    rows: int

    def __str__(self) -> str:
        by = self.index or self.table
        return f"{self.kind} {by.removeprefix('inventory_').removeprefix('lineage_')} ({self.rows:,})"


@dataclass(frozen=True, slots=True)
class Plan:
    """A statement, its scans, the milliseconds that it took and the pages that it touched."""

    statement: str
    scans: tuple[Node, ...]
    milliseconds: float
    pages: int

    def __str__(self) -> str:
        return f"{self.milliseconds:8.2f} ms {self.pages:8,} pages  {', '.join(map(str, self.scans))}"


def rolled_back(run: Callable[[], object]) -> None:
    """Let it write nothing."""
    with transaction.atomic():
        run()
        transaction.set_rollback(True)


def explained(run: Callable[[], object]) -> list[Plan]:
    """The plans of the statements that `run` executes; what they write is rolled back."""
    with CaptureQueriesContext(connection) as captured:
        rolled_back(run)
    statements = [CURSOR.sub("", query["sql"]) for query in captured.captured_queries]
    return [_explain(statement) for statement in statements if statement.startswith(EXPLAINED)]


def telling(plans: Sequence[Plan]) -> list[Plan]:
    """Without those that touch only a few pages, unless all do."""
    least = min(FEW, max(plan.pages for plan in plans))
    return [plan for plan in plans if plan.pages >= least]


def printed(statement: str) -> str:
    """The plan as people read it."""
    return "\n".join(_rows(f"EXPLAIN (ANALYZE, BUFFERS) {statement}"))


def _explain(statement: str) -> Plan:
    [found] = _rows(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement}")
    document = (json.loads(found) if isinstance(found, str) else found)[0]
    top = document["Plan"]
    pages = top["Shared Hit Blocks"] + top["Shared Read Blocks"]
    return Plan(statement, tuple(_scans(top)), document["Execution Time"], pages)


def _rows(statement: str) -> list[Any]:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.replace("%", "%%"), ())
        rows = [row for (row,) in cursor.fetchall()]
        transaction.set_rollback(True)
    return rows


def _scans(node: dict[str, Any]) -> Iterator[Node]:
    if "Scan" in node["Node Type"] and "Relation Name" in node:
        dropped = sum(node.get(name, 0) for name in ("Rows Removed by Filter", "Rows Removed by Index Recheck"))
        rows = (node["Actual Rows"] + dropped) * node["Actual Loops"]
        yield Node(node["Node Type"], node["Relation Name"], node.get("Index Name") or _bitmaps(node), int(rows))
    for inner in node.get("Plans", ()):
        yield from _scans(inner)


def _bitmaps(node: dict[str, Any]) -> str:
    """The indexes that a bitmap was made of, and of no other scan."""
    inner = [plan for plan in node.get("Plans", ()) if plan["Node Type"].startswith("Bitmap")]
    return " | ".join(plan.get("Index Name") or _bitmaps(plan) for plan in inner)
