"""Pipelines of one region, as a listing or a look at one of them shows them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.timezone import now

from inventory.aws.errors import AWSError, ErrorKind
from inventory.aws.pipelines import crawl_one_pipeline, crawl_pipeline_tags, crawl_pipelines
from inventory.models import Execution, Pipeline
from inventory.sync.announce import announce_pipelines
from inventory.sync.ownership import store_ownership
from inventory.sync.upsert import upsert

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from inventory.aws.records import PipelineRecord
    from inventory.models import Region
    from inventory.sync.lease import Lease

SAME_TIME = timedelta(seconds=1)
DELETED = "It was deleted together with the pipeline that had this name before."
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


def sync_pipelines(lease: Lease, region: Region, may_begin_others: Callable[[], None]) -> None:
    """Store the listing; mark missing what it no longer shows, once it has reached its end.

    `may_begin_others` is called with each batch: the region answers, and other listings may be read meanwhile.
    """
    before, seen = _listed(region), set[str]()
    for batch in lease.ahead(crawl_pipelines(lease.connection)):
        may_begin_others()
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
    return Pipeline.objects.get(arn=record.arn)


def sync_tags(lease: Lease, pipeline: Pipeline) -> None:
    """The tags of one pipeline."""
    store_ownership(pipeline.region, [lease.call(crawl_pipeline_tags, lease.connection, pipeline.arn)])


def _with_execution_time(record: PipelineRecord, known: object) -> PipelineRecord:
    """DescribePipeline may not tell the last execution; then what a listing told stays."""
    return record if record.last_execution_time else replace(record, last_execution_time=known)  # type: ignore[arg-type]


@transaction.atomic
def _store(region: Region, records: Sequence[PipelineRecord]) -> None:
    existing = Pipeline.objects.filter(arn__in=[record.arn for record in records])
    created = dict(existing.values_list("arn", "created_at"))
    rows = [_row(region, record) for record in records]
    _, changed = upsert(rows, existing, key=("arn",), fields=FIELDS, stamps=("seen_at",))
    _begin_anew([row.pk for row in changed if _is_another(row, created.get(row.arn))])
    announce_pipelines([row.pk for row in changed])


def _is_another(row: Pipeline, created_before: datetime | None) -> bool:
    """A name that is used again is a new pipeline; two operations may tell its creation a little differently."""
    return bool(created_before and row.created_at and row.created_at - created_before > SAME_TIME)


def _begin_anew(recreated: Sequence[int]) -> None:
    """AWS deletes the executions with their pipeline. Here they stay as history; none of them is the latest."""
    executions = Execution.objects.filter(pipeline__in=recreated)
    executions.update(wants_steps=False)
    executions.filter(steps_complete=False).update(problem=DELETED)
    Pipeline.objects.filter(pk__in=recreated).update(latest_execution=None, looked_up_execution_time=None)


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
