"""What is to happen in a simulated execution, where it is not simply success."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Self


@dataclass
class StepScript:
    """How one step goes. `cached` takes the result of the same step of the latest earlier execution that has one."""

    status: str = "Succeeded"
    failure_reason: str | None = None
    seconds: float | None = None
    attempts: int | None = None
    cached: bool = False
    outcome: str = "True"
    metrics: dict[str, float] = field(default_factory=dict)
    output_parameters: dict[str, str] = field(default_factory=dict)
    report: Any = None
    approval: str | None = None


@dataclass
class Script:
    """An execution to write down. Steps not named succeed; after one that does not, only named steps begin.

    `pace` 0 lets every step take no time. `selected` are the steps of a selective execution. A step's `report` is put
    in S3 where its property files (or else its first output) say.
    """

    start: datetime | None = None
    execution_id: str | None = None
    status: str | None = None
    failure_reason: str | None = None
    display_name: str | None = None
    description: str | None = None
    domain_id: str | None = None
    parameters: dict[str, Any] = field(default_factory=dict)
    steps: dict[str, StepScript] = field(default_factory=dict)
    selected: list[str] = field(default_factory=list)
    parallelism: dict[str, int] | None = None
    definition: str | None = None
    pace: float = 1.0

    @classmethod
    def from_json(cls, document: dict[str, Any]) -> Self:
        """Raises TypeError for a key that is no field, ValueError for a start that is no ISO time."""
        values = dict(document)
        values["steps"] = {name: StepScript(**step) for name, step in values.get("steps", {}).items()}
        if start := values.get("start"):
            values["start"] = datetime.fromisoformat(start).astimezone(UTC).replace(tzinfo=None)
        return cls(**values)

    def step(self, name: str) -> StepScript:
        return self.steps.get(name) or StepScript()
