"""The steps of a definition in the order they can run."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .expressions import references, step_of

if TYPE_CHECKING:
    from collections.abc import Iterator

Document = dict[str, Any]


@dataclass
class Planned:
    """A step, the steps it waits for, and the branch it is in: (condition step, outcome that leads here)."""

    definition: Document
    branch: tuple[str, str] | None = None
    after: set[str] = field(default_factory=set)

    @property
    def name(self) -> str:
        return str(self.definition["Name"])

    @property
    def type(self) -> str:
        return str(self.definition.get("Type", ""))


def plan(definition: Document) -> list[Planned]:
    """Every step, also those in branches, each after what it needs; steps in a cycle come last."""
    steps = list(_flatten(definition.get("Steps", []), None))
    names = {step.name for step in steps}
    for step in steps:
        step.after = _needs(step, names) - {step.name}
    return _sorted(steps)


def _flatten(steps: list[Document], branch: tuple[str, str] | None) -> Iterator[Planned]:
    for step in steps:
        yield Planned(step, branch)
        arguments = step.get("Arguments") or {}
        if step.get("Type") == "Condition":
            yield from _flatten(arguments.get("IfSteps") or [], (step["Name"], "True"))
            yield from _flatten(arguments.get("ElseSteps") or [], (step["Name"], "False"))


def _needs(step: Planned, names: set[str]) -> set[str]:
    own = _without_children(step.definition)
    needed = {step_of(reference, names) for reference in references(own)}
    depends_on = step.definition.get("DependsOn") or []
    for name in [depends_on] if isinstance(depends_on, str) else depends_on:
        needed |= {name} & names or {member for member in names if member.startswith(f"{name}-")}
    if step.branch:
        needed.add(step.branch[0])
    return {name for name in needed if name is not None}


def _without_children(definition: Document) -> Document:
    if definition.get("Type") != "Condition":
        return definition
    arguments = definition.get("Arguments") or {}
    return definition | {"Arguments": {"Conditions": arguments.get("Conditions")}}


def _sorted(steps: list[Planned]) -> list[Planned]:
    done: set[str] = set()
    ordered: list[Planned] = []
    waiting = steps
    while waiting:
        ready = [step for step in waiting if step.after <= done] or waiting
        ordered += ready
        done |= {step.name for step in ready}
        waiting = [step for step in waiting if step.name not in done]
    return ordered
