"""What tests see of a demo AWS that runs in their own process."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

from . import control
from .regions import REGIONS
from .traffic import CALLS, FAULTS

if TYPE_CHECKING:
    from .server import DemoServer

CREDENTIALS: dict[str, Any] = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}
REGION = "us-east-1"


class DemoAWS:
    """`demo_aws.client("sagemaker")`, `demo_aws.faults.add("ThrottlingException", action="Search", times=3)`."""

    def __init__(self, server: DemoServer) -> None:
        self._server = server
        self._session: Any = boto3.Session(**CREDENTIALS)  # its overloads know no service by variable
        self._clients: dict[tuple[str, str], Any] = {}
        self.url = server.url
        self.faults = FAULTS
        self.calls = CALLS
        self.regions = REGIONS

    def client(self, service: str, region: str = REGION) -> Any:
        """Does not retry, so that a fault is seen at once and a call is one call."""
        key = (service, region)
        if key not in self._clients:
            once = Config(retries={"mode": "standard", "total_max_attempts": 1}, s3={"addressing_style": "path"})
            self._clients[key] = self._session.client(service, region_name=region, endpoint_url=self.url, config=once)
        return self._clients[key]

    def assume(self, account: str) -> Any:
        """A boto3 session with a role of `account`; its calls are answered from that account."""
        role = f"arn:aws:iam::{account}:role/reader"
        given = self.client("sts").assume_role(RoleArn=role, RoleSessionName="demo")["Credentials"]
        return boto3.Session(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])

    def run(self, pipeline: str, region: str = REGION, **script: Any) -> str:
        """Write down an execution as simulation.script.Script says; its ARN."""
        [answer] = control.add_executions({"pipeline": pipeline, "region": region, **script})
        return str(answer["PipelineExecutionArn"])

    def amend(self, pipeline: str, region: str = REGION, **changes: Any) -> None:
        """See control.amend_pipelines."""
        control.amend_pipelines({"pipeline": pipeline, "region": region, **changes})

    def reset(self) -> None:
        self._server.reset()
