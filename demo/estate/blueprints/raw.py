"""A step of a type that SDK 2.257.7 lacks, written in the shape of its other steps."""

from __future__ import annotations

from typing import Any

from sagemaker.workflow.properties import Properties
from sagemaker.workflow.steps import Step, StepTypeEnum


class RawStep(Step):  # type: ignore[misc]  # the SDK is untyped
    """`arguments` as they stand; the SDK takes it for an EMR step until it is written out."""

    def __init__(self, name: str, kind: str, arguments: dict[str, Any]) -> None:
        super().__init__(name=name, display_name=name, step_type=StepTypeEnum.EMR, depends_on=None)
        self.kind = kind
        self._arguments = arguments

    @property
    def arguments(self) -> dict[str, Any]:
        return self._arguments

    @property
    def properties(self) -> Any:
        return Properties(step_name=self.name, step=self)
