"""Writes down one execution of a pipeline, with its steps and jobs, as AWS would report it."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from moto.core.utils import utcnow

from demo.aws.stable_id import MIXED, stable_id
from demo.aws.state import Execution, State, state_of, user_context

from .expressions import Resolver
from .order import Planned, plan
from .reports import put_report
from .results import SECONDS_OF_TYPE, Result, StepRun, result_of

if TYPE_CHECKING:
    from moto.sagemaker.models import FakePipeline, SageMakerModelBackend

    from .script import Script, StepScript

Document = dict[str, Any]
UNFINISHED = {"Starting", "Executing", "Stopping"}
STATUS_AFTER = {"Starting": "Executing"}  # of the execution, where it is not the status of the step
FAILED = "Step failure: One or multiple steps failed."
NUMBERS: dict[str, type[int] | type[float]] = {"Integer": int, "Float": float}


def simulate(backend: SageMakerModelBackend, pipeline: FakePipeline, script: Script) -> Execution:
    """Run `pipeline` as `script` says and keep the execution in the backend's state."""
    simulation = _Simulation(backend, pipeline, script)
    execution = simulation.run()
    state_of(backend).executions[execution.arn] = execution
    pipeline.last_execution_time = max(execution.start, pipeline.last_execution_time or execution.start)
    return execution


class _Simulation:
    def __init__(self, backend: SageMakerModelBackend, pipeline: FakePipeline, script: Script) -> None:
        self.backend = backend
        self.pipeline = pipeline
        self.script = script
        self.state: State = state_of(backend)
        self.execution = self._begin()
        self.document: Document = json.loads(self.execution.definition)
        self.resolver = Resolver(
            parameters=_parameters(self.document, script.parameters),
            variables=self._variables(),
            reports={name: step.report for name, step in script.steps.items() if step.report is not None},
        )
        self.outcomes: dict[str, str] = {}
        self.ended: dict[str, datetime] = {}
        self.halted: str | None = None

    def _begin(self) -> Execution:
        identifier = self.script.execution_id or stable_id(
            12, self.pipeline.arn, len(self.state.executions_of(self.pipeline.arn))
        )
        selected = [{"StepName": name} for name in self.script.selected]
        source = self._previous() if selected else None
        domain = self.script.domain_id
        return Execution(
            arn=f"{self.pipeline.arn}/execution/{identifier}",
            pipeline_arn=self.pipeline.arn,
            pipeline_name=self.pipeline.pipeline_name,
            definition=self.script.definition or self.pipeline.pipeline_definition,
            parameters=[{"Name": name, "Value": str(value)} for name, value in self.script.parameters.items()],
            start=self.script.start or utcnow(),
            display_name=self.script.display_name,
            description=self.script.description,
            created_by=user_context(domain, self.backend.region_name, self.backend.account_id) if domain else {},
            parallelism=self.script.parallelism or self.pipeline.parallelism_configuration,
            selective={"SourcePipelineExecutionArn": source.arn if source else None, "SelectedSteps": selected}
            if selected
            else None,
            version=len(self.state.versions[self.pipeline.arn]),
        )

    def _variables(self) -> dict[str, str]:
        execution = self.execution
        return {
            "PipelineName": execution.pipeline_name,
            "PipelineArn": execution.pipeline_arn,
            "PipelineExecutionId": execution.arn.rpartition("/")[2],
            "PipelineExecutionArn": execution.arn,
            "StartDateTime": f"{execution.start:%Y-%m-%dT%H:%M:%SZ}",
            "CurrentDateTime": f"{execution.start:%Y-%m-%dT%H:%M:%SZ}",
        }

    def run(self) -> Execution:
        planned = plan(self.document)
        if self.script.selected:
            planned = self._selection(planned)
        for step in planned:
            if self._may_begin(step):
                self._perform(step)
        self._finish()
        return self.execution

    def _selection(self, planned: list[Planned]) -> list[Planned]:
        """The selected steps and those whose results they take from the source."""
        wanted = set(self.script.selected)
        needed = set().union(*(step.after for step in planned if step.name in wanted))
        return [step for step in planned if step.name in wanted | needed]

    def _may_begin(self, step: Planned) -> bool:
        if step.branch and self.outcomes.get(step.branch[0]) not in {step.branch[1], None}:
            return False
        needed = step.after if not self.script.selected else step.after & set(self.execution.properties)
        ready = all(name in self.execution.properties for name in needed)
        return ready and (self.halted is None or step.name in self.script.steps)

    def _perform(self, step: Planned) -> None:
        script = self.script.step(step.name)
        reused = self._reused(step, script)
        run = self._run_of(step, script, seconds=1.0 if reused else None)
        result = reused[1] if reused else result_of(run)
        self.execution.steps.append(_row(run, result, reused))
        if step.type == "Condition":
            self.outcomes[step.name] = script.outcome
        if run.status == "Succeeded":
            self.execution.properties[step.name] = result.properties
            self.resolver.properties = self.execution.properties
            self.ended[step.name] = run.end or run.start
            if script.report is not None and not reused:
                put_report(self.backend, run, script.report)
        else:
            self.halted = self.halted if self.halted == "Failed" else run.status

    def _run_of(self, step: Planned, script: StepScript, seconds: float | None) -> StepRun:
        status = "Failed" if step.type == "Fail" else script.status
        start = max([self.execution.start, *(self.ended[name] for name in step.after if name in self.ended)])
        length = timedelta(seconds=self.script.pace * (seconds or script.seconds or SECONDS_OF_TYPE.get(step.type, 5)))
        suffix = stable_id(10, self.execution.arn, step.name, alphabet=MIXED)
        job = f"pipelines-{self.execution.arn.rpartition('/')[2]}-{step.name[:20]}-{suffix}"
        variables = self.resolver.variables
        self.resolver.variables = variables | {"TrainingJobName": job, "ProcessingJobName": job}
        arguments = self.resolver.resolve(_own_arguments(step))
        definition = self.resolver.resolve({k: v for k, v in step.definition.items() if k != "Arguments"})
        self.resolver.variables = variables
        return StepRun(
            backend=self.backend,
            state=self.state,
            execution_arn=self.execution.arn,
            role=self.pipeline.role_arn,
            name=step.name,
            type=step.type,
            definition=definition,
            arguments=arguments,
            script=script,
            job=job,
            status=status,
            start=start + timedelta(seconds=2 * self.script.pace),
            end=None if status in UNFINISHED else start + timedelta(seconds=2 * self.script.pace) + length,
        )

    def _previous(self) -> Execution | None:
        earlier = self.state.executions_of(self.pipeline.arn)
        return next((execution for execution in reversed(earlier) if execution.status == "Succeeded"), None)

    def _reused(self, step: Planned, script: StepScript) -> tuple[str, Result, str] | None:
        """(the kind of reuse, the result, the ARN of the execution it comes from)."""
        selective = bool(self.script.selected) and step.name not in self.script.selected
        if not (selective or script.cached):
            return None
        for execution in reversed(self.state.executions_of(self.pipeline.arn)):
            row = execution.step(step.name)
            if row and step.name in execution.properties:
                result = Result(row.get("Metadata", {}), execution.properties[step.name])
                return "SelectiveExecutionResult" if selective else "CacheHitResult", result, execution.arn
        return None

    def _finish(self) -> None:
        execution = self.execution
        halted = self.halted or "Succeeded"
        execution.status = self.script.status or STATUS_AFTER.get(halted, halted)
        execution.failure_reason = self.script.failure_reason or (FAILED if execution.status == "Failed" else None)
        moments = [step.get("EndTime") or step["StartTime"] for step in execution.steps]
        execution.last_modified = max([execution.start, *moments])


def _row(run: StepRun, result: Result, reused: tuple[str, Result, str] | None) -> Document:
    row: Document = {
        "StepName": run.name,
        "StepDisplayName": run.definition.get("DisplayName"),
        "StepDescription": run.definition.get("Description"),
        "StartTime": run.start,
        "EndTime": run.end,
        "StepStatus": run.status,
        "FailureReason": run.failure_reason,
        "AttemptCount": run.script.attempts or 1,
        "Metadata": result.metadata,
        "CacheHitResult": {"SourcePipelineExecutionArn": ""},
    }
    if reused:
        row[reused[0]] = {"SourcePipelineExecutionArn": reused[2]}
    return {name: value for name, value in row.items() if value is not None}


def _own_arguments(step: Planned) -> Document:
    arguments: Document = step.definition.get("Arguments") or {}
    return {} if step.type == "Condition" else arguments


def _parameters(document: Document, given: Document) -> Document:
    values: Document = {}
    for parameter in document.get("Parameters") or []:
        name = parameter["Name"]
        number = NUMBERS.get(parameter.get("Type", ""))
        value = given.get(name, parameter.get("DefaultValue", 1 if number else ""))
        values[name] = number(value) if number else value
    return values
