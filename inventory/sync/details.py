"""What only a look at each pipeline and execution tells: definitions, steps, their jobs and reports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from inventory.aws.gate import gate
from inventory.sync.announce import settle_pipelines
from inventory.sync.due import executing_with_needs, with_needs
from inventory.sync.history import Wanted
from inventory.sync.lease import Lease
from inventory.sync.reading import batch_size, batches, read
from inventory.sync.store import store

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.models import QuerySet

    from inventory.models import Pipeline
    from inventory.sync.region import RegionCrawl
    from inventory.sync.work import Work


def sync_details(crawl: RegionCrawl, queryset: QuerySet[Pipeline], *, force: bool = False) -> None:
    """Read and store what is new of each pipeline; `force` looks its executions up and reads the latest again.

    Then the older executions whose steps are wanted.
    """
    _read_and_store(crawl, queryset, with_needs(queryset, search=crawl.search, force=force))
    wanted = Wanted(crawl, queryset)
    read(crawl.lease, wanted.batches(), wanted.store)


def follow_executions(crawl: RegionCrawl, queryset: QuerySet[Pipeline]) -> None:
    """Read and store how far the executions of these pipelines are."""
    _read_and_store(crawl, queryset, executing_with_needs(queryset, search=crawl.search), follow=True)


def _read_and_store(
    crawl: RegionCrawl, queryset: QuerySet[Pipeline], due: QuerySet[Pipeline], *, follow: bool = False
) -> None:
    total = queryset.count()
    progress = Progress(crawl, total, total - due.count())
    works = batches(
        due,
        lambda definition: batch_size(Lease.in_process, definition),
        follow=follow,
        overdue_before=crawl.overdue_before,
    )
    read(crawl.lease, works, progress.store)


class Progress:
    """Stores batch after batch, and says how far the crawl is."""

    def __init__(self, crawl: RegionCrawl, total: int, done: int) -> None:
        self.crawl = crawl
        self.total = total
        self.done = done
        crawl.lease.report(done=done, total=total)

    def store(self, works: Sequence[Work]) -> None:
        with self.crawl.lease.turn_to_store():
            with transaction.atomic(), gate.closed():
                store(self.crawl.region, works)
            settle_pipelines([work.pipeline_id for work in works])
        if any(work.is_unseen_by_search for work in works):
            self.crawl.note_stale_search()
        for work in works:
            for error in (*work.problems, *(error for error in work.job_errors.values() if error.is_transient)):
                self.crawl.note(work.name, error)
        self.done += len(works)
        self.crawl.lease.report(done=self.done, total=max(self.total, self.done))
