"""Shares of a region: pipelines that need a look of their own, dealt out so that several processes read at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Max, Min
from django.utils.timezone import now

from inventory.models import Pipeline, SyncPart
from inventory.sync.due import with_needs

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from django.db.models import QuerySet

    from inventory.sync.region import RegionCrawl

MOST = 250  # pipelines of a share: half a minute of one process
FEWEST = 100  # of a share: two batches, for one is read while the other is stored
AT_ONCE = 8  # of what is left, a share is that part: the last ones are small, so that all processes end together
SHARE_FROM = 2 * FEWEST  # below, one process is done before others have begun


def deal_out(crawl: RegionCrawl) -> list[SyncPart] | None:
    """Create a part for each share of the region's pipelines that need a look: those to be carried out yet.

    None when they are few. Who takes over a region whose worker died finds the shares that it made.
    """
    part = crawl.lease.part
    shares = SyncPart.objects.filter(sync=part.sync, account=part.account, region=part.region, share__gt=0)
    if not shares.exists():
        SyncPart.objects.bulk_create(_shares(crawl), ignore_conflicts=True)
    return list(shares.filter(state=SyncPart.State.QUEUED)) if shares.exists() else None


def pipelines_of(part: SyncPart) -> QuerySet[Pipeline]:
    """The pipelines of a share."""
    span = (part.first_pipeline, part.last_pipeline)
    return Pipeline.objects.filter(
        region__account=part.account, region__name=part.region, pk__range=span, missing_since=None
    )


def _shares(crawl: RegionCrawl) -> list[SyncPart]:
    present = Pipeline.objects.filter(region=crawl.region, missing_since=None)
    due = list(with_needs(present, search=crawl.search).order_by("pk").values_list("pk", flat=True))
    if len(due) < SHARE_FROM:
        return []
    part, moment = crawl.lease.part, now()
    return [
        SyncPart(
            sync=part.sync,
            account=part.account,
            region=part.region,
            share=number,
            first_pipeline=first,
            last_pipeline=last,
            uses_search=crawl.search,
            dispatched_at=moment,
        )
        for number, (first, last) in enumerate(_ranges(due, present), start=1)
    ]


def _ranges(due: Sequence[int], present: QuerySet[Pipeline]) -> Iterator[tuple[int, int]]:
    """Primary keys from and to. Together they are all that are `present`: the others have domains and history, too."""
    keys = present.aggregate(first=Min("pk"), last=Max("pk"))
    lasts = [span[-1] for span in _spans(due)]
    lasts[-1] = keys["last"]
    return zip([keys["first"], *(last + 1 for last in lasts)], lasts, strict=False)


def _spans(due: Sequence[int]) -> Iterator[Sequence[int]]:
    start = 0
    while start < len(due):
        size = min(max((len(due) - start) // AT_ONCE, FEWEST), MOST)
        yield due[start : start + size]
        start += size
