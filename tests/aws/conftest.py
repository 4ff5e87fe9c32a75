"""Pipelines to make in the demo AWS."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from demo.aws.testing import DemoAWS

ROLE = "arn:aws:iam::123456789012:role/pipelines"
CreatePipeline = Callable[..., str]


@pytest.fixture
def create_pipeline(demo_aws: DemoAWS) -> CreatePipeline:
    """`create_pipeline("churn", step, step, region=..., DomainName="studio-a")`: the ARN; further keywords are tags."""

    def create(name: str, *steps: dict[str, Any], region: str = "us-east-1", parameters: Any = (), **tags: str) -> str:
        definition = {"Version": "2020-12-01", "Parameters": list(parameters), "Steps": list(steps)}
        answer = demo_aws.client("sagemaker", region).create_pipeline(
            PipelineName=name,
            PipelineDefinition=json.dumps(definition),
            RoleArn=ROLE,
            ClientRequestToken=name.ljust(32, "-"),
            Tags=[{"Key": key, "Value": value} for key, value in tags.items()],
        )
        return str(answer["PipelineArn"])

    return create
