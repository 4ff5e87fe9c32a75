"""What the demo AWS keeps beside moto, per account and region: executions and the jobs they ran."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from moto.sagemaker.models import SageMakerModelBackend, sagemaker_backends

if TYPE_CHECKING:
    from datetime import datetime

Document = dict[str, Any]


@dataclass
class Execution:
    """One run of a pipeline; `steps` are as ListPipelineExecutionSteps gives them, in the order they began."""

    arn: str
    pipeline_arn: str
    pipeline_name: str
    definition: str
    parameters: list[dict[str, str]]
    start: datetime
    status: str = "Executing"
    last_modified: datetime | None = None
    failure_reason: str | None = None
    display_name: str | None = None
    description: str | None = None
    created_by: Document = field(default_factory=dict)
    selective: Document | None = None
    parallelism: Document | None = None
    steps: list[Document] = field(default_factory=list)
    properties: dict[str, Document] = field(default_factory=dict)
    version: int = 1

    def describe(self) -> Document:
        described = {
            "PipelineArn": self.pipeline_arn,
            "PipelineExecutionArn": self.arn,
            "PipelineExecutionDisplayName": self.display_name,
            "PipelineExecutionStatus": self.status,
            "PipelineExecutionDescription": self.description,
            "FailureReason": self.failure_reason,
            "CreationTime": self.start,
            "LastModifiedTime": self.last_modified or self.start,
            "CreatedBy": self.created_by,
            "LastModifiedBy": self.created_by,
            "ParallelismConfiguration": self.parallelism,
            "SelectiveExecutionConfig": self.selective,
            "PipelineVersionId": self.version,
        }
        return {name: value for name, value in described.items() if value is not None}

    def summary(self) -> Document:
        summarised = {
            "PipelineExecutionArn": self.arn,
            "StartTime": self.start,
            "PipelineExecutionStatus": self.status,
            "PipelineExecutionDescription": self.description,
            "PipelineExecutionDisplayName": self.display_name,
            "PipelineExecutionFailureReason": self.failure_reason,
        }
        return {name: value for name, value in summarised.items() if value is not None}

    def step(self, name: str) -> Document | None:
        return next((step for step in self.steps if step["StepName"] == name), None)


@dataclass
class State:
    """`jobs` holds Describe answers by kind ("training-job") and lower-cased name.

    `versions` holds what is told of each version of a pipeline, by its ARN and oldest first.
    """

    executions: dict[str, Execution] = field(default_factory=dict)
    jobs: defaultdict[str, dict[str, Document]] = field(default_factory=lambda: defaultdict(dict))
    versions: defaultdict[str, list[Document]] = field(default_factory=lambda: defaultdict(lambda: [{}]))

    def executions_of(self, pipeline_arn: str) -> list[Execution]:
        """Oldest first."""
        found = (execution for execution in self.executions.values() if execution.pipeline_arn == pipeline_arn)
        return sorted(found, key=lambda execution: execution.start)


def backend_of(account: str, region: str) -> SageMakerModelBackend:
    return sagemaker_backends[account][region]


def state_of(backend: SageMakerModelBackend) -> State:
    """Kept on the backend, so that a reset of moto clears it too."""
    state: State = vars(backend).setdefault("demo_state", State())
    return state


def user_context(domain_id: str, region: str, account: str) -> Document:
    """Who created something from within a Studio domain."""
    return {
        "UserProfileArn": f"arn:aws:sagemaker:{region}:{account}:user-profile/{domain_id}/analyst",
        "UserProfileName": "analyst",
        "DomainId": domain_id,
    }
