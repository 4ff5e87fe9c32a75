"""SageMaker's listings, searches and pipelines over the computed estate."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import orjson

from bench.aws import documents
from bench.aws.answers import Answer, Call, CallError, listing, page
from bench.aws.describe import Describer
from bench.aws.names import Names, executed, numbered

if TYPE_CHECKING:
    from collections.abc import Callable

    from bench.aws.estate import Estate

Arguments = dict[str, Any]
EMPTY_LISTINGS = {
    "ListApps": "Apps",
    "ListArtifacts": "ArtifactSummaries",
    "ListAssociations": "AssociationSummaries",
    "ListFeatureGroups": "FeatureGroupSummaries",
    "ListInferenceComponents": "InferenceComponents",
    "ListMonitoringSchedules": "MonitoringScheduleSummaries",
    "ListProjects": "ProjectSummaryList",
    "ListTrainingJobsForHyperParameterTuningJob": "TrainingJobSummaries",
    "ListUserProfiles": "UserProfiles",
}


class SageMaker:
    """Answers one operation after another; `answer` raises CallError as AWS would refuse."""

    def __init__(self, estate: Estate) -> None:
        self.estate = estate
        self.names = Names(estate)
        self._describer = Describer(self.names)
        self._documents = documents.encoded(estate.shape)
        self._handlers: dict[str, Callable[[Call, Arguments], bytes]] = {
            "ListDomains": self._list_domains,
            "ListPipelines": self._list_pipelines,
            "ListPipelineVersions": self._list_versions,
            "DescribePipeline": self._describe_pipeline,
            "DescribePipelineExecution": self._describe_execution,
            "DescribePipelineDefinitionForExecution": self._definition_for_execution,
            "ListTags": self._list_tags,
            "Search": self._search,
            "ListPipelineExecutions": self._list_executions,
            "ListPipelineExecutionSteps": self._list_steps,
            "ListPipelineParametersForExecution": self._list_parameters,
            "ListModelPackageGroups": self._list_groups,
            "ListModelPackages": self._list_packages,
            "ListModels": self._list_models,
            "ListEndpoints": self._list_endpoints,
            "ListEndpointConfigs": self._list_endpoint_configs,
            **self._describer.handlers,
        }

    def answer(self, call: Call) -> Answer:
        arguments = orjson.loads(call.body or b"{}")
        if call.operation in EMPTY_LISTINGS:
            return Answer(listing(EMPTY_LISTINGS[call.operation], []))
        handler = self._handlers.get(call.operation)
        if handler is None:
            raise CallError("UnknownOperationException", f"The bench does not know {call.operation}.")
        try:
            return Answer(handler(call, arguments))
        except LookupError as error:
            raise CallError("ResourceNotFound", f"{call.operation}: {error} does not exist.") from error

    def _list_domains(self, call: Call, arguments: Arguments) -> bytes:
        indexes, token = page(self.estate.shape.domains, arguments)
        values = (self.names.of_domain(call, index) for index in indexes)
        return listing("Domains", [self._documents.domain.fill(each) for each in values], token)

    def _list_pipelines(self, call: Call, arguments: Arguments) -> bytes:
        indexes, token = page(self.estate.shape.pipelines, arguments)
        fill = self._documents.summary.fill
        return listing("PipelineSummaries", [fill(self.names.of_pipeline(call, index)) for index in indexes], token)

    def _list_versions(self, call: Call, arguments: Arguments) -> bytes:
        values = self.names.of_pipeline(call, self._pipeline(arguments["PipelineName"]))
        return listing("PipelineVersionSummaries", [self._documents.version.fill(values)])

    def _describe_pipeline(self, call: Call, arguments: Arguments) -> bytes:
        pipeline = self._pipeline(arguments["PipelineName"])
        return self._documents.description_of(pipeline).fill(self.names.of_pipeline(call, pipeline))

    def _definition_for_execution(self, call: Call, arguments: Arguments) -> bytes:
        execution = executed(self.estate, arguments["PipelineExecutionArn"])
        values = self.names.of_execution(call, execution)
        return self._documents.definition_of(execution.pipeline).fill(values)

    def _list_tags(self, call: Call, arguments: Arguments) -> bytes:
        values = self.names.of_pipeline(call, self._pipeline(arguments["ResourceArn"]))
        return listing("Tags", [self._documents.tags.fill(values)])

    def _search(self, call: Call, arguments: Arguments) -> bytes:
        if arguments["Resource"] == "Pipeline":
            indexes, token = page(self.estate.shape.pipelines, arguments)
            fill = self._documents.found_pipeline.fill
            return listing("Results", [fill(self.names.of_pipeline(call, index)) for index in indexes], token)
        if arguments["Resource"] == "PipelineExecution":
            return self._search_executions(call, arguments)
        if arguments["Resource"] in self._documents.found_of_execution:
            return self._search_made(call, arguments)
        return listing("Results", [])

    def _search_made(self, call: Call, arguments: Arguments) -> bytes:
        """Model packages and models: each execution made one."""
        shape = self.estate.shape
        indexes, token = page(shape.pipelines * shape.executions, arguments)
        executions = (self.estate.execution(*divmod(index, shape.executions)) for index in indexes)
        fill = self._documents.found_of_execution[arguments["Resource"]].fill
        return listing("Results", [fill(self.names.of_execution(call, each)) for each in executions], token)

    def _search_executions(self, call: Call, arguments: Arguments) -> bytes:
        offset, count = int(arguments.get("NextToken") or 0), int(arguments.get("MaxResults") or 10)
        executions, more = self.estate.changed_since(_since(arguments), offset, count)
        fill = self._documents.found_execution.fill
        items = [fill(self.names.of_execution(call, execution)) for execution in executions]
        return listing("Results", items, str(offset + count) if more else "")

    def _list_executions(self, call: Call, arguments: Arguments) -> bytes:
        executions = self.estate.executions_of(self._pipeline(arguments["PipelineName"]))
        if arguments.get("SortOrder") == "Ascending":
            executions.reverse()
        indexes, token = page(len(executions), arguments)
        fill = self._documents.execution_summary.fill
        items = [fill(self.names.of_execution(call, executions[index])) for index in indexes]
        return listing("PipelineExecutionSummaries", items, token)

    def _describe_execution(self, call: Call, arguments: Arguments) -> bytes:
        execution = executed(self.estate, arguments["PipelineExecutionArn"])
        return self._documents.execution.fill(self.names.of_execution(call, execution))

    def _list_steps(self, call: Call, arguments: Arguments) -> bytes:
        values = self.names.of_execution(call, executed(self.estate, arguments["PipelineExecutionArn"]))
        steps = self._documents.steps
        indexes, token = page(len(steps), arguments)
        return listing("PipelineExecutionSteps", [steps[index].fill(values) for index in indexes], token)

    def _list_parameters(self, call: Call, arguments: Arguments) -> bytes:
        values = self.names.of_execution(call, executed(self.estate, arguments["PipelineExecutionArn"]))
        return listing("PipelineParameters", [self._documents.parameter.fill(values)])

    def _list_groups(self, call: Call, arguments: Arguments) -> bytes:
        indexes, token = page(self.estate.shape.pipelines if self.estate.shape.executions else 0, arguments)
        fill = self._documents.group.fill
        return listing(
            "ModelPackageGroupSummaryList", [fill(self.names.of_pipeline(call, at)) for at in indexes], token
        )

    def _list_packages(self, call: Call, arguments: Arguments) -> bytes:
        executions = self.estate.executions_of(self._pipeline(arguments["ModelPackageGroupName"]))
        indexes, token = page(len(executions), arguments)
        fill = self._documents.package.fill
        items = [fill(self.names.of_execution(call, executions[index])) for index in indexes]
        return listing("ModelPackageSummaryList", items, token)

    def _list_models(self, call: Call, arguments: Arguments) -> bytes:
        shape = self.estate.shape
        indexes, token = page(shape.pipelines * shape.executions, arguments)
        executions = (self.estate.execution(*divmod(index, shape.executions)) for index in indexes)
        fill = self._documents.model.fill
        return listing("Models", [fill(self.names.of_execution(call, each)) for each in executions], token)

    def _list_endpoints(self, call: Call, arguments: Arguments) -> bytes:
        indexes, token = page(self.names.endpoints, arguments)
        fill = self._documents.endpoint.fill
        return listing("Endpoints", [fill(self.names.of_endpoint(call, index)) for index in indexes], token)

    def _list_endpoint_configs(self, call: Call, arguments: Arguments) -> bytes:
        indexes, token = page(self.names.endpoints, arguments)
        fill = self._documents.endpoint_config.fill
        return listing("EndpointConfigs", [fill(self.names.of_endpoint(call, index)) for index in indexes], token)

    def _pipeline(self, name_or_arn: str) -> int:
        """Raises LookupError for a pipeline that is not in the estate."""
        index = numbered(name_or_arn)
        if not 0 <= index < self.estate.shape.pipelines:
            raise LookupError(name_or_arn)
        return index


def _since(arguments: Arguments) -> float:
    """The epoch seconds that a LastModifiedTime GreaterThan filter names; 0 without one."""
    for condition in (arguments.get("SearchExpression") or {}).get("Filters") or []:
        if (condition["Name"], condition.get("Operator")) == ("LastModifiedTime", "GreaterThan"):
            return datetime.fromisoformat(condition["Value"].removesuffix("Z")).replace(tzinfo=UTC).timestamp()
    return 0.0
