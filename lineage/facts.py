"""Rows of the inventory as the plain values that the graph and the documents are made of."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from inventory.models import Bucket, Definition, Endpoint, StepExecution
from lineage.graph import Execution as ExecutionFacts
from lineage.graph import StepRun

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import datetime

    from inventory.models import Execution, Pipeline

    Serving = Mapping[str, list[str]]

STEP = (
    "execution_id", "name", "status", "start_time", "end_time", "failure_reason", "attempts", "cache_source",
    "selective_source", "iteration_index", "metadata", "detail_error", "metrics", "report", "job__description",
    "model_package__arn", "model_package__description",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shown:
    """The execution that a document shows, and the definition that it ran unless that is the current one."""

    row: Execution
    definition: Definition | None
    facts: ExecutionFacts


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


def shown_executions(pipelines: Iterable[Pipeline]) -> dict[int, Shown]:
    """What to show of these pipelines' executions, by primary key; nothing of a pipeline without a definition."""
    shown = [
        (pipeline, row) for pipeline in pipelines if pipeline.definition_id and (row := _shown_execution(pipeline))
    ]
    older = {row.pk: row.definition_id for pipeline, row in shown if row.definition_id != pipeline.definition_id}
    definitions = Definition.objects.in_bulk([pk for pk in older.values() if pk])
    steps = step_runs([row.pk for _, row in shown])
    return {
        pipeline.pk: Shown(row, definitions.get(older.get(row.pk)), _execution_facts(pipeline, row, steps[row.pk]))
        for pipeline, row in shown
    }


def _shown_execution(pipeline: Pipeline) -> Execution | None:
    """The latest; until its steps and what it ran are read, the newest of which they are: half of it would mislead."""
    latest = pipeline.latest_execution
    if latest is None or latest.definition_id:
        return latest
    return pipeline.executions.filter(definition__isnull=False).first() or latest


def _execution_facts(pipeline: Pipeline, execution: Execution, steps: list[StepRun]) -> ExecutionFacts:
    return ExecutionFacts(
        arn=execution.arn,
        id=execution.execution_id,
        status=execution.status,
        start_time=execution.start_time,
        end_time=end_time(execution),
        parameters=execution.parameters,
        pipeline_name=pipeline.name,
        pipeline_arn=pipeline.arn,
        steps=steps,
    )


def step_runs(execution_ids: Collection[int]) -> dict[int, list[StepRun]]:
    """The steps of these executions as the graph wants them, by execution: of each only what a document says."""
    rows = list(StepExecution.objects.filter(execution__in=execution_ids).order_by("start_time", "pk").values(*STEP))
    serving = endpoints_serving({row["model_package__arn"] for row in rows} - {None})
    found: dict[int, list[StepRun]] = defaultdict(list)
    for row in rows:
        found[row["execution_id"]].append(_step_run(row, serving))
    return found


def _step_run(row: Mapping[str, Any], serving: Serving) -> StepRun:
    job, package = row["job__description"], row["model_package__description"]
    return StepRun(
        step_name=row["name"],
        status=row["status"],
        start_time=row["start_time"],
        end_time=row["end_time"],
        failure_reason=row["failure_reason"],
        attempts=row["attempts"],
        cache_source=row["cache_source"],
        selective_source=row["selective_source"],
        iteration_index=None if row["iteration_index"] < 0 else row["iteration_index"],
        metadata=row["metadata"],
        job=package if job is None else job,
        detail_error=row["detail_error"],
        metrics=row["metrics"],
        report_object=(row["report"] or {}).get("uri", ""),
        endpoints=serving.get(row["model_package__arn"], ()),
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
