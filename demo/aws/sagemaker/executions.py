"""Executions and their steps."""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult
from moto.sagemaker.exceptions import ResourceNotFound

from demo.aws.paging import page
from demo.aws.simulation.execution import simulate
from demo.aws.simulation.script import Script
from demo.aws.state import Execution, State, state_of

from .pipelines import PipelineOperations

SORT_KEYS = {
    "CreationTime": lambda execution: execution.start,
    "PipelineExecutionArn": lambda execution: execution.arn,
}


class ExecutionOperations(PipelineOperations):
    """StartPipelineExecution to ListPipelineExecutionSteps."""

    @property
    def state(self) -> State:
        return state_of(self.sagemaker_backend)

    def find_execution(self) -> Execution:
        arn = self._get_param("PipelineExecutionArn")
        if execution := self.state.executions.get(arn):
            return execution
        raise ResourceNotFound(f"Pipeline execution '{arn}' does not exist.")

    def start_pipeline_execution(self) -> ActionResult:
        """Succeeds at once, in no time; for anything else see POST /demo-api/executions."""
        pipeline = self.find_pipeline(self._get_param("PipelineName"))
        selective = self._get_param("SelectiveExecutionConfig") or {}
        script = Script(
            display_name=self._get_param("PipelineExecutionDisplayName"),
            description=self._get_param("PipelineExecutionDescription"),
            parameters={given["Name"]: given["Value"] for given in self._get_param("PipelineParameters") or []},
            parallelism=self._get_param("ParallelismConfiguration"),
            selected=[step["StepName"] for step in selective.get("SelectedSteps", [])],
            pace=0,
        )
        return ActionResult({"PipelineExecutionArn": simulate(self.sagemaker_backend, pipeline, script).arn})

    def stop_pipeline_execution(self) -> ActionResult:
        execution = self.find_execution()
        if execution.status == "Executing":
            execution.status = "Stopping"
        return ActionResult({"PipelineExecutionArn": execution.arn})

    def describe_pipeline_execution(self) -> ActionResult:
        return ActionResult(self.find_execution().describe())

    def describe_pipeline_definition_for_execution(self) -> ActionResult:
        execution = self.find_execution()
        return ActionResult({"PipelineDefinition": execution.definition, "CreationTime": execution.start})

    def list_pipeline_parameters_for_execution(self) -> ActionResult:
        return self._paged("PipelineParameters", self.find_execution().parameters)

    def list_pipeline_executions(self) -> ActionResult:
        pipeline = self.find_pipeline(self._get_param("PipelineName"))
        executions = sorted(
            self.state.executions_of(pipeline.arn),
            key=SORT_KEYS[self._get_param("SortBy") or "CreationTime"],
            reverse=self._get_param("SortOrder") != "Ascending",
        )
        return self._paged("PipelineExecutionSummaries", [execution.summary() for execution in executions])

    def list_pipeline_execution_steps(self) -> ActionResult:
        """Newest first unless asked otherwise."""
        steps = self.find_execution().steps
        newest_first = self._get_param("SortOrder") != "Ascending"
        steps = sorted(steps, key=lambda step: step["StartTime"], reverse=newest_first)
        return self._paged("PipelineExecutionSteps", steps)

    def _paged(self, name: str, items: list[Any]) -> ActionResult:
        found, token = page(items, self._get_param("NextToken"), self._get_param("MaxResults"))
        return ActionResult({name: found, "NextToken": token})
