"""Write a batch of pipelines' details: all of it in one transaction, nothing half."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.timezone import now

from inventory.models import Definition, Execution, Job, ModelPackage, Pipeline, StepExecution
from inventory.sync.announce import announce_pipelines
from inventory.sync.executions import store_executions
from inventory.sync.upsert import upsert

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from inventory.aws.records import DefinitionRecord, JobRecord, ReportRecord, StepRecord
    from inventory.models import Region
    from inventory.sync.work import Work

EPOCH = datetime.fromtimestamp(0, UTC)
JOB_FIELDS = ("kind", "name", "status", "is_terminal", "description")
PACKAGE_FIELDS = ("group_name", "version", "status", "approval_status", "created_at", "description")
STEP_FIELDS = (
    "display_name",
    "description",
    "status",
    "start_time",
    "end_time",
    "failure_reason",
    "attempts",
    "cache_source",
    "selective_source",
    "kind",
    "metadata",
    "job_id",
    "model_package_id",
    "detail_error",
    "metrics",
    "report",
)


@transaction.atomic
def store(region: Region, works: Sequence[Work]) -> None:
    """Store what was read of each pipeline, and announce them."""
    definitions = _store_definitions(works)
    store_executions([work.latest for work in works if work.latest])
    executions = {
        row.arn: row for row in Execution.objects.filter(arn__in=[w.execution.arn for w in works if w.execution])
    }
    jobs = _store_jobs(region, (job for work in works for job in work.jobs.items()))
    packages = _store_packages(region, (job for work in works for job in work.jobs.items()))
    stored = {arn for work in works for arn in work.stored_jobs}
    jobs |= {row.arn: row for row in Job.objects.filter(arn__in=stored - jobs.keys(), is_terminal=True)}
    for work in works:
        _store_pipeline(work, definitions)
        if work.steps is not None and work.execution and work.execution.arn in executions:
            _store_steps(work, executions[work.execution.arn], definitions, jobs, packages)
    announce_pipelines([work.pipeline_id for work in works])


def _store_definitions(works: Sequence[Work]) -> dict[str, Definition]:
    records: dict[str, DefinitionRecord] = {}
    for work in works:
        found = (work.description and work.description.definition, work.execution_definition)
        records |= {record.sha256: record for record in found if record}
    existing = Definition.objects.filter(sha256__in=records)
    rows = [Definition(sha256=r.sha256, text=r.text, problem=r.problem) for r in records.values()]
    stored, _ = upsert(rows, existing, key=("sha256",), fields=("problem",), stamps=("text",))
    return {row.sha256: row for row in stored}


def _store_pipeline(work: Work, definitions: dict[str, Definition]) -> None:
    values: dict[str, Any] = {"problem": "; ".join(dict.fromkeys(error.message for error in work.problems))}
    if not work.problems:
        values["synced_at"] = now()
    if work.description:
        values |= {
            "definition": definitions[work.description.definition.sha256],
            "described_version": work.last_modified,
        }
        contexts = {"created_by": work.description.created_by, "last_modified_by": work.description.last_modified_by}
        values |= {name: dict(context) for name, context in contexts.items() if context}
    row = Pipeline.objects.get(pk=work.pipeline_id)
    if work.looked_up:
        values["looked_up_execution_time"] = row.last_execution_time
    Pipeline.objects.filter(pk=row.pk).update(**values)


def _store_jobs(region: Region, found: Iterable[tuple[str, JobRecord]]) -> dict[str, Job]:
    rows = [
        Job(
            region=region,
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
    return {row.arn: row for row in stored}


def _store_packages(region: Region, found: Iterable[tuple[str, JobRecord]]) -> dict[str, ModelPackage]:
    rows = [_package(region, arn, job) for arn, job in found if job.kind == "ModelPackage"]
    existing = ModelPackage.objects.filter(arn__in=[row.arn for row in rows])
    stored, _ = upsert(rows, existing, key=("arn",), fields=PACKAGE_FIELDS, stamps=("read_at",))
    return {row.arn: row for row in stored}


def _package(region: Region, arn: str, job: JobRecord) -> ModelPackage:
    raw = job.description
    return ModelPackage(
        region=region,
        arn=arn,
        group_name=raw.get("ModelPackageGroupName") or "",
        version=raw.get("ModelPackageVersion"),
        status=job.status,
        approval_status=raw.get("ModelApprovalStatus") or "",
        created_at=job.created_at,
        description=dict(raw),
        read_at=now(),
    )


def _store_steps(
    work: Work,
    execution: Execution,
    definitions: dict[str, Definition],
    jobs: dict[str, Job],
    packages: dict[str, ModelPackage],
) -> None:
    known = {(row.name, row.iteration_index): row for row in execution.steps.all()}
    reports = {report.step_name: report for report in work.reports}
    rows = []
    for step in work.steps or ():
        row = _step(execution, step)
        row.job, row.model_package = jobs.get(step.resource_arn), packages.get(step.resource_arn)
        error = work.job_errors.get(step.name)
        row.detail_error = error.message if error else ""
        _add_report(row, reports.get(step.name), known.get((row.name, row.iteration_index)))
        rows.append(row)
    upsert(rows, execution.steps.all(), key=("execution_id", "name", "iteration_index"), fields=STEP_FIELDS)
    _settle(work, execution, definitions)


def _settle(work: Work, execution: Execution, definitions: dict[str, Definition]) -> None:
    """Note at which state the steps were read, and whether anything is left to read."""
    assert work.execution is not None  # noqa: S101  (its steps were read)
    execution.steps_version = work.execution.last_modified
    transient = any(error.kind in ("throttled", "unreachable") for error in work.job_errors.values())
    execution.steps_complete = work.execution.is_terminal and not transient and not work.problems
    if work.execution_definition:
        execution.definition = definitions[work.execution_definition.sha256]
    elif execution.definition_id is None:
        execution.definition_id = Pipeline.objects.values_list("definition_id", flat=True).get(pk=work.pipeline_id)
    execution.save(update_fields=["steps_version", "steps_complete", "definition"])


def _step(execution: Execution, step: StepRecord) -> StepExecution:
    return StepExecution(
        execution=execution,
        name=step.name,
        iteration_index=-1 if step.iteration_index is None else step.iteration_index,
        display_name=step.display_name,
        description=step.description,
        status=step.status,
        start_time=step.start_time,
        end_time=step.end_time,
        failure_reason=step.failure_reason,
        attempts=step.attempts,
        cache_source=step.cache_source,
        selective_source=step.selective_source,
        kind=step.kind,
        metadata=dict(step.metadata),
    )


def _add_report(row: StepExecution, report: ReportRecord | None, known: StepExecution | None) -> None:
    """A report read now, else the one read before."""
    if report:
        row.metrics = dict(report.metrics)
        row.report = {
            "uri": report.uri, "status": report.status, "etag": report.etag, "versionId": report.version_id,
            "size": report.size, "metricsTruncated": report.truncated,
        }  # fmt: skip
    elif known:
        row.metrics, row.report = known.metrics, known.report
