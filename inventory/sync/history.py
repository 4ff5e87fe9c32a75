"""Older executions whose steps are wanted: asked for, and read when their region is crawled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Count, F, Min, Q, Window
from django.db.models.functions import RowNumber

from inventory.aws.records import TERMINAL_EXECUTION_STATUSES
from inventory.models import Execution
from inventory.sync.executions import kept_since
from inventory.sync.lease import Lease
from inventory.sync.reading import FIRST, batch_size, history_works, mean_length
from inventory.sync.scope import Scope
from inventory.sync.store import store

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from django.db.models import QuerySet

    from inventory.models import Pipeline
    from inventory.sync.region import RegionCrawl
    from inventory.sync.work import Work

MOST_PER_CRAWL = 1_000  # executions; the others wait for the next crawl, so that none takes for ever


def without_steps() -> QuerySet[Execution]:
    """Executions that are over, and not to be pruned, whose steps are not known; every crawl sees to the latest."""
    kept = kept_since()
    over = Execution.objects.filter(
        steps_complete=False, status__in=TERMINAL_EXECUTION_STATUSES, pipeline__missing_since=None
    ).exclude(pk=F("pipeline__latest_execution"))
    return over.filter(Q(last_modified__gt=kept) | Q(last_modified=None, start_time__gt=kept)) if kept else over


def newest_without_steps(pipelines: QuerySet[Pipeline], most: int) -> QuerySet[Execution]:
    """Of each of these pipelines the newest `most` executions whose steps are not known."""
    rank = Window(
        RowNumber(), partition_by=F("pipeline"), order_by=(F("start_time").desc(nulls_last=True), F("pk").desc())
    )
    ranked = without_steps().filter(pipeline__in=pipelines.order_by().values("pk")).annotate(rank=rank)
    return Execution.objects.filter(pk__in=ranked.filter(rank__lte=most).order_by().values("pk"))


def want_steps(executions: QuerySet[Execution]) -> tuple[int, list[Scope]]:
    """Have the steps of these executions read, where they are not known.

    Returns how many were not wanted before, and what to sync for it: a pipeline, or a region where there are several.
    """
    asked = without_steps().filter(pk__in=executions.order_by().values("pk")).order_by()
    regions = (
        asked.values_list("pipeline__region__account__account_id", "pipeline__region__name")
        .annotate(pipelines=Count("pipeline", distinct=True), name=Min("pipeline__name"))
        .order_by("pipeline__region__account__account_id", "pipeline__region__name")
    )
    scopes = [
        Scope(account=account, regions=(region,), pipeline=name if pipelines == 1 else "")
        for account, region, pipelines, name in regions
    ]
    return asked.filter(wants_steps=False).update(wants_steps=True), scopes


class Wanted:
    """The older executions of these pipelines whose steps are wanted: batch after batch, the newest first."""

    def __init__(self, crawl: RegionCrawl, pipelines: QuerySet[Pipeline]) -> None:
        self._crawl = crawl
        self._wanted = (
            Execution.objects.filter(wants_steps=True, status__in=TERMINAL_EXECUTION_STATUSES)
            .filter(pipeline__in=pipelines.order_by().values("pk"))
            .exclude(pk=F("pipeline__latest_execution"))
        )
        self._is_hopeless = False

    def batches(self) -> Iterator[list[Work]]:
        """Ends early when nothing of a batch could be read: what failed stays wanted."""
        newest = self._wanted.order_by(F("start_time").desc(nulls_last=True), "-pk")
        ids = list(newest.values_list("pk", flat=True)[:MOST_PER_CRAWL])
        most = FIRST
        while ids and not self._is_hopeless:
            self._crawl.lease.report(stage="history")
            works = history_works(ids[:most])
            if works:
                yield works
            ids, most = ids[most:], batch_size(Lease.in_process, mean_length(works))

    def store(self, works: Sequence[Work]) -> None:
        store(self._crawl.region, works)
        for work in works:
            for error in (*work.problems, *(error for error in work.job_errors.values() if error.is_transient)):
                self._crawl.note(f"an older execution of {work.name}", error)
        self._is_hopeless = all(work.steps is None for work in works)
        self._crawl.lease.report()
