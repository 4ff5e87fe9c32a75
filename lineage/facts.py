"""Rows of the inventory as the plain values that the graph and the documents are made of."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from inventory.models import Bucket, Endpoint
from lineage.graph import Execution as ExecutionFacts
from lineage.graph import StepRun

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import datetime

    from inventory.models import Execution, Pipeline, StepExecution

    Serving = Mapping[str, list[str]]


def pipeline_member(pipeline: Pipeline) -> dict[str, Any]:
    """The member `pipeline` of a lineage document."""
    return {
        "name": pipeline.name,
        "arn": pipeline.arn,
        "lastModifiedTime": iso(pipeline.last_modified),
        "account": pipeline.region.account.account_id,
        "region": pipeline.region.name,
        "displayName": pipeline.display_name,
        "description": pipeline.description,
        "roleArn": pipeline.role_arn,
        "lastExecutionTime": iso(pipeline.last_execution_time),
        "createdBy": pipeline.created_by,
    }


def execution_member(execution: Execution) -> dict[str, Any]:
    """The member `execution` of a lineage document."""
    end = end_time(execution)
    elapsed = (end - execution.start_time).total_seconds() if end and execution.start_time else None
    return {
        "arn": execution.arn,
        "id": execution.execution_id,
        "status": execution.status,
        "startTime": iso(execution.start_time),
        "endTime": iso(end),
        "elapsedSec": elapsed,
        "failureReason": execution.failure_reason or None,
        "parameters": execution.parameters,
        "createdBy": execution.created_by,
    }


def execution_facts(pipeline: Pipeline, execution: Execution, serving: Serving) -> ExecutionFacts:
    """An execution with its steps, as the graph wants it; `serving` as from `endpoints_serving`."""
    return ExecutionFacts(
        arn=execution.arn,
        id=execution.execution_id,
        status=execution.status,
        start_time=execution.start_time,
        end_time=end_time(execution),
        parameters=execution.parameters,
        pipeline_name=pipeline.name,
        pipeline_arn=pipeline.arn,
        steps=[_step_run(step, serving) for step in execution.steps.all()],
    )


def _step_run(step: StepExecution, serving: Serving) -> StepRun:
    described = step.job or step.model_package
    return StepRun(
        step_name=step.name,
        status=step.status,
        start_time=step.start_time,
        end_time=step.end_time,
        failure_reason=step.failure_reason,
        attempts=step.attempts,
        cache_source=step.cache_source,
        selective_source=step.selective_source,
        iteration_index=None if step.iteration_index < 0 else step.iteration_index,
        metadata=step.metadata,
        job=described.description if described else None,
        detail_error=step.detail_error,
        metrics=step.metrics,
        report_object=(step.report or {}).get("uri", ""),
        endpoints=serving.get(step.model_package.arn, ()) if step.model_package else (),
    )


def endpoints_serving(package_arns: Collection[str]) -> Serving:
    """The ARNs of the endpoints that serve each of these model packages, in whatever account and region."""
    package = "config__variants__model__containers__package"
    served = Endpoint.objects.filter(**{f"{package}__in": package_arns}, missing_since=None)
    found: dict[str, list[str]] = defaultdict(list)
    for package_arn, arn in served.order_by("arn").values_list(f"{package}_id", "arn").distinct():
        found[package_arn].append(arn)
    return found


def bucket_facts(names: Iterable[tuple[int, str]]) -> dict[int, dict[str, dict[str, object]]]:
    """What protects buckets, given by (primary key of their account, name): members `s3` of artifacts by both."""
    wanted = set(names)
    rows = Bucket.objects.filter(
        account_id__in={account_id for account_id, _ in wanted}, name__in={name for _, name in wanted}
    )
    found: dict[int, dict[str, dict[str, object]]] = defaultdict(dict)
    for row in rows.exclude(checked_at=None):
        found[row.account_id][row.name] = _bucket_member(row)
    return found


def _bucket_member(row: Bucket) -> dict[str, object]:
    return {
        "bucket": row.name,
        "region": row.region_name or None,
        "encryption": row.encryption,
        "versioning": row.versioning,
        "publicAccess": row.public_access,
        "tags": row.tags or {},
        "kmsKeyId": row.kms_key_id or None,
        "bucketKeyEnabled": row.bucket_key_enabled,
        "isPublic": row.is_public,
        "owner": row.owner or None,
        "exists": row.exists,
        "checkedAt": iso(row.checked_at),
    }


def end_time(execution: Execution) -> datetime | None:
    """AWS tells no end of an execution: it is the last change of one that is over."""
    return execution.last_modified if execution.is_terminal else None


def iso(moment: datetime | None) -> str | None:
    """ISO 8601 with an offset; None where the time is not known."""
    return moment.isoformat() if moment else None
