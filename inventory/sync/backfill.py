"""What is read when there is time: versions of pipelines, then older executions, within a number of calls a day."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, timedelta
from itertools import groupby
from math import ceil
from typing import TYPE_CHECKING, Any, TypeVar

from django.conf import settings
from django.db.models import Count, F, Q
from django.utils.timezone import now

from inventory.aws.errors import AWSError
from inventory.aws.paging import PAGE_SIZE
from inventory.aws.sessions import sessions
from inventory.models import Pipeline, Region
from inventory.models.executions import BackfillDay
from inventory.sync.connect import connect
from inventory.sync.history import without_steps
from inventory.sync.reading import history_works, is_described, read
from inventory.sync.store import store
from inventory.sync.versions import list_due_versions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from concurrent.futures import Future

    from inventory.models import Execution
    from inventory.sync.work import Work

    T = TypeVar("T")
    R = TypeVar("R")

AT_ONCE = 20  # executions; the regular syncs come first
HELD_FOR = timedelta(minutes=20)


def backfill() -> int:
    """List some versions and read the steps of some older executions.

    Nothing, when the day's calls are used up or another worker is at it. Returns how many executions could be read.
    """
    today = _hold()
    if today is None:
        return 0
    spent = done = 0
    try:
        for calls in list_due_versions(settings.SYNC_BACKFILL_CALLS_PER_DAY - today.calls):
            spent += calls
        for region, ids in _by_region(today.calls + spent):
            calls, executions = _read(region, ids)
            spent, done = spent + calls, done + executions
    finally:
        BackfillDay.objects.filter(pk=today.pk).update(
            calls=F("calls") + spent, executions=F("executions") + done, held_until=None
        )
    return done


def _hold() -> BackfillDay | None:
    """Today's row, held by this worker alone; None when there is nothing left of the day's calls."""
    moment = now()
    row, _ = BackfillDay.objects.get_or_create(day=moment.astimezone(UTC).date())
    free = BackfillDay.objects.filter(Q(held_until=None) | Q(held_until__lt=moment), pk=row.pk)
    held = free.filter(calls__lt=settings.SYNC_BACKFILL_CALLS_PER_DAY).update(held_until=moment + HELD_FOR)
    if not held:
        return None
    row.refresh_from_db()
    return row


def _by_region(spent: int) -> Iterator[tuple[Region, list[int]]]:
    """The newest executions that are without steps, as many as fit what is left of the day's calls."""
    rows = list(_candidates().select_related("pipeline__region__account", "pipeline")[:AT_ONCE])
    costs = _costs({row.pipeline_id for row in rows})
    left = settings.SYNC_BACKFILL_CALLS_PER_DAY - spent
    affordable = []
    for row in rows:
        left -= costs[row.pipeline_id] + _extra_cost(row)
        if left < 0:
            break
        affordable.append(row)
    affordable.sort(key=lambda row: row.pipeline.region_id)
    for _, group in groupby(affordable, key=lambda row: row.pipeline.region_id):
        own = list(group)
        yield own[0].pipeline.region, [row.pk for row in own]


def _candidates() -> Any:
    """Neither asked for, which the regular syncs see to, nor tried in vain."""
    readable = without_steps().filter(
        start_time__isnull=False,  # the index is of the newest first, and PostgreSQL has those without a time before
        wants_steps=False,
        problem="",
        pipeline__region__status=Region.Status.OK,
        pipeline__region__account__is_enabled=True,
    )
    return readable.order_by("-start_time", "-pk")


def _costs(pipeline_ids: Iterable[int]) -> dict[int, int]:
    """The calls that an execution of each pipeline takes: as many as its latest one, whose steps are known, would."""
    steps = Pipeline.objects.filter(pk__in=pipeline_ids).annotate(
        steps=Count("latest_execution__steps"),
        jobs=Count("latest_execution__steps__job"),
        packages=Count("latest_execution__steps__model_package"),
        reports=Count("latest_execution__steps", filter=Q(latest_execution__steps__report__isnull=False)),
    )
    return {
        row.pk: max(ceil(row.steps / PAGE_SIZE), 1) + row.jobs + row.packages + row.reports for row in steps.order_by()
    }


def _extra_cost(row: Execution) -> int:
    """The definition that it ran and the parameters it had, where they are to be asked for."""
    modified = row.pipeline.last_modified
    is_older = bool(modified and row.start_time and row.start_time < modified)
    asks = row.definition_id is None and (is_older or not is_described(row.pipeline))
    return asks + (row.last_modified is None)


def _read(region: Region, ids: Sequence[int]) -> tuple[int, int]:
    """The calls it took, and how many executions could be read."""
    works = history_works(ids)

    def keep(done: Sequence[Work]) -> None:
        store(region, done)

    with OwnThreads(region) as threads:
        try:
            threads.finish([threads.submit(sessions.verify, region.account.access)])
            read(threads, iter([works]), keep)
        except AWSError:
            return threads.calls, 0
        return threads.calls, sum(work.steps is not None for work in works)


class OwnThreads:
    """Threads that call AWS for a region on behalf of no sync."""

    def __init__(self, region: Region) -> None:
        self.connection = connect(region.account, region.name)
        self._pool = ThreadPoolExecutor(settings.SYNC_THREADS, thread_name_prefix=f"backfill-{region.name}")

    def __enter__(self) -> OwnThreads:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(cancel_futures=True)

    @property
    def calls(self) -> int:
        return sum(self.connection.calls.values())

    def submit(self, function: Callable[..., R], *arguments: Any) -> Future[R]:
        return self._pool.submit(function, *arguments)

    def start(self, function: Callable[[T], R], items: Iterable[T]) -> list[Future[R]]:
        return [self._pool.submit(function, item) for item in items]

    def finish(self, futures: list[Future[R]]) -> list[R]:
        return [future.result() for future in futures]
