"""Executions of one region's pipelines, without their steps."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.utils.timezone import now

from inventory.aws.errors import AWSError
from inventory.aws.executions import crawl_changed_executions
from inventory.models import Execution, Pipeline
from inventory.sync.announce import announce_pipelines
from inventory.sync.upsert import upsert

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from inventory.aws.records import ExecutionRecord
    from inventory.sync.region import RegionCrawl

OVERLAP = timedelta(minutes=10)
FIELDS = (
    "display_name",
    "description",
    "status",
    "failure_reason",
    "start_time",
    "last_modified",
    "selective",
    "version_id",
)


def sync_changed_executions(crawl: RegionCrawl) -> None:
    """Store every execution that changed since the region's cursor; without Search, the details look each up."""
    if not crawl.search:
        return
    region, lease = crawl.region, crawl.lease
    since = region.execution_cursor and region.execution_cursor - OVERLAP
    since = since or now() - timedelta(days=settings.SYNC_EXECUTION_HISTORY_DAYS)
    newest = region.execution_cursor
    try:
        for batch in lease.batches(crawl_changed_executions(lease.connection, since)):
            store_executions(batch)
            newest = max([newest, *(record.last_modified for record in batch)], key=lambda at: (at is not None, at))
    except AWSError as error:
        crawl.note("executions", error)
        crawl.give_up_search(error)
        return
    if newest != region.execution_cursor:
        region.execution_cursor = newest
        region.save(update_fields=["execution_cursor"])


@transaction.atomic
def store_executions(records: Sequence[ExecutionRecord]) -> list[Execution]:
    """Upsert executions of known pipelines; keep what their source does not know; renew each pipeline's latest."""
    pipelines = dict(
        Pipeline.objects.filter(arn__in={record.pipeline_arn for record in records}).values_list("arn", "pk")
    )
    existing = Execution.objects.filter(arn__in=[record.arn for record in records])
    known = {row.arn: row for row in existing}
    rows = [
        _row(record, pipelines[record.pipeline_arn], known.get(record.arn))
        for record in records
        if record.pipeline_arn in pipelines
    ]
    fields = (*FIELDS, "created_by", "parameters")
    stored, changed = upsert(rows, existing, key=("arn",), fields=fields)
    touched = {row.pipeline_id for row in changed}
    renew_latest(touched)
    announce_pipelines(touched)
    return stored


def renew_latest(pipeline_ids: Collection[int]) -> None:
    """Point each pipeline at its newest execution."""
    newest = Execution.objects.filter(pipeline=OuterRef("pk")).order_by("-start_time", "-pk").values("pk")[:1]
    Pipeline.objects.filter(pk__in=pipeline_ids).update(latest_execution=Subquery(newest))


def _row(record: ExecutionRecord, pipeline_id: int, known: Execution | None) -> Execution:
    row = Execution(pipeline_id=pipeline_id, arn=record.arn, **{name: getattr(record, name) for name in FIELDS})
    if row.last_modified is None and known and known.status == row.status:
        row.last_modified = known.last_modified
    row.created_by = dict(record.created_by) if record.created_by is not None else (known.created_by if known else {})
    row.parameters = dict(record.parameters) if record.parameters is not None else (known.parameters if known else {})
    return row
