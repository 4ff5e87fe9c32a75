"""What is to be read of one pipeline or of an older execution, and what came of it; no database in here."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import orjson

from inventory.aws.errors import AWSError
from inventory.aws.executions import EPOCH, crawl_latest_executions, crawl_parameters, crawl_steps
from inventory.aws.jobs import crawl_job
from inventory.aws.pipelines import crawl_description, crawl_execution_definition
from inventory.aws.records import TERMINAL_EXECUTION_STATUSES
from inventory.sync.reports import read_reports

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from inventory.aws.client import Connection
    from inventory.aws.records import (
        DefinitionRecord,
        ExecutionRecord,
        JobRecord,
        PipelineDescriptionRecord,
        ReportRecord,
        StepRecord,
    )

ENDED = ("Succeeded", "Failed", "Stopped")  # of a step


@dataclass(slots=True)
class KnownExecution:
    """The execution as it is stored."""

    arn: str
    start_time: datetime | None
    last_modified: datetime | None
    status: str
    has_definition: bool
    has_parameters: bool

    @property
    def is_terminal(self) -> bool:
        return self.status in TERMINAL_EXECUTION_STATUSES


@dataclass(slots=True)
class Work:
    """One pipeline and its latest execution: the flags say what to read, the rest is what came of it.

    With `is_history` it is an older execution, and nothing else of its pipeline. `is_described`: the definition that
    is stored is that of `last_modified`. `overdue_before`: what happened before, Search ought to have shown; None where
    it was not asked. `follow`: what was `tried` is not read again before something ends; that is the ARNs behind the
    steps that are stored, and whether these had ended.
    """

    pipeline_id: int
    arn: str
    name: str
    last_modified: datetime | None
    last_execution_time: datetime | None
    describe: bool
    look_up: bool
    read_steps: bool
    execution: KnownExecution | None
    definition_text: str
    is_described: bool = True
    most_listed: int = 1
    synced_at: datetime | None = None
    follow: bool = False
    overdue_before: datetime | None = None
    is_history: bool = False
    reported: Mapping[str, str] = field(default_factory=dict)  # URI by step
    tried: dict[str, bool] = field(default_factory=dict)

    description: PipelineDescriptionRecord | None = None
    looked_up: bool = False
    is_unseen_by_search: bool = False
    ran_another_definition: bool = False
    listed: list[ExecutionRecord] = field(default_factory=list)
    begun: frozenset[str] = frozenset()
    parameters: Mapping[str, str] | None = None
    execution_definition: DefinitionRecord | None = None
    steps: list[StepRecord] | None = None
    stored_jobs: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    jobs: dict[str, JobRecord] = field(default_factory=dict)
    job_errors: dict[str, AWSError] = field(default_factory=dict)
    reports: list[ReportRecord] = field(default_factory=list)
    problems: list[AWSError] = field(default_factory=list)

    @property
    def is_going_on(self) -> bool:
        return bool(self.execution and not self.execution.is_terminal)

    @property
    def is_followed(self) -> bool:
        """Once it is over, it is read as any other."""
        return self.follow and self.is_going_on

    def was_tried(self, step: StepRecord) -> bool:
        """Nothing new is to be told of what stands behind it: it goes on, or it had ended before."""
        had_ended = self.tried.get(step.resource_arn)
        return had_ended is not None and (had_ended or step.status not in ENDED)

    def attempt(self, read: Callable[[], None]) -> None:
        """Read one thing; a failure is this pipeline's problem and stops only what builds on it."""
        try:
            read()
        except AWSError as error:
            self.problems.append(error)


def read_pipeline(connection: Connection, work: Work) -> None:
    """First round: definition, latest execution, its steps."""
    if work.describe:
        work.attempt(lambda: _read_description(connection, work))
    if work.look_up:
        work.attempt(lambda: _read_latest(connection, work))
    if work.read_steps and work.execution:
        work.attempt(lambda: _read_steps(connection, work))
        if _is_to_end(work):
            work.attempt(lambda: _read_end(connection, work))


def read_jobs(connection: Connection, work: Work) -> None:
    """Second round: the jobs that are not stored for good, and the reports that they wrote."""
    if work.steps is None:
        return
    for step in work.steps:
        if step.resource_arn and step.resource_arn not in work.stored_jobs and not work.was_tried(step):
            _read_job(connection, work, step)
    text = work.execution_definition.text if work.execution_definition else work.definition_text
    read_reports(connection, work, _parsed(text))


def _read_description(connection: Connection, work: Work) -> None:
    work.description = crawl_description(connection, work.arn)
    work.definition_text = work.description.definition.text


def _read_latest(connection: Connection, work: Work) -> None:
    """The newest executions by listing, for the price of one: what Search would have told, but for who started them."""
    records = crawl_latest_executions(connection, work.arn, work.most_listed)
    if records:
        _take_latest(connection, work, records)
    work.looked_up = True


def _take_latest(connection: Connection, work: Work, records: list[ExecutionRecord]) -> None:
    record = records[0]
    known = work.execution
    work.begun = frozenset(listed.arn for listed in records if work.synced_at and _began_after(known, listed))
    is_new = known is None or known.arn != record.arn
    if is_new and _has_parameters(work.definition_text):
        record = replace(record, parameters=_parameters_if_allowed(connection, work, record.arn))
    work.listed = [record, *records[1:]]
    work.is_unseen_by_search = _is_unseen_by_search(work, record)
    if known is None or is_new or not known.is_terminal or _has_moved(known, record):
        work.read_steps = True
    work.execution = KnownExecution(
        record.arn,
        record.start_time,
        record.last_modified,
        record.status,
        bool(known and not is_new and known.has_definition),
        has_parameters=True,
    )


def _has_moved(known: KnownExecution, record: ExecutionRecord) -> bool:
    return (known.status, known.last_modified) != (record.status, record.last_modified)


def _parameters_if_allowed(connection: Connection, work: Work, execution_arn: str) -> Mapping[str, str] | None:
    """An execution whose parameters are refused is known without them; what passes by itself is tried again."""
    try:
        return crawl_parameters(connection, execution_arn)
    except AWSError as error:
        if error.is_transient:
            raise
        work.problems.append(error)
        return None


def _is_unseen_by_search(work: Work, record: ExecutionRecord) -> bool:
    """It began, or its last step ended, so long ago that Search should have told."""
    known, overdue = work.execution, work.overdue_before
    if overdue is None:
        return False
    if known and known.arn == record.arn:
        return record.is_terminal and not known.is_terminal and _has_ended(work, before=overdue)
    # What began before the pipeline was known may be older than what Search was asked for.
    since = work.synced_at
    return bool(since and record.start_time and since < record.start_time < overdue)


def _has_ended(work: Work, before: datetime | None) -> bool:
    """Whether no step is under way, and none was after that moment."""
    steps = work.steps or ()
    ends = [step.end_time or step.start_time or EPOCH for step in steps if step.status in ENDED]
    return bool(ends) and len(ends) == len(steps) and (before is None or max(ends) < before)


def _is_to_end(work: Work) -> bool:
    """Nothing told that the execution is over, but no step is under way; where Search tells, it has its time for it."""
    return work.is_going_on and not work.look_up and _has_ended(work, before=work.overdue_before)


def _read_end(connection: Connection, work: Work) -> None:
    """How the execution ended; the steps of a newer one, should there be one."""
    followed = work.execution
    _read_latest(connection, work)
    if followed and work.execution and work.execution.arn != followed.arn:
        _read_steps(connection, work)


def _began_after(known: KnownExecution | None, record: ExecutionRecord) -> bool:
    if known is None or known.start_time is None:
        return known is None
    return record.start_time is not None and record.start_time > known.start_time


def _read_steps(connection: Connection, work: Work) -> None:
    execution = work.execution
    assert execution is not None  # noqa: S101  (the caller looked)
    work.steps = [_with_cached_metadata(connection, step) for step in crawl_steps(connection, execution.arn)]
    if not execution.has_definition and _may_have_run_another_definition(execution, work):
        work.ran_another_definition = True
        work.execution_definition = crawl_execution_definition(connection, execution.arn)
    if work.is_history and not execution.has_parameters and _has_parameters(work.definition_text):
        work.parameters = crawl_parameters(connection, execution.arn)


def _may_have_run_another_definition(execution: KnownExecution, work: Work) -> bool:
    """An older one than the current, or the current one where only an older is known."""
    modified = (work.description and work.description.last_modified) or work.last_modified
    is_older = bool(execution.start_time and modified and execution.start_time < modified)
    return is_older or not (work.description or work.is_described)


def _with_cached_metadata(connection: Connection, step: StepRecord) -> StepRecord:
    """A step taken from a cache may come without metadata: the step of that name in the source execution has it."""
    source = step.cache_source or step.selective_source
    if step.metadata or not source:
        return step
    try:
        steps = crawl_steps(connection, source)
    except AWSError as error:
        if error.is_transient:
            raise
        return step
    return next((replace(step, metadata=old.metadata) for old in steps if old.name == step.name), step)


def _read_job(connection: Connection, work: Work, step: StepRecord) -> None:
    try:
        job = crawl_job(connection, step)
    except AWSError as error:
        work.job_errors[step.name] = error
        return
    if job:
        work.jobs[step.resource_arn] = job


def _has_parameters(text: str) -> bool:
    definition = _parsed(text)
    return bool(definition.get("Parameters", True))


def _parsed(text: str) -> dict[str, Any]:
    try:
        definition = orjson.loads(text)
    except orjson.JSONDecodeError:
        return {}
    return definition if isinstance(definition, dict) else {}
