"""System checks: what is configured wrongly, said before it hurts."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core import checks

from inventory.aws.probes import PROBES
from inventory.aws.rate.classes import CLASSES

if TYPE_CHECKING:
    from collections.abc import Iterator

TAG = "rates"
# What has a rate of its own. The model of SageMaker would tell its operations, too, but takes 0.4 s to read.
OPERATIONS = frozenset({"GetObject", *(probe.operation for probe in PROBES)})
WHOLE_SERVICES = frozenset(probe.service for probe in PROBES) - {"sagemaker"}
LIMITED = OPERATIONS | WHOLE_SERVICES | {name for _, name in CLASSES}


@checks.register(TAG)
def check_rates(**_: Any) -> list[checks.CheckMessage]:
    """Rates that contradict each other, and rates of what is never called."""
    return [*_bounds(), *_rates_of()]


def _bounds() -> Iterator[checks.CheckMessage]:
    start, floor = settings.AWS_CALLS_PER_SECOND, settings.AWS_CALLS_PER_SECOND_FLOOR
    ceiling = settings.AWS_CALLS_PER_SECOND_CEILING
    if floor > ceiling:
        yield checks.Error(
            f"AWS_CALLS_PER_SECOND_FLOOR, {floor:g}, is above AWS_CALLS_PER_SECOND_CEILING, {ceiling:g}.",
            hint="Lower the floor or raise the ceiling: rates move between them.",
            id="inventory.E001",
        )
    elif not floor <= start <= ceiling:
        yield checks.Warning(
            f"AWS_CALLS_PER_SECOND, {start:g}, is not between its floor, {floor:g}, and its ceiling, {ceiling:g}.",
            hint=f"Crawls begin at {min(max(start, floor), ceiling):g} calls per second: set it so, or move the bound.",
            id="inventory.W001",
        )


def _rates_of() -> Iterator[checks.CheckMessage]:
    for name in settings.AWS_CALLS_PER_SECOND_OF:
        if name not in LIMITED:
            yield checks.Error(
                f"AWS_CALLS_PER_SECOND_OF names '{name}', which is no operation or class that is called.",
                hint=f"Did you mean {_nearest(name)}? docs/configuration.md tells what may be named.",
                id="inventory.E002",
            )


def _nearest(name: str) -> str:
    near = get_close_matches(name, sorted(LIMITED), n=1) or ["search, list or describe"]
    return near[0]
