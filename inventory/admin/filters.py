"""Filters of lists, under titles that say what they filter by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.contrib import admin

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from django.contrib.admin.views.main import ChangeList


class Presence(admin.EmptyFieldListFilter):
    """Whether a field holds anything: No or Yes rather than Empty or Not empty."""

    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        for choice, text in zip(super().choices(changelist), ("All", "No", "Yes"), strict=True):
            yield cast("dict[str, Any]", choice) | {"display": _with_count(text, str(choice["display"]))}


def titled(title: str) -> type[admin.AllValuesFieldListFilter]:
    """A filter by the values of another model's field, which alone would be called after that field."""

    class Titled(admin.AllValuesFieldListFilter):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            self.title = title

    return Titled


def among(values: tuple[str, ...]) -> type[admin.AllValuesFieldListFilter]:
    """A filter by values that AWS documents: asking a large table which it holds would read all of it."""

    class Among(admin.AllValuesFieldListFilter):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            self.lookup_choices: Sequence[str] = values  # type: ignore[assignment]  # it is iterated, no more

    return Among


def _with_count(text: str, display: str) -> str:
    """`Empty (3)` is what the admin shows where counts are asked for."""
    _, bracket, count = display.partition(" (")
    return text + bracket + count


EXECUTION_STATUSES = ("Executing", "Stopping", "Stopped", "Failed", "Succeeded", "CompletedWithFailures")
STEP_STATUSES = ("Starting", "Executing", "Stopping", "Stopped", "Failed", "Succeeded")
STEP_KINDS = (
    "Athena", "AutoMLJob", "BedrockCustomModel", "BedrockCustomModelDeployment", "BedrockModelImport",
    "BedrockProvisionedModelThroughput", "Callback", "ClarifyCheck", "Cleanup", "Condition", "EMR", "EMRServerless",
    "Endpoint", "EndpointConfig", "Fail", "ForEach", "HubContent", "InferenceComponent", "Job", "Lambda", "Lineage",
    "Model", "ProcessingJob", "QualityCheck", "RegisterModel", "TrainingJob", "TransformJob", "TuningJob",
)  # fmt: skip
BY_REGION = titled("region")
BY_STATUS = titled("latest execution")
