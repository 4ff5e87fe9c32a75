"""Executions of one region's pipelines, without their steps."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from itertools import islice
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.db.models import OuterRef, Q, Subquery
from django.utils.timezone import now

from inventory.aws.errors import AWSError
from inventory.aws.executions import crawl_changed_executions
from inventory.aws.paging import PAGE_SIZE
from inventory.models import Execution, Pipeline
from inventory.sync.announce import announce_pipelines
from inventory.sync.parameters import known_secrets, without_secrets
from inventory.sync.upsert import write

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from datetime import datetime

    from inventory.aws.records import ExecutionRecord
    from inventory.models import Region
    from inventory.sync.region import RegionCrawl

    Wanted = Callable[[ExecutionRecord, Execution | None], bool]

OVERLAP = timedelta(minutes=10)
BATCH = 1_000
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
    """Store every execution that changed since the region's cursor; without Search, the details look each up.

    A first crawl stores the newest ones of each pipeline. From then on everything is stored, and the steps of what
    changed are wanted: an execution that ends is read, be it the latest or not.
    """
    if not crawl.search:
        return
    region, lease, started = crawl.region, crawl.lease, now()
    since = _since(region)
    newest = None if region.execution_cursor else Newest(region, since)
    cursor = region.execution_cursor
    try:
        found = crawl_changed_executions(lease.connection, since)
        for batch in lease.batches(found) if newest else lease.ahead(found):
            store_executions(newest.of(batch) if newest else batch, wanted=_never if newest else _always)
            cursor = max([cursor, *(record.last_modified for record in batch)], key=lambda at: (at is not None, at))
            if newest and newest.is_complete:
                break
    except AWSError as error:
        crawl.note("executions", error)
        crawl.give_up_search(error)
        return
    _remember(region, cursor or started)


def sync_newest_changes(crawl: RegionCrawl) -> None:
    """The same by one page, the newest: where more has changed, the cursor stays for a crawl of everything."""
    if not crawl.search:
        return
    region, lease = crawl.region, crawl.lease
    try:
        found = crawl_changed_executions(lease.connection, _since(region))
        page = lease.call(lambda: list(islice(found, PAGE_SIZE)))
    except AWSError as error:
        crawl.note("executions", error)
        crawl.give_up_search(error)
        return
    store_executions(page, wanted=_always)
    if len(page) < PAGE_SIZE:
        changed = [record.last_modified for record in page if record.last_modified]
        _remember(region, max([*changed, *filter(None, [region.execution_cursor])]))


class Newest:
    """Lets the newest executions of each pipeline of a region through, while they stream by newest first."""

    def __init__(self, region: Region, since: datetime) -> None:
        self._region = region
        self._counts: Counter[int] = Counter()
        ran = Pipeline.objects.filter(region=region, missing_since=None, last_execution_time__gte=since)
        self._waiting = set(ran.values_list("pk", flat=True).iterator())
        self.is_complete = False

    def of(self, records: Sequence[ExecutionRecord]) -> list[ExecutionRecord]:
        """Those of them that belong to the newest of their pipeline; of no other region's pipelines."""
        arns = {record.pipeline_arn for record in records}
        known = dict(Pipeline.objects.filter(region=self._region, arn__in=arns).values_list("arn", "pk"))
        return [
            record for record in records if record.pipeline_arn in known and self._admits(known[record.pipeline_arn])
        ]

    def _admits(self, pipeline_id: int) -> bool:
        most = settings.SYNC_EXECUTIONS_PER_PIPELINE
        self._counts[pipeline_id] += 1
        if self._counts[pipeline_id] >= most and pipeline_id in self._waiting:
            self._waiting.remove(pipeline_id)
            self.is_complete = not self._waiting
        return self._counts[pipeline_id] <= most


def store_executions(records: Sequence[ExecutionRecord], *, wanted: Wanted) -> None:
    """Upsert executions of known pipelines; keep what their source does not know; renew each pipeline's latest.

    `wanted` tells of a record, and of what is stored of it, whether the steps are to be read should it have changed.
    """
    for start in range(0, len(records), BATCH):
        _store(records[start : start + BATCH], wanted)


@transaction.atomic
def _store(records: Sequence[ExecutionRecord], wanted: Wanted) -> None:
    pipelines = dict(
        Pipeline.objects.filter(arn__in={record.pipeline_arn for record in records}).values_list("arn", "pk")
    )
    existing = Execution.objects.filter(arn__in=[record.arn for record in records])
    known = {row.arn: row for row in existing}
    rows = [
        _row(record, pipelines[record.pipeline_arn], known.get(record.arn), wanted)
        for record in records
        if record.pipeline_arn in pipelines
    ]
    _hide_secrets(rows, known)
    fields = (*FIELDS, "created_by", "parameters")
    _, created, updated = write(rows, existing, key=("arn",), fields=fields, stamps=("wants_steps",))
    touched = {row.pipeline_id for row in created + updated}
    renew_latest(touched)
    announce_pipelines(touched)


def _hide_secrets(rows: Sequence[Execution], known: Mapping[str, Execution]) -> None:
    secrets = known_secrets({row.pipeline_id for row in rows if row.parameters})
    for row in rows:
        before = known[row.arn].parameters if row.arn in known else {}
        row.parameters = without_secrets(row.parameters, secrets.get(row.pipeline_id, frozenset()), before)


def renew_latest(pipeline_ids: Collection[int]) -> None:
    """Point each pipeline at its newest execution, where that is another one than before."""
    newest = Subquery(Execution.objects.filter(pipeline=OuterRef("pk")).order_by("-start_time", "-pk").values("pk")[:1])
    outdated = Q(latest_execution=None) | ~Q(latest_execution=newest)
    Pipeline.objects.filter(outdated, pk__in=pipeline_ids).update(latest_execution=newest)


def kept_since() -> datetime | None:
    """Executions that changed before are pruned; None while they are kept for ever."""
    return now() - timedelta(days=settings.RETENTION_DAYS) if settings.RETENTION_DAYS else None


def _since(region: Region) -> datetime:
    if region.execution_cursor:
        return region.execution_cursor - OVERLAP
    days = settings.SYNC_EXECUTION_HISTORY_DAYS
    return now() - timedelta(days=min(days, settings.RETENTION_DAYS or days))


def _remember(region: Region, cursor: datetime) -> None:
    if cursor != region.execution_cursor:
        region.execution_cursor = cursor
        region.save(update_fields=["execution_cursor"])


def _always(record: ExecutionRecord, known: Execution | None) -> bool:
    return True


def _never(record: ExecutionRecord, known: Execution | None) -> bool:
    return False


def _row(record: ExecutionRecord, pipeline_id: int, known: Execution | None, wanted: Wanted) -> Execution:
    row = Execution(pipeline_id=pipeline_id, arn=record.arn, **{name: getattr(record, name) for name in FIELDS})
    row.created_by = dict(record.created_by or {})
    row.parameters = dict(record.parameters or {})
    if known:
        _keep_unknown(row, record, known)
    row.wants_steps = bool(known and known.wants_steps) or wanted(record, known)
    return row


def _keep_unknown(row: Execution, record: ExecutionRecord, known: Execution) -> None:
    """A listing shows summaries: what is not in them stays."""
    if record.last_modified is None and known.status == record.status:
        row.last_modified = known.last_modified
    if record.created_by is None:
        row.created_by, row.selective, row.version_id = known.created_by, known.selective, known.version_id
    if record.parameters is None:
        row.parameters = known.parameters
