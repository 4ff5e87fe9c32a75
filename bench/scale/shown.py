"""Statements and their plans as a document shows them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import takewhile
from typing import TYPE_CHECKING

import sqlparse
from sqlparse.sql import IdentifierList

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

SHOWN = 3  # in a list; of a longer one only the first
VALUE = r"(?:\d+|'[^']*')"
VALUES = re.compile(rf"\(({VALUE})(?:, {VALUE}){{{SHOWN},}}\)")
ARRAY = re.compile(rf"'\{{([^',}}]+)(?:,[^',}}]+){{{SHOWN},}}\}}'")
NUMBER = re.compile(r"\d+")
NAME = re.compile(r'"(\w+)"')


@dataclass(frozen=True, slots=True)
class Shown:
    """A statement, and the plan that PostgreSQL printed for it."""

    statement: str
    plan: str

    def __str__(self) -> str:
        plan = ARRAY.sub(r"'{\1,…}'", self.plan)
        return f"```sql\n{shortened(self.statement)}\n```\n```text\n{plan}\n```"


def folded(queries: Mapping[str, Iterable[Shown]]) -> str:
    """Each query under its name, which unfolds it."""
    return "\n\n".join(
        f"<details><summary>{name}</summary>\n\n" + "\n\n".join(map(str, shown)) + "\n\n</details>"
        for name, shown in queries.items()
    )


def once(statements: Iterable[str]) -> list[str]:
    """Without those that ask an earlier one's question of other numbers, as the batches after the first do."""
    found: dict[str, str] = {}
    for statement in statements:
        found.setdefault(NUMBER.sub("", statement), statement)
    return list(found.values())


def shortened(statement: str) -> str:
    """Over several lines, names without quotes; of more than three columns or values the first."""
    short = _with_few_columns(VALUES.sub(r"(\1, …)", statement))
    return NAME.sub(r"\1", sqlparse.format(short, reindent=True))


def _with_few_columns(statement: str) -> str:
    [parsed] = sqlparse.parse(statement)
    selected = takewhile(lambda token: token.normalized != "FROM", parsed.tokens)
    columns = next((token for token in selected if isinstance(token, IdentifierList)), None)
    if columns is None:
        return statement
    first, *others = (str(token) for token in columns.tokens if not token.is_whitespace and str(token) != ",")
    return statement.replace(str(columns), f"{first}, …", 1) if len(others) >= SHOWN else statement
