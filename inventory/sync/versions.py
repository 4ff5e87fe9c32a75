"""Versions of pipelines: listed when a pipeline's re-sync is asked for, and otherwise by the back-fill."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from itertools import groupby
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import F, Q
from django.utils.timezone import now

from inventory.aws.errors import AWSError, ErrorKind
from inventory.aws.sessions import sessions
from inventory.aws.versions import crawl_versions
from inventory.models import Pipeline, PipelineVersion, Region
from inventory.sync.connect import connect
from inventory.sync.upsert import upsert

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from django.db.models import QuerySet

    from inventory.aws.client import Connection
    from inventory.aws.versions import VersionRecord
    from inventory.sync.budget import Budget
    from inventory.sync.region import RegionCrawl

BATCH = 50  # pipelines; most take one call
ENOUGH_FAILURES = 2  # one pipeline that cannot be listed keeps no others from it
TRY_AGAIN = timedelta(days=1)
FIELDS = ("display_name", "description", "aliases", "created_at", "last_execution_arn")
REFUSALS = (ErrorKind.DENIED, ErrorKind.UNSUPPORTED)
NO_CODE = "500"  # what answers so is no AWS, and does not know the operation


def sync_versions(crawl: RegionCrawl, pipeline: Pipeline) -> None:
    """List the versions of one pipeline. What fails is noted, and stops nothing."""
    try:
        records = crawl.lease.call(_listed, crawl.lease.connection, pipeline.arn)
    except AWSError as error:
        _remember(pipeline, error)
        crawl.note(f"the versions of {pipeline.name}", error)
    else:
        _store(pipeline, records)


def list_due_versions(budget: Budget, most: int) -> None:
    """List the versions of pipelines that are due, for `most` calls, but for the pages of the last one."""
    listing = _Listing(budget, min(most, budget.left))
    while listing.go_on():
        pass


class _Listing:
    """Batch after batch; regions where two listings failed wait for the next run."""

    def __init__(self, budget: Budget, most: int) -> None:
        self._budget = budget
        self._left = most
        self._failures: Counter[int] = Counter()
        self._tried: list[int] = []

    def go_on(self) -> bool:
        """Whether there was something to list."""
        size = min(BATCH, self._left, self._budget.left)
        rows = list(self._due()[:size]) if size > 0 else []
        for _, pipelines in groupby(sorted(rows, key=_region), key=_region):
            self._list(list(pipelines))
        return bool(rows)

    def _due(self) -> QuerySet[Pipeline]:
        resting = [region for region, failures in self._failures.items() if failures >= ENOUGH_FAILURES]
        return _due().exclude(region__in=resting).exclude(pk__in=self._tried)

    def _list(self, pipelines: Sequence[Pipeline]) -> None:
        """Those of one region."""
        region = pipelines[0].region
        connection = connect(region.account, region.name)
        try:
            sessions.verify(region.account.access)
        except AWSError:
            self._failures[region.pk] = ENOUGH_FAILURES
            return
        with self._budget.booked(min(len(pipelines), self._left), connection):
            for pipeline in pipelines:
                if self._failures[region.pk] >= ENOUGH_FAILURES or connection.calls.total() >= self._left:
                    break
                if not _list_one(connection, pipeline):
                    self._failures[region.pk] += 1
                    self._tried.append(pipeline.pk)
        self._left -= connection.calls.total()


def _region(pipeline: Pipeline) -> int:
    return pipeline.region_id


def _due() -> QuerySet[Pipeline]:
    """Never listed, or listed before they changed: the newest first.

    A region rests for a day after AWS refused a listing there; what was refused comes last.
    """
    refused = Pipeline.objects.filter(versions_refused_at__gt=now() - TRY_AGAIN)
    due = Pipeline.objects.filter(
        Q(versions_listed_for=None) | Q(versions_listed_for__lt=F("last_modified")),
        last_modified__isnull=False,
        missing_since=None,
        region__status=Region.Status.OK,
        region__account__is_enabled=True,
    )
    newest = due.exclude(region__in=refused.order_by().values("region")).select_related("region__account")
    return newest.order_by(F("versions_refused_at").asc(nulls_first=True), "-last_modified", "-pk")


def _list_one(connection: Connection, pipeline: Pipeline) -> bool:
    """Whether they could be listed."""
    try:
        records = _listed(connection, pipeline.arn)
    except AWSError as error:
        _remember(pipeline, error)
        return False
    _store(pipeline, records)
    return True


def _listed(connection: Connection, pipeline_arn: str) -> list[VersionRecord]:
    return list(crawl_versions(connection, pipeline_arn))


def _remember(pipeline: Pipeline, error: AWSError) -> None:
    """What passes by itself is tried again next time; a refusal in a day; the rest when the pipeline has changed."""
    if error.kind in REFUSALS or error.code == NO_CODE:
        _note(pipeline, versions_refused_at=now(), versions_problem=error.message)
    elif not error.is_transient:
        _note(pipeline, versions_listed_for=pipeline.last_modified, versions_problem=error.message)


def _note(pipeline: Pipeline, **values: Any) -> None:
    Pipeline.objects.filter(pk=pipeline.pk).update(**values)


@transaction.atomic
def _store(pipeline: Pipeline, records: Iterable[VersionRecord]) -> None:
    """Write what a complete listing shows; what it no longer shows is deleted."""
    rows = [_row(pipeline, record) for record in records]
    existing = PipelineVersion.objects.filter(pipeline=pipeline)
    existing.exclude(number__in=[row.number for row in rows]).delete()
    upsert(rows, existing, key=("pipeline_id", "number"), fields=FIELDS)
    _note(pipeline, versions_listed_for=pipeline.last_modified, versions_refused_at=None, versions_problem="")


def _row(pipeline: Pipeline, record: VersionRecord) -> PipelineVersion:
    return PipelineVersion(
        pipeline=pipeline,
        number=record.number,
        display_name=record.display_name,
        description=record.description,
        aliases=list(record.aliases),
        created_at=record.created_at,
        last_execution_arn=record.last_execution_arn,
    )
