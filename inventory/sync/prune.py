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
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from django.db.models import Model

BATCH = 1_000
EXECUTIONS_AT_ONCE = 100  # each goes together with its steps


def prune() -> dict[str, int]:
    """Delete what is older than the retention settings; how many rows of each kind. 0 days mean for ever."""
    deleted: Counter[str] = Counter()
    for rows in _prunable(whole=False):
        last, most = 0, EXECUTIONS_AT_ONCE if rows.model is Execution else BATCH
        while ids := list(rows.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:most]):
            deleted += _delete(rows, ids)
            last = ids[-1]
    return dict(deleted)


def count_prunable() -> dict[str, int]:
    """How many rows `prune` would delete."""
    counts = {rows.model._meta.label: rows.count() for rows in _prunable(whole=True)}
    if executions := counts.get(Execution._meta.label):
        steps = StepExecution.objects.filter(execution__in=_old_executions(kept_since()).values("pk"))
        counts |= {Execution._meta.label: executions, StepExecution._meta.label: steps.count()}
    return {label: count for label, count in counts.items() if count}


def _prunable(*, whole: bool) -> Iterator[QuerySet[Any]]:
    """Executions first: what only they refer to goes after them. The `whole` of it, while they are still there."""
    if kept := kept_since():
        old = _old_executions(kept)
        yield old
        for model in (Job, Definition):
            yield _unreferenced(model, kept, but_for=old if whole else None)
    if settings.SYNC_KEEP_DAYS:
        before = now() - timedelta(days=settings.SYNC_KEEP_DAYS)
        yield _old_syncs(before)
        yield BackfillDay.objects.filter(day__lt=before.date())


@transaction.atomic
def _delete(rows: QuerySet[Any], ids: Sequence[int]) -> Counter[str]:
    """Those that are still to go. Primary keys alone are read: descriptions may be large."""
    return Counter(rows.filter(pk__in=ids).only("pk").delete()[1])


def _old_executions(kept: datetime | None) -> QuerySet[Execution]:
    """Over for longer; never a pipeline's latest one, nor its latest success."""
    succeeded = Execution.objects.filter(pipeline=OuterRef("pipeline"), status="Succeeded")
    latest_success = succeeded.order_by(F("start_time").desc(nulls_last=True), "-pk").values("pk")[:1]
    changed_before = Q(start_time__lt=kept) & (Q(last_modified=None) | Q(last_modified__lt=kept))
    over = Execution.objects.filter(changed_before, status__in=TERMINAL_EXECUTION_STATUSES)
    others = over.exclude(pk=F("pipeline__latest_execution"))
    return others.exclude(Q(status="Succeeded") & Q(pk=Subquery(latest_success)))


def _unreferenced(model: type[Model], kept: datetime, but_for: QuerySet[Execution] | None) -> QuerySet[Any]:
    """Rows as old that nothing refers to, `but_for` these executions and their steps."""
    rows = model._default_manager.filter(created_at__lt=kept)
    for relation in model._meta.get_fields(include_hidden=True):
        if isinstance(relation, ManyToOneRel):
            key = {relation.field.name: OuterRef(relation.field.target_field.name)}
            referring = relation.related_model._default_manager.filter(**key)
            rows = rows.exclude(Exists(referring if but_for is None else _staying(referring, but_for)))
    return rows


def _staying(rows: QuerySet[Any], but_for: QuerySet[Execution]) -> QuerySet[Any]:
    if rows.model is Execution:
        return rows.exclude(pk__in=but_for.values("pk"))
    return rows.exclude(execution__in=but_for.values("pk")) if rows.model is StepExecution else rows


def _old_syncs(before: datetime) -> QuerySet[Sync]:
    """Those that are over; the newest of each scope stays."""
    newer = Sync.objects.filter(scope=OuterRef("scope"), pk__gt=OuterRef("pk"))
    over = Sync.objects.filter(created_at__lt=before).exclude(state__in=("queued", "running"))
    return over.filter(Exists(newer))
