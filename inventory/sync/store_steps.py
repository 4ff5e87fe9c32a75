"""Write the steps of executions, with the reports they left."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from inventory.aws.errors import ErrorKind
from inventory.aws.records import resource_arn
from inventory.models import Execution, StepExecution
from inventory.sync.parameters import secrets_of, without_secrets
from inventory.sync.rows import update_rows
from inventory.sync.upsert import write

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from inventory.aws.records import ReportRecord, StepRecord
    from inventory.sync.work import Work

SETTLED_FIELDS = ("steps_version", "steps_complete", "definition_id", "parameters", "wants_steps", "problem")
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


def store_steps(
    executed: Iterable[tuple[Work, Execution]], jobs: Mapping[str, int], packages: Mapping[str, int]
) -> None:
    """Upsert the steps that were read of each execution. `jobs` and `packages` are primary keys by ARN."""
    pairs = list(executed)
    existing = StepExecution.objects.filter(execution__in=[execution for _, execution in pairs])
    known: dict[int, dict[tuple[str, int], StepExecution]] = defaultdict(dict)
    for row in existing:
        known[row.execution_id][row.name, row.iteration_index] = row
    rows = [row for work, execution in pairs for row in _rows(work, execution, known[execution.pk], jobs, packages)]
    write(rows, existing, key=("execution_id", "name", "iteration_index"), fields=STEP_FIELDS)


def settle(executed: Iterable[tuple[Work, Execution]], definitions: Mapping[str, int]) -> None:
    """Note at which state the steps were read, what the execution ran, and whether anything is left to read.

    `definitions` are primary keys by hash.
    """
    settled = []
    for work, execution in executed:
        assert work.execution is not None  # noqa: S101  (its steps were read)
        execution.steps_version = work.execution.last_modified
        execution.steps_complete = work.execution.is_terminal and not _may_be_read_later(work)
        if work.execution_definition:
            execution.definition_id = definitions[work.execution_definition.sha256]
        elif execution.definition_id is None and not work.ran_another_definition:
            execution.definition_id = execution.pipeline.definition_id
        if work.parameters is not None:
            execution.parameters = without_secrets(work.parameters, _secrets_of(work), execution.parameters)
        execution.problem = _problem_of(work)
        execution.wants_steps = not _is_read(work)
        settled.append(execution)
    update_rows(settled, SETTLED_FIELDS)


def note_unread(works: Iterable[Work]) -> None:
    """Say of each execution whose steps could not be read why. They are still wanted, unless AWS has forgotten them."""
    tried = [work for work in works if work.read_steps and work.steps is None and work.problems]
    failed = {work.execution.arn: work for work in tried if work.execution}
    rows = list(Execution.objects.filter(arn__in=failed)) if failed else []
    for row in rows:
        work = failed[row.arn]
        row.problem = _problem_of(work)
        row.wants_steps = not any(error.kind is ErrorKind.NOT_FOUND for error in work.problems)
    update_rows(rows, ("problem", "wants_steps"))


def _secrets_of(work: Work) -> frozenset[str]:
    own = work.execution_definition
    return own.secret_parameters if own else secrets_of(work.definition_text)


def _is_read(work: Work) -> bool:
    """Whether another look would tell no more for now: what is denied is read when it is asked for again."""
    assert work.execution is not None  # noqa: S101  (its steps were read)
    transient = any(error.is_transient for error in work.job_errors.values())
    return work.execution.is_terminal and not work.problems and not transient


def _problem_of(work: Work) -> str:
    """In words; a failure that passes by itself is none."""
    errors = (*work.problems, *work.job_errors.values())
    return "; ".join(dict.fromkeys(error.message for error in errors if not error.is_transient))


def _may_be_read_later(work: Work) -> bool:
    """Whether anything failed that may succeed later: what is gone stays gone, but a permission may be given."""
    failed = any(error.kind is not ErrorKind.NOT_FOUND for error in work.job_errors.values())
    denied = any(report.status.startswith("denied") for report in work.reports)
    return bool(work.problems) or failed or denied


def _rows(
    work: Work,
    execution: Execution,
    known: Mapping[tuple[str, int], StepExecution],
    jobs: Mapping[str, int],
    packages: Mapping[str, int],
) -> Iterable[StepExecution]:
    reports = {report.step_name: report for report in work.reports}
    for step in work.steps or ():
        row = _step(execution, step)
        before = known.get((row.name, row.iteration_index))
        row.job_id, row.model_package_id = jobs.get(step.resource_arn), packages.get(step.resource_arn.lower())
        error = work.job_errors.get(step.name)
        if error:
            row.detail_error = error.message
            _keep_links(row, before, step)
        elif before and work.was_tried(step):
            row.detail_error = before.detail_error
            _keep_links(row, before, step)
        _add_report(row, reports.get(step.name), before)
        yield row


def _keep_links(row: StepExecution, known: StepExecution | None, step: StepRecord) -> None:
    """What could be described before and now cannot, because it was deleted or is denied, is known nevertheless."""
    if known and resource_arn(known.metadata) == step.resource_arn:
        row.job_id, row.model_package_id = known.job_id, known.model_package_id


def _step(execution: Execution, step: StepRecord) -> StepExecution:
    return StepExecution(
        execution_id=execution.pk,
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
