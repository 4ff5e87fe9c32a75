"""Whose the pipelines of a region are: tags and user contexts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from inventory.aws.errors import AWSError, ErrorKind
from inventory.aws.pipelines import crawl_ownership, crawl_pipeline_tags, crawl_tags
from inventory.aws.records import PipelineOwnershipRecord
from inventory.models import Pipeline
from inventory.sync.announce import announce_pipelines
from inventory.sync.rows import update_rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from inventory.models import Region
    from inventory.sync.region import RegionCrawl

    Batches = Iterator[list[PipelineOwnershipRecord]]

FIELDS = ("tags", "created_by", "last_modified_by")


class OwnershipSync:
    """By Search, else by tag:GetResources, else by ListTags of each pipeline."""

    def __init__(self, crawl: RegionCrawl) -> None:
        self._crawl = crawl
        self._searched: Batches | None = None

    def begin(self) -> None:
        """Search while the pipelines are still being listed."""
        if self._crawl.search and self._searched is None:
            self._searched = self._search()

    def store(self) -> None:
        """Store what is found; call it when the pipelines are stored."""
        for source in self._sources():
            try:
                for batch in source:
                    store_ownership(self._crawl.region, batch)
            except AWSError as error:
                if error.kind not in (ErrorKind.DENIED, ErrorKind.UNSUPPORTED):
                    self._crawl.note("tags", error)
                    return
                if error.operation == "Search":
                    self._crawl.give_up_search(error)
                last = error
            else:
                return
        self._crawl.note("tags", last)

    def _sources(self) -> Iterator[Batches]:
        lease, region = self._crawl.lease, self._crawl.region
        if self._crawl.search:
            yield self._searched or self._search()
        yield self._tagged()
        arns = Pipeline.objects.filter(region=region, missing_since=None).values_list("arn", flat=True)
        yield lease.batches(crawl_pipeline_tags(lease.connection, arn) for arn in list(arns))

    def _tagged(self) -> Batches:
        """tag:GetResources shows what has tags: what it did not show until its end has none."""
        lease, seen = self._crawl.lease, set[str]()
        for batch in lease.ahead(crawl_tags(lease.connection)):
            seen.update(record.arn.lower() for record in batch)
            yield batch
        known = Pipeline.objects.filter(region=self._crawl.region, missing_since=None).exclude(tags={})
        arns = list(known.values_list("arn", flat=True))
        yield [PipelineOwnershipRecord(arn, {}) for arn in arns if arn.lower() not in seen]

    def _search(self) -> Batches:
        lease = self._crawl.lease
        return lease.ahead(crawl_ownership(lease.connection))


@transaction.atomic
def store_ownership(region: Region, records: Sequence[PipelineOwnershipRecord]) -> None:
    """Tags; created and modified by whom, where the source tells."""
    by_arn = {record.arn: record for record in records}
    changed = []
    for row in Pipeline.objects.filter(region=region, arn__in=by_arn).only("arn", *FIELDS):
        record = by_arn[row.arn]
        facts = (
            dict(record.tags),
            row.created_by if record.created_by is None else dict(record.created_by),
            row.last_modified_by if record.last_modified_by is None else dict(record.last_modified_by),
        )
        if facts != (row.tags, row.created_by, row.last_modified_by):
            row.tags, row.created_by, row.last_modified_by = facts
            changed.append(row)
    update_rows(changed, FIELDS)
    announce_pipelines([row.pk for row in changed])
