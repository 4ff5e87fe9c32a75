"""The estate: computed by index, never stored; only what was touched since is kept."""

from __future__ import annotations

import time
from dataclasses import dataclass

ACCOUNT = "123456789012"
REGIONS = (
    "us-east-1", "us-east-2", "us-west-1", "us-west-2", "ca-central-1", "eu-central-1", "eu-north-1", "eu-west-1",
    "eu-west-2", "eu-west-3", "eu-south-1", "ap-east-1", "ap-south-1", "ap-northeast-1", "ap-northeast-2",
    "ap-northeast-3", "ap-southeast-1", "ap-southeast-2", "sa-east-1", "me-south-1",
)  # fmt: skip
DAY = 86_400
EXECUTED_WITHIN = 60 * DAY
EXECUTION_SECONDS = 1_800


@dataclass(frozen=True, slots=True)
class Shape:
    """How large the estate is, in every region alike. `definition_kb` is the size of the largest definitions."""

    pipelines: int = 200
    steps: int = 8
    executions: int = 1
    buckets: int = 4
    domains: int = 3
    endpoints: int = 0
    definition_kb: int = 12

    def __post_init__(self) -> None:
        if self.steps < 8 or self.executions < 0 or self.buckets < 1 or self.pipelines < 0:
            raise ValueError("A shape has at least 8 steps, 1 bucket, 0 pipelines and 0 executions.")


@dataclass(frozen=True, slots=True)
class Execution:
    """One execution: of which pipeline, its number from 0 (the oldest), and when it began and ended (epoch seconds)."""

    pipeline: int
    number: int
    start: float
    end: float

    @property
    def id(self) -> str:
        return f"{self.pipeline:06d}{self.number:06d}"


class Estate:
    """Pipelines 0 … N-1 with their executions; all have succeeded."""

    def __init__(self, shape: Shape, epoch: float = 0.0) -> None:
        self.shape = shape
        self.epoch = epoch or float(int(time.time()))
        self._gap = max(1, EXECUTED_WITHIN // max(1, shape.pipelines * shape.executions))
        self._modified: dict[int, tuple[int, float]] = {}
        self._newer: list[Execution] = []
        self._newer_of: dict[int, list[Execution]] = {}

    def created(self, pipeline: int) -> float:
        return self.epoch - 400 * DAY + pipeline

    def modified(self, pipeline: int) -> float:
        """When its definition last changed: before every execution, unless it was touched."""
        return self._modified.get(pipeline, (0, self.epoch - 70 * DAY))[1]

    def version(self, pipeline: int) -> int:
        """How often its definition was touched."""
        return self._modified.get(pipeline, (0, 0.0))[0]

    def execution(self, pipeline: int, number: int) -> Execution:
        """Raises LookupError when there is none of that number."""
        age = self.shape.executions - 1 - number
        if age < 0:
            return self._newer_of[pipeline][-age - 1]
        if number < 0 or not 0 <= pipeline < self.shape.pipelines:
            raise LookupError(f"Pipeline {pipeline} has no execution {number}.")
        end = self.epoch - EXECUTION_SECONDS - (age * self.shape.pipelines + pipeline) * self._gap
        return Execution(pipeline, number, end - EXECUTION_SECONDS, end)

    def executions_of(self, pipeline: int) -> list[Execution]:
        """The newest first."""
        count = self.shape.executions + len(self._newer_of.get(pipeline, ()))
        return [self.execution(pipeline, number) for number in reversed(range(count))]

    def latest(self, pipeline: int) -> Execution | None:
        newer = self._newer_of.get(pipeline)
        if newer:
            return newer[-1]
        return self.execution(pipeline, self.shape.executions - 1) if self.shape.executions else None

    def changed_since(self, since: float, offset: int, count: int) -> tuple[list[Execution], bool]:
        """A page of the executions that ended after `since`, the newest first; and whether more follow."""
        size = self.shape.pipelines
        most = len(self._newer) + size * self.shape.executions
        found = []
        for position in range(offset, min(offset + count + 1, most)):
            execution = self._by_age(position)
            if execution.end <= since:
                break
            found.append(execution)
        return found[:count], len(found) > count

    def _by_age(self, position: int) -> Execution:
        if position < len(self._newer):
            return self._newer[-1 - position]
        age, pipeline = divmod(position - len(self._newer), self.shape.pipelines)
        return self.execution(pipeline, self.shape.executions - 1 - age)

    def touch(self, definitions: int = 0, executions: int = 0) -> None:
        """In every region: change the first definitions now, and let the first pipelines have executed just now."""
        moment = round(time.time(), 3)
        for pipeline in range(min(definitions, self.shape.pipelines)):
            self._modified[pipeline] = (self.version(pipeline) + 1, moment)
        for pipeline in range(min(executions, self.shape.pipelines)):
            newer = self._newer_of.setdefault(pipeline, [])
            newer.append(Execution(pipeline, self.shape.executions + len(newer), moment, moment))
            self._newer.append(newer[-1])
