"""What is read when there is time: versions of pipelines, then older executions, within a number of calls a day."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import groupby
from math import ceil
from typing import TYPE_CHECKING, Any, TypeVar

from django.conf import settings
from django.db.models import Count, Q

from inventory.aws.errors import AWSError
from inventory.aws.paging import PAGE_SIZE
from inventory.aws.sessions import sessions
from inventory.models import Pipeline, Region
from inventory.sync.budget import Budget
from inventory.sync.connect import connect
from inventory.sync.history import without_steps
from inventory.sync.reading import BATCH, history_works, is_described, read
from inventory.sync.store import store
from inventory.sync.versions import list_due_versions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from concurrent.futures import Future

    from inventory.models import Execution
    from inventory.sync.work import Work

    T = TypeVar("T")
    R = TypeVar("R")

AT_ONCE = 200  # executions that are chosen and booked


def backfill() -> int:
    """List versions and read the steps of older executions, for this run's share of the day's calls.

    Nothing, when the day's calls are used up or another worker is at it. Returns how many executions could be read.
    """
    budget = Budget.hold()
    if budget is None:
        return 0
    try:
        # Versions of a large estate take weeks: where executions wait, they leave them half.
        list_due_versions(budget, ceil(budget.left / 2) if _candidates().exists() else budget.left)
        return _read_executions(budget)
    finally:
        budget.release()


def _read_executions(budget: Budget) -> int:
    """The newest executions that are without steps, until the run's calls are made."""
    done, last = 0, None
    resting: set[int] = set()
    while rows := _affordable(last, resting, budget):
        last = rows[-1][0]
        rows.sort(key=lambda chosen: chosen[0].pipeline.region_id)
        for _, group in groupby(rows, key=lambda chosen: chosen[0].pipeline.region_id):
            region_rows = list(group)
            done += (now_read := _read(region_rows, budget))
            if not now_read:
                resting.add(region_rows[0][0].pipeline.region_id)
    return done


def _affordable(last: Execution | None, resting: Iterable[int], budget: Budget) -> list[tuple[Execution, int]]:
    """What comes after `last`, and its calls. One may exceed the run's share, so that costly ones have their turn."""
    waiting = _candidates().exclude(pipeline__region__in=resting)
    if last:
        waiting = waiting.filter(start_time__lte=last.start_time).exclude(start_time=last.start_time, pk__gte=last.pk)
    rows = list(waiting.select_related("pipeline__region__account", "pipeline")[: min(AT_ONCE, max(budget.left, 0))])
    costs = _costs({row.pipeline_id for row in rows})
    left, left_today = budget.left, budget.left_today
    chosen = []
    for row in rows:
        cost = costs[row.pipeline_id] + _extra_cost(row)
        if left <= 0 or cost > left_today:
            break
        left, left_today = left - cost, left_today - cost
        chosen.append((row, cost))
    return chosen


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


def _read(chosen: Sequence[tuple[Execution, int]], budget: Budget) -> int:
    """How many executions of a region could be read."""
    region = chosen[0][0].pipeline.region
    ids = [row.pk for row, _ in chosen]
    done = 0

    def keep(works: Sequence[Work]) -> None:
        nonlocal done
        store(region, works)
        whole = sum(work.steps is not None for work in works)
        budget.count(whole)
        done += whole

    with OwnThreads(region) as threads, budget.booked(sum(cost for _, cost in chosen), threads.connection):
        try:
            threads.finish([threads.submit(sessions.verify, region.account.access)])
            read(threads, (history_works(ids[start : start + BATCH]) for start in range(0, len(ids), BATCH)), keep)
        except AWSError:
            return done
    return done


class OwnThreads:
    """Threads that call AWS for a region on behalf of no sync."""

    def __init__(self, region: Region) -> None:
        self.connection = connect(region.account, region.name)
        self._pool = ThreadPoolExecutor(settings.SYNC_THREADS, thread_name_prefix=f"backfill-{region.name}")

    def __enter__(self) -> OwnThreads:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(cancel_futures=True)

    def submit(self, function: Callable[..., R], *arguments: Any) -> Future[R]:
        return self._pool.submit(function, *arguments)

    def start(self, function: Callable[[T], R], items: Iterable[T]) -> list[Future[R]]:
        return [self._pool.submit(function, item) for item in items]

    def finish(self, futures: list[Future[R]]) -> list[R]:
        return [future.result() for future in futures]
