"""How much there is to prune, in a few queries over sets.

`prune` looks at each of a few executions by itself. Over a million that takes minutes: here the executions that stay
however old they are, at most two of each pipeline, are found from the pipelines, and taken off.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from django.db.models import F, Subquery

from inventory.models import Execution, Pipeline, StepExecution
from inventory.sync.executions import kept_since
from inventory.sync.prune import REFERRED_TO, latest_success, old_logs, over_before, unreferenced

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from django.db.models import QuerySet

OF = {Execution: "", StepExecution: "execution__"}  # model -> what leads to the execution that it goes with


def count_prunable() -> dict[str, int]:
    """How many rows of each kind `prune` would delete."""
    counts: Counter[str] = Counter()
    if kept := kept_since():
        counts.update({model._meta.label: _count_old(model._default_manager.all(), kept) for model in OF})
        for model in REFERRED_TO:
            counts[model._meta.label] = unreferenced(model, kept, lambda rows: _staying(rows, kept)).count()
    counts.update({rows.model._meta.label: rows.count() for rows in old_logs()})
    return {label: count for label, count in counts.items() if count}


def _count_old(rows: QuerySet[Any], kept: datetime) -> int:
    over = rows.filter(over_before(kept, OF[rows.model]))
    return over.count() - sum(those.count() for those in _protected(over))


def _staying(rows: QuerySet[Any], kept: datetime) -> Iterator[QuerySet[Any]]:
    """Those that stay, in parts: each is looked up by itself, which no planner does to the whole of them."""
    if rows.model not in OF:
        yield rows
        return
    yield rows.exclude(over_before(kept, OF[rows.model]))
    yield from _protected(rows)


def _protected(rows: QuerySet[Any]) -> Iterator[QuerySet[Any]]:
    """Of the latest execution of its pipeline; of the latest success, where that is another one."""
    execution = OF[rows.model]
    successes = Pipeline.objects.order_by().values_list(Subquery(latest_success("pk")))
    yield rows.filter(**{f"{execution}pipeline__latest_execution": F(f"{execution}pk")})
    others = rows.filter(**{f"{execution}pk__in": successes})
    yield others.exclude(**{f"{execution}pipeline__latest_execution": F(f"{execution}pk")})
