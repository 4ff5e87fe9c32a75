"""One step while it runs, and what is left of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from datetime import datetime

    from moto.sagemaker.models import SageMakerModelBackend

    from demo.aws.state import State

    from .script import StepScript

Document = dict[str, Any]


class Result(NamedTuple):
    """`metadata` as ListPipelineExecutionSteps gives it, `properties` as other steps may refer to them."""

    metadata: Document
    properties: Document


@dataclass
class StepRun:
    """`definition` and `arguments` have their expressions worked out; `job` is the name its job is given."""

    backend: SageMakerModelBackend
    state: State
    execution_arn: str
    role: str
    name: str
    type: str
    definition: Document
    arguments: Document
    script: StepScript
    job: str
    status: str
    start: datetime
    end: datetime | None

    @property
    def failure_reason(self) -> str | None:
        if self.status != "Failed":
            return None
        if self.type == "Fail":
            return str(self.arguments.get("ErrorMessage", ""))[:1024]
        return self.script.failure_reason or "ClientError: AlgorithmError: the container exited with code 1"

    def arn(self, kind: str, name: str | None = None) -> str:
        """As in AWS, the name is in lower case."""
        backend = self.backend
        identifier = (name or self.job).lower()
        return f"arn:{backend.partition}:sagemaker:{backend.region_name}:{backend.account_id}:{kind}/{identifier}"

    def keep(self, kind: str, name: str, description: Document) -> Document:
        """Make `description` what Describe answers for this job."""
        kept = {key: value for key, value in description.items() if value is not None}
        self.state.jobs[kind][name.lower()] = kept
        return kept


Performer = Callable[[StepRun], Result]
PERFORMERS: dict[str, Performer] = {}


def performs(*types: str) -> Callable[[Performer], Performer]:
    def register(performer: Performer) -> Performer:
        PERFORMERS.update(dict.fromkeys(types, performer))
        return performer

    return register
