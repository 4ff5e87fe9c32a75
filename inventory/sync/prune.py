"""What an operator does not want to keep: old executions and what was theirs alone, old syncs. Nothing else goes."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, ManyToOneRel, OuterRef, Q, QuerySet, Subquery
from django.utils.timezone import now

from inventory.aws.records import TERMINAL_EXECUTION_STATUSES
from inventory.models import Definition, Execution, Job, StepExecution, Sync
from inventory.models.executions import BackfillDay
from inventory.sync.executions import kept_since

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from django.db.models import Model

BATCH = 1_000
EXECUTIONS_AT_ONCE = 50  # each goes together with its steps


def prune() -> dict[str, int]:
    """Delete what is older than the retention settings; how many rows of each kind. 0 days mean for ever."""
    deleted: Counter[str] = Counter()
    for rows in _prunable():
        size = EXECUTIONS_AT_ONCE if rows.model is Execution else BATCH
        while batch := _delete_some(rows, size):
            deleted += batch
    return dict(deleted)


def count_prunable() -> dict[str, int]:
    """How many rows `prune` would delete."""
    counts = {rows.model._meta.label: rows.count() for rows in _prunable()}
    if executions := counts.get(Execution._meta.label):
        steps = StepExecution.objects.filter(execution__in=_old_executions(kept_since()).values("pk"))
        counts |= {Execution._meta.label: executions, StepExecution._meta.label: steps.count()}
    return {label: count for label, count in counts.items() if count}


def _prunable() -> Iterator[QuerySet[Any]]:
    """Executions first: what only they refer to goes after them."""
    if kept := kept_since():
        yield _old_executions(kept)
        yield _only_of_old_executions(Job, kept)
        yield _only_of_old_executions(Definition, kept)
    if settings.SYNC_KEEP_DAYS:
        before = now() - timedelta(days=settings.SYNC_KEEP_DAYS)
        yield _old_syncs(before)
        yield BackfillDay.objects.filter(day__lt=before.date())


@transaction.atomic
def _delete_some(rows: QuerySet[Any], most: int) -> Counter[str]:
    """Primary keys alone are read: descriptions may be large."""
    ids = list(rows.order_by("pk").values_list("pk", flat=True)[:most])
    doomed = rows.model._default_manager.filter(pk__in=ids).only("pk")
    return Counter(doomed.delete()[1]) if ids else Counter()


def _old_executions(kept: datetime | None) -> QuerySet[Execution]:
    """Over for longer; never a pipeline's latest one, nor its latest success."""
    succeeded = Execution.objects.filter(pipeline=OuterRef("pipeline"), status="Succeeded")
    latest_success = succeeded.order_by(F("start_time").desc(nulls_last=True), "-pk").values("pk")[:1]
    changed_before = Q(start_time__lt=kept) & (Q(last_modified=None) | Q(last_modified__lt=kept))
    over = Execution.objects.filter(changed_before, status__in=TERMINAL_EXECUTION_STATUSES)
    others = over.exclude(pk=F("pipeline__latest_execution"))
    return others.exclude(Q(status="Succeeded") & Q(pk=Subquery(latest_success)))


def _only_of_old_executions(model: type[Model], kept: datetime) -> QuerySet[Any]:
    """Rows as old that nothing refers to, but for executions that are to go and their steps."""
    rows = model._default_manager.filter(created_at__lt=kept)
    for relation in model._meta.get_fields(include_hidden=True):
        if isinstance(relation, ManyToOneRel):
            key = {relation.field.name: OuterRef(relation.field.target_field.name)}
            rows = rows.exclude(Exists(_staying(relation.related_model._default_manager.filter(**key), kept)))
    return rows


def _staying(rows: QuerySet[Any], kept: datetime) -> QuerySet[Any]:
    old = _old_executions(kept).values("pk")
    if rows.model is Execution:
        return rows.exclude(pk__in=old)
    return rows.exclude(execution__in=old) if rows.model is StepExecution else rows


def _old_syncs(before: datetime) -> QuerySet[Sync]:
    """Those that are over; the newest of each scope stays."""
    newer = Sync.objects.filter(scope=OuterRef("scope"), pk__gt=OuterRef("pk"))
    over = Sync.objects.filter(created_at__lt=before).exclude(state__in=("queued", "running"))
    return over.filter(Exists(newer))
