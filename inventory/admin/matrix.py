"""The matrix of a preflight as tables: a row per region and a column per action, and the same of what is global."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from inventory.aws.findings import ALLOWED, DENIED, DISABLED, GLOBAL, UNKNOWN, UNSUPPORTED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from inventory.models import Preflight

# To see; to hear and to point at, each has its word.
SIGNS = {ALLOWED: "✓", DENIED: "✗", DISABLED: "○", UNSUPPORTED: "-", UNKNOWN: "?"}
Cell = tuple[str, str]  # the word and its sign


@dataclass(frozen=True, slots=True)
class Table:
    """The actions that are asked for in the same places; `rows` are those places, with a cell per action."""

    actions: list[str]
    rows: list[tuple[str, list[Cell]]]


def tables(preflight: Preflight) -> list[Table]:
    """Of the regions, however many, and of what is no region's; without one that would be empty."""
    places = [place["name"] for place in preflight.places]
    regions = [name for name in places if name != GLOBAL]
    both = (_table(preflight, regions), _table(preflight, [GLOBAL]))
    return [table for table in both if table.actions]


def _table(preflight: Preflight, places: Sequence[str]) -> Table:
    asked = [row for row in preflight.matrix if any(place in row["places"] for place in places)]
    rows = [(place, [_cell(row["places"].get(place, "")) for row in asked]) for place in places]
    return Table([row["action"] for row in asked], rows)


def _cell(state: str) -> Cell:
    return state, SIGNS.get(state, "")
