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
from inventory.models import Definition, Execution, Job, Sync
from inventory.models.executions import BackfillDay
from inventory.sync.executions import kept_since

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import datetime

    from django.db.models import Model

    Referring = Callable[[QuerySet[Any]], Iterable[QuerySet[Any]]]

REFERRED_TO: tuple[type[Model], ...] = (Job, Definition)
BATCH = 1_000
EXECUTIONS_AT_ONCE = 100  # each goes together with its steps


def _all(rows: QuerySet[Any]) -> Iterable[QuerySet[Any]]:
    return (rows,)


def prune() -> dict[str, int]:
    """Delete what is older than the retention settings; how many rows of each kind. 0 days mean for ever."""
    deleted: Counter[str] = Counter()
    for rows in _prunable():
        last, most = 0, EXECUTIONS_AT_ONCE if rows.model is Execution else BATCH
        while ids := list(rows.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:most]):
            deleted += _delete(rows, ids)
            last = ids[-1]
    return dict(deleted)


def _prunable() -> Iterator[QuerySet[Any]]:
    """Executions first: what only they refer to goes after them."""
    if kept := kept_since():
        yield _old_executions(kept)
        yield from (unreferenced(model, kept) for model in REFERRED_TO)
    yield from old_logs()


def old_logs() -> Iterator[QuerySet[Any]]:
    """Our own records: of syncs, and of what the back-fill has cost."""
    if settings.SYNC_KEEP_DAYS:
        before = now() - timedelta(days=settings.SYNC_KEEP_DAYS)
        yield _old_syncs(before)
        yield BackfillDay.objects.filter(day__lt=before.date())


@transaction.atomic
def _delete(rows: QuerySet[Any], ids: Sequence[int]) -> Counter[str]:
    """Those that are still to go. Primary keys alone are read: descriptions may be large."""
    return Counter(rows.filter(pk__in=ids).only("pk").delete()[1])


def _old_executions(kept: datetime) -> QuerySet[Execution]:
    """Over for longer; never a pipeline's latest one, nor its latest success."""
    others = Execution.objects.filter(over_before(kept)).exclude(pk=F("pipeline__latest_execution"))
    return others.exclude(Q(status="Succeeded") & Q(pk=Subquery(latest_success("pipeline"))))


def over_before(kept: datetime, execution: str = "") -> Q:
    """Executions that were over by then; `execution` leads to them."""
    started, modified, status = (f"{execution}{name}" for name in ("start_time", "last_modified", "status"))
    unchanged = Q(**{f"{started}__lt": kept}) & (Q(**{modified: None}) | Q(**{f"{modified}__lt": kept}))
    return unchanged & Q(**{f"{status}__in": TERMINAL_EXECUTION_STATUSES})


def latest_success(pipeline: str) -> QuerySet[Any]:
    """Its key, for the pipeline of the outer row; one that never started counts for nothing: it is never old."""
    started = Execution.objects.filter(pipeline=OuterRef(pipeline), start_time__isnull=False)
    # As a range: of an equal status SQLite would go through all successes there are rather than through the pipeline's.
    succeeded = started.filter(status__range=("Succeeded", "Succeeded"))
    return succeeded.order_by("-start_time", "-pk").values("pk")[:1]


def unreferenced(model: type[Model], kept: datetime, referring: Referring = _all) -> QuerySet[Any]:
    """Rows as old that nothing refers to, of what `referring` leaves of the rows that could."""
    rows = model._default_manager.filter(created_at__lt=kept)
    for relation in model._meta.get_fields(include_hidden=True):
        if isinstance(relation, ManyToOneRel):
            key = {relation.field.name: OuterRef(relation.field.target_field.name)}
            for those in referring(relation.related_model._default_manager.filter(**key)):
                rows = rows.exclude(Exists(those))
    return rows


def _old_syncs(before: datetime) -> QuerySet[Sync]:
    """Those that are over; the newest of each scope stays."""
    newer = Sync.objects.filter(scope=OuterRef("scope"), pk__gt=OuterRef("pk"))
    over = Sync.objects.filter(created_at__lt=before).exclude(state__in=("queued", "running"))
    return over.filter(Exists(newer))
