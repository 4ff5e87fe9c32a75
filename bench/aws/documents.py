"""The encoded documents of listings, searches and pipelines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

from bench.aws.definitions import ROLE, definition
from bench.aws.jobs import CONTEXT, SAGEMAKER, execution_steps, model, model_package
from bench.aws.templates import Template

if TYPE_CHECKING:
    from bench.aws.estate import Shape

Document = dict[str, Any]
SIZES = 8
CREATED_MODEL = "pipelines-@id@-CreateModel-bench"
ARN = f"{SAGEMAKER}:pipeline/@name@"
TAGS = [
    {"Key": "sagemaker:domain-arn", "Value": f"{SAGEMAKER}:domain/@domain@"},
    {"Key": "team", "Value": "bench"},
]
SUMMARY = {
    "PipelineArn": ARN,
    "PipelineName": "@name@",
    "PipelineDisplayName": "@name@",
    "RoleArn": ROLE,
    "CreationTime": "#created#",
    "LastModifiedTime": "#modified#",
    "LastExecutionTime": "#executed#",
}
DESCRIBED = {
    "PipelineArn": ARN,
    "PipelineName": "@name@",
    "PipelineDisplayName": "@name@",
    "RoleArn": ROLE,
    "PipelineStatus": "Active",
    "CreationTime": "#created#",
    "LastModifiedTime": "#modified#",
    "LastRunTime": "#executed#",
    "CreatedBy": CONTEXT,
    "LastModifiedBy": CONTEXT,
}
PARAMETER = {"Name": "InputData", "Value": "s3://@data@/raw/@name@/@id@/"}
EXECUTION = {
    "PipelineArn": ARN,
    "PipelineExecutionArn": f"{ARN}/execution/@id@",
    "PipelineExecutionDisplayName": "execution-@id@",
    "PipelineExecutionStatus": "Succeeded",
    "CreationTime": "#start#",
    "LastModifiedTime": "#end#",
    "CreatedBy": CONTEXT,
    "LastModifiedBy": CONTEXT,
}


@dataclass(frozen=True, slots=True)
class Documents:
    """One template of each kind; of descriptions and definitions one of each size."""

    domain: Template
    summary: Template
    version: Template
    tags: Template
    found_pipeline: Template
    found_execution: Template
    execution: Template
    execution_summary: Template
    parameter: Template
    group: Template
    package: Template
    model: Template
    endpoint: Template
    endpoint_config: Template
    found_of_execution: dict[str, Template]
    steps: tuple[Template, ...]
    descriptions: tuple[Template, ...]
    definitions: tuple[Template, ...]

    def description_of(self, pipeline: int) -> Template:
        return self.descriptions[pipeline % SIZES]

    def definition_of(self, pipeline: int) -> Template:
        return self.definitions[pipeline % SIZES]


def encoded(shape: Shape) -> Documents:
    """Definitions are of even sizes from the largest down to what so many steps need at least."""
    least, most = len(definition(shape.steps, 0)), shape.definition_kb * 1024
    texts = [definition(shape.steps, least + (most - least) * position // (SIZES - 1)) for position in range(SIZES)]
    return Documents(
        **{name: Template(document) for name, document in _documents().items()},
        tags=Template(b",".join(map(orjson.dumps, TAGS))),
        found_of_execution={
            "ModelPackage": Template({"ModelPackage": model_package()}),
            "Model": Template({"Model": {"Model": {**model(), **_named("Model", "model", CREATED_MODEL)}}}),
        },
        steps=tuple(map(Template, execution_steps(shape.steps))),
        descriptions=tuple(Template({**DESCRIBED, "PipelineDefinition": text}) for text in texts),
        definitions=tuple(Template({"PipelineDefinition": text, "CreationTime": "#created#"}) for text in texts),
    )


def _documents() -> dict[str, Document]:
    summary = {"PipelineExecutionArn", "PipelineExecutionDisplayName", "PipelineExecutionStatus"}
    return {
        "domain": _domain(),
        "summary": SUMMARY,
        "version": {"PipelineArn": ARN, "PipelineVersionId": 1, "CreationTime": "#created#"},
        "found_pipeline": {"Pipeline": {**DESCRIBED, "Tags": TAGS}},
        "found_execution": {"PipelineExecution": {**EXECUTION, "PipelineParameters": [PARAMETER]}},
        "execution": EXECUTION,
        "execution_summary": {**{name: EXECUTION[name] for name in summary}, "StartTime": "#start#"},
        "parameter": PARAMETER,
        "group": _named("ModelPackageGroup", "model-package-group", "@name@", "#created#")
        | {"ModelPackageGroupStatus": "Completed"},
        "package": _package(),
        "model": _named("Model", "model", CREATED_MODEL),
        "endpoint": _named("Endpoint", "endpoint", "@endpoint@")
        | {"LastModifiedTime": "#end#", "EndpointStatus": "InService"},
        "endpoint_config": _named("EndpointConfig", "endpoint-config", "@endpoint@"),
    }


def _domain() -> Document:
    return {
        "DomainArn": f"{SAGEMAKER}:domain/@domain@",
        "DomainId": "@domain@",
        "DomainName": "@domain@",
        "Status": "InService",
        "CreationTime": "#created#",
        "LastModifiedTime": "#created#",
        "Url": "https://@domain@.studio.@region@.sagemaker.aws",
    }


def _package() -> Document:
    return {
        "ModelPackageName": "@name@",
        "ModelPackageGroupName": "@name@",
        "ModelPackageVersion": "#package#",
        "ModelPackageArn": f"{SAGEMAKER}:model-package/@name@/@package@",
        "CreationTime": "#start#",
        "ModelPackageStatus": "Completed",
        "ModelApprovalStatus": "PendingManualApproval",
    }


def _named(kind: str, resource: str, name: str, created: str = "#start#") -> Document:
    return {f"{kind}Name": name, f"{kind}Arn": f"{SAGEMAKER}:{resource}/{name}", "CreationTime": created}
