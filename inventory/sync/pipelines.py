"""Pipelines of one region: the listing, and whose they are."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.timezone import now

from inventory.aws.errors import AWSError, ErrorKind
from inventory.aws.pipelines import (
    crawl_one_pipeline,
    crawl_ownership,
    crawl_pipeline_tags,
    crawl_pipelines,
    crawl_tags,
)
from inventory.models import Pipeline
from inventory.sync.announce import announce_pipelines
from inventory.sync.rows import update_rows
from inventory.sync.upsert import upsert

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from inventory.aws.records import PipelineOwnershipRecord, PipelineRecord
    from inventory.models import Region
    from inventory.sync.lease import Lease
    from inventory.sync.region import RegionCrawl

FIELDS = (
    "name",
    "display_name",
    "description",
    "role_arn",
    "created_at",
    "last_modified",
    "last_execution_time",
    "missing_since",
)


def sync_pipelines(lease: Lease, region: Region) -> None:
    """Store the listing; mark missing what it no longer shows, once it has reached its end."""
    before, seen = _listed(region), set[str]()
    for batch in lease.ahead(crawl_pipelines(lease.connection)):
        _store(region, batch)
        seen.update(record.arn for record in batch)
        lease.report(total=len(seen))
    _mark_missing(region, seen, before)


def sync_one_pipeline(lease: Lease, region: Region, name: str) -> Pipeline | None:
    """Store one pipeline as DescribePipeline shows it; mark it missing when AWS says that it is gone."""
    try:
        record, _ = lease.call(crawl_one_pipeline, lease.connection, name)
    except AWSError as error:
        if error.kind is not ErrorKind.NOT_FOUND:
            raise
        gone = Pipeline.objects.filter(region=region, missing_since=None)
        _set_missing([*gone.filter(name=name), *gone.filter(arn=name)])
        return None
    known = Pipeline.objects.filter(arn=record.arn).values_list("last_execution_time", flat=True).first()
    _store(region, [_with_execution_time(record, known)])
    tags = lease.call(crawl_pipeline_tags, lease.connection, record.arn)
    _store_ownership(region, [tags])
    return Pipeline.objects.get(arn=record.arn)


def _with_execution_time(record: PipelineRecord, known: object) -> PipelineRecord:
    """DescribePipeline may not tell the last execution; then what a listing told stays."""
    return record if record.last_execution_time else replace(record, last_execution_time=known)  # type: ignore[arg-type]


def sync_ownership(crawl: RegionCrawl) -> None:
    """Tags and user contexts by Search, else tags by tag:GetResources, else by ListTags of each pipeline."""
    for source in _ownership_sources(crawl):
        try:
            for batch in source:
                _store_ownership(crawl.region, batch)
        except AWSError as error:
            if error.kind not in (ErrorKind.DENIED, ErrorKind.UNSUPPORTED):
                crawl.note("tags", error)
                return
            if error.operation == "Search":
                crawl.give_up_search(error)
            last = error
        else:
            return
    crawl.note("tags", last)


def _ownership_sources(crawl: RegionCrawl) -> Iterator[Iterator[list[PipelineOwnershipRecord]]]:
    lease = crawl.lease
    if crawl.search:
        yield lease.ahead(crawl_ownership(lease.connection))
    yield lease.ahead(crawl_tags(lease.connection))
    arns = Pipeline.objects.filter(region=crawl.region, missing_since=None).values_list("arn", flat=True)
    yield lease.batches(crawl_pipeline_tags(lease.connection, arn) for arn in list(arns))


@transaction.atomic
def _store(region: Region, records: Sequence[PipelineRecord]) -> None:
    existing = Pipeline.objects.filter(arn__in=[record.arn for record in records])
    rows = [_row(region, record) for record in records]
    _, changed = upsert(rows, existing, key=("arn",), fields=FIELDS, stamps=("seen_at",))
    announce_pipelines([row.pk for row in changed])


@transaction.atomic
def _store_ownership(region: Region, records: Sequence[PipelineOwnershipRecord]) -> None:
    by_arn = {record.arn: record for record in records}
    changed = []
    for row in Pipeline.objects.filter(region=region, arn__in=by_arn):
        record = by_arn[row.arn]
        facts = (
            dict(record.tags),
            row.created_by if record.created_by is None else dict(record.created_by),
            row.last_modified_by if record.last_modified_by is None else dict(record.last_modified_by),
        )
        if facts != (row.tags, row.created_by, row.last_modified_by):
            row.tags, row.created_by, row.last_modified_by = facts
            changed.append(row)
    update_rows(changed, ("tags", "created_by", "last_modified_by"))
    announce_pipelines([row.pk for row in changed])


def _listed(region: Region) -> dict[str, datetime]:
    """The pipelines that are not missing, and when each was seen."""
    return dict(Pipeline.objects.filter(region=region, missing_since=None).values_list("arn", "seen_at"))


def _mark_missing(region: Region, seen: set[str], before: dict[str, datetime]) -> None:
    """What was there `before` and nobody saw since; clocks are not compared, those of two workers may differ."""
    gone = [arn for arn, seen_at in _listed(region).items() if arn not in seen and before.get(arn) == seen_at]
    _set_missing(list(Pipeline.objects.filter(arn__in=gone).only("pk")))


@transaction.atomic
def _set_missing(rows: Sequence[Pipeline]) -> None:
    ids = [row.pk for row in rows]
    Pipeline.objects.filter(pk__in=ids).update(missing_since=now())
    announce_pipelines(ids)


def _row(region: Region, record: PipelineRecord) -> Pipeline:
    return Pipeline(
        region=region, seen_at=now(), arn=record.arn, **{name: getattr(record, name) for name in FIELDS[:-1]}
    )
