"""Pipelines to make in the demo AWS."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from botocore.exceptions import EndpointConnectionError
from botocore.httpsession import URLLib3Session

from inventory.aws.client import Connection
from inventory.aws.sessions import Access
from inventory.aws.transport import CurlSession

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


@pytest.fixture
def connection(demo_aws: DemoAWS, monkeypatch: pytest.MonkeyPatch) -> Connection:
    """The demo AWS as the service sees it; it does not try a call again."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", demo_aws.url)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    return Connection(Access("123456789012"), "us-east-1", attempts=1)


@pytest.fixture
def asked_hosts(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The hosts of AWS that requests are for, which are noted and not sent."""
    hosts: list[str] = []

    def note(_: object, request: Any) -> None:
        hosts.append(urlsplit(request.url).netloc)
        raise EndpointConnectionError(endpoint_url=request.url)

    for session in (CurlSession, URLLib3Session):
        monkeypatch.setattr(session, "send", note)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    return hosts
