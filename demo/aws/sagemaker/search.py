"""Search, over the resources the service looks for; what is left is moto's."""

from __future__ import annotations

import operator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from moto.core.responses import ActionResult
from moto.sagemaker.exceptions import ValidationError

from demo.aws.paging import page
from demo.aws.state import Document, state_of

from .executions import ExecutionOperations

if TYPE_CHECKING:
    from collections.abc import Callable

    from moto.sagemaker.models import SageMakerModelBackend

COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "Equals": operator.eq,
    "NotEquals": operator.ne,
    "GreaterThan": operator.gt,
    "GreaterThanOrEqualTo": operator.ge,
    "LessThan": operator.lt,
    "LessThanOrEqualTo": operator.le,
}


def _pipelines(backend: SageMakerModelBackend) -> list[Document]:
    return [
        {
            "PipelineArn": pipeline.arn,
            "PipelineName": pipeline.pipeline_name,
            "PipelineDisplayName": pipeline.pipeline_display_name,
            "PipelineDescription": pipeline.pipeline_description,
            "RoleArn": pipeline.role_arn,
            "PipelineStatus": pipeline.pipeline_status,
            "CreationTime": pipeline.creation_time,
            "LastModifiedTime": pipeline.last_modified_time,
            "LastRunTime": pipeline.last_execution_time,
            "CreatedBy": pipeline.created_by,
            "LastModifiedBy": pipeline.last_modified_by,
            "ParallelismConfiguration": pipeline.parallelism_configuration,
            "Tags": pipeline.tags,
        }
        for pipeline in backend.pipelines.values()
    ]


def _executions(backend: SageMakerModelBackend) -> list[Document]:
    return [
        execution.describe() | {"PipelineParameters": execution.parameters}
        for execution in state_of(backend).executions.values()
    ]


def _packages(backend: SageMakerModelBackend) -> list[Document]:
    return [
        {"LastModifiedTime": package.creation_time, **package.gen_response_object(), "Tags": package.tags}
        for package in backend.model_packages.values()
    ]


def _endpoints(backend: SageMakerModelBackend) -> list[Document]:
    return [endpoint.response_object for endpoint in backend.endpoints.values()]


def _models(backend: SageMakerModelBackend) -> list[Document]:
    """A model of the dashboard: with the endpoints that use it."""
    return [
        {"Model": model.response_object, "Endpoints": _endpoints_of(backend, name), "CreationTime": model.creation_time}
        for name, model in backend._models.items()
    ]


def _endpoints_of(backend: SageMakerModelBackend, model: str) -> list[Document]:
    configs = {
        name
        for name, config in backend.endpoint_configs.items()
        if model in {variant["ModelName"] for variant in config.production_variants}
    }
    return [endpoint.summary() for endpoint in backend.endpoints.values() if endpoint.endpoint_config_name in configs]


def _training_jobs(backend: SageMakerModelBackend) -> list[Document]:
    own = list(state_of(backend).jobs["training-job"].values())
    return own + [job.response_object for job in backend.training_jobs.values()]


def _groups(backend: SageMakerModelBackend) -> list[Document]:
    return [group.gen_response_object() for group in backend.model_package_groups.values()]


FOUND: dict[str, Callable[[SageMakerModelBackend], list[Document]]] = {
    "Pipeline": _pipelines,
    "PipelineExecution": _executions,
    "ModelPackage": _packages,
    "ModelPackageGroup": _groups,
    "Endpoint": _endpoints,
    "Model": _models,
    "TrainingJob": _training_jobs,
}


class SearchOperations(ExecutionOperations):
    """Filters, sub-expressions, sorting and pages."""

    def search(self) -> ActionResult:
        resource = self._get_param("Resource")
        if resource not in FOUND:
            return super().search()
        expression = self._get_param("SearchExpression") or {}
        found = [item for item in FOUND[resource](self.sagemaker_backend) if matches(item, expression)]
        key = self._get_param("SortBy") or "LastModifiedTime"
        found.sort(key=lambda item: _sort_key(item, key), reverse=self._get_param("SortOrder") != "Ascending")
        items, token = page(found, self._get_param("NextToken"), self._get_param("MaxResults"))
        return ActionResult({"Results": [{resource: item} for item in items], "NextToken": token})


def _sort_key(item: Document, key: str) -> tuple[bool, Any]:
    value = _property(item, key)
    value = value if value is not None else item.get("CreationTime")
    return value is not None, value


def matches(item: Document, expression: Document) -> bool:
    checks = [_passes(item, condition) for condition in expression.get("Filters") or []]
    checks += [matches(item, nested) for nested in expression.get("SubExpressions") or []]
    if not checks:
        return True
    return any(checks) if expression.get("Operator") == "Or" else all(checks)


def _passes(item: Document, condition: Document) -> bool:
    actual, wanted = _property(item, condition["Name"]), condition.get("Value", "")
    comparison = condition.get("Operator") or "Equals"
    if comparison in {"Exists", "NotExists"}:
        return (actual is not None) == (comparison == "Exists")
    if comparison == "In":
        return str(actual) in wanted.split(",")
    if comparison == "Contains":
        return actual is not None and wanted in str(actual)
    if actual is None:
        return comparison == "NotEquals"
    return COMPARISONS[comparison](*_comparable(actual, wanted))


def _property(item: Document, name: str) -> Any:
    if name.startswith("Tags."):
        return next((tag["Value"] for tag in item.get("Tags") or [] if tag["Key"] == name[5:]), None)
    value: Any = item
    for part in name.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return value


def _comparable(actual: Any, wanted: str) -> tuple[Any, Any]:
    try:
        if isinstance(actual, datetime):
            return actual, _moment(wanted)
        if isinstance(actual, int | float):
            return actual, float(wanted)
    except ValueError as error:
        raise ValidationError(f"The value {wanted!r} does not fit the property") from error
    return str(actual), wanted


def _moment(text: str) -> datetime:
    """Naive and UTC, as moto keeps times."""
    moment = datetime.fromisoformat(text)
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment
