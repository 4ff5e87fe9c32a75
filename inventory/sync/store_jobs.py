"""Write what stands behind steps: jobs, and packages of the registry."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from django.utils.timezone import now

from inventory.models import Job, ModelPackage
from inventory.sync.upsert import upsert

if TYPE_CHECKING:
    from collections.abc import Iterable

    from inventory.aws.records import JobRecord
    from inventory.models import Region

EPOCH = datetime.fromtimestamp(0, UTC)
JOB_FIELDS = ("kind", "name", "status", "is_terminal", "description")
PACKAGE_FIELDS = ("group_name", "version", "status", "approval_status", "created_at", "description", "missing_since")


def store_jobs(region: Region, found: Iterable[tuple[str, JobRecord]]) -> dict[str, int]:
    """Primary keys of jobs, models, endpoints … by ARN; packages are left to `store_packages`."""
    rows = [
        Job(
            region_id=region.pk,
            arn=arn,
            kind=job.kind,
            name=job.name,
            status=job.status,
            created_at=job.created_at or EPOCH,
            is_terminal=job.is_terminal,
            description=dict(job.description),
            read_at=now(),
        )
        for arn, job in found
        if job.kind != "ModelPackage"
    ]
    existing = Job.objects.filter(arn__in=[row.arn for row in rows])
    stored, _ = upsert(rows, existing, key=("arn", "created_at"), fields=JOB_FIELDS, stamps=("read_at",))
    return {row.arn: row.pk for row in stored}


def store_packages(region: Region, found: Iterable[tuple[str, JobRecord]]) -> dict[str, int]:
    """Primary keys of packages by ARN."""
    rows = [_package(region, arn, job) for arn, job in found if job.kind == "ModelPackage"]
    existing = ModelPackage.objects.filter(arn__in=[row.arn for row in rows])
    stored, _ = upsert(rows, existing, key=("arn",), fields=PACKAGE_FIELDS, stamps=("read_at",))
    return {row.arn: row.pk for row in stored}


def _package(region: Region, arn: str, job: JobRecord) -> ModelPackage:
    raw = job.description
    return ModelPackage(
        region_id=region.pk,
        arn=arn.lower(),
        group_name=raw.get("ModelPackageGroupName") or "",
        version=raw.get("ModelPackageVersion"),
        status=job.status,
        approval_status=raw.get("ModelApprovalStatus") or "",
        created_at=job.created_at,
        description=dict(raw),
        read_at=now(),
    )
