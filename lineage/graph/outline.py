"""The steps of a definition in order, at any depth: branches of Conditions and bodies of loops are opened up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from .model import Branch, Step, mapping, sequence, text_or_none
from .references import Link, path_text, unlink
from .steps import PARSERS

_BRANCHES = (("IfSteps", True), ("ElseSteps", False))
_PARAMETER_TYPES = frozenset({"String", "Integer", "Float", "Boolean"})
Problem = Mapping[str, Any]


class Outlined(NamedTuple):
    """One step with what it stands in. `nested` are ids of its lists of steps, which are not its own content."""

    name: str
    type: str
    step: Step
    parent: str | None
    branch: Branch | None
    nested: frozenset[int]


class _Found(NamedTuple):
    """A value that should be a step."""

    value: Any
    link: Link
    parent: str | None = None
    when: bool | None = None


class _Body(NamedTuple):
    """A list of steps inside a step."""

    steps: Sequence[Any]
    link: Link
    when: bool | None


def outline(definition: object) -> tuple[list[Outlined], list[Problem]]:
    """Every step in definition order, children after the step that holds them; what is malformed becomes a problem."""
    problems: list[Problem] = []
    steps: dict[str, Outlined] = {}
    stack = [_Found(value, ((None, "Steps"), i)) for i, value in enumerate(_top(definition, problems))][::-1]
    while stack:
        found = stack.pop()
        if not isinstance(found.value, dict):
            problems.append(_problem(None, found.link, "A step must be an object."))
            continue
        bodies = list(_bodies(found, problems))
        outlined = _outlined(found, bodies, problems)
        if outlined is not None and outlined.name in steps:
            problems.append(_problem(outlined.name, found.link, "Another step has the same name; the first is kept."))
        elif outlined is not None:
            steps[outlined.name] = outlined
        stack.extend(reversed([_child(body, i, outlined) for body in bodies for i in range(len(body.steps))]))
    return list(steps.values()), problems


def _top(definition: object, problems: list[Problem]) -> Sequence[Any]:
    steps = mapping(definition).get("Steps")
    if not isinstance(steps, list | tuple):
        problems.append(_problem(None, (None, "Steps"), "The definition has no list of steps."))
    return sequence(steps)


def _child(body: _Body, index: int, parent: Outlined | None) -> _Found:
    return _Found(body.steps[index], (body.link, index), parent.name if parent else None, body.when)


def _outlined(found: _Found, bodies: list[_Body], problems: list[Problem]) -> Outlined | None:
    step = found.value
    name, type_ = text_or_none(step.get("Name")), text_or_none(step.get("Type"))
    if name is None:
        problems.append(_problem(None, (found.link, "Name"), "A step must have a name."))
        return None
    if type_ is None:
        problems.append(_problem(name, (found.link, "Type"), "The step has no type."))
    if not isinstance(step.get("Arguments", {}), dict | None):
        problems.append(_problem(name, (found.link, "Arguments"), "The arguments must be an object."))
    branch = Branch(found.parent, found.when) if found.parent and found.when is not None else None
    nested = frozenset(id(body.steps) for body in bodies)
    return Outlined(name, type_ or "Unknown", step, found.parent, branch, nested)


def _bodies(found: _Found, problems: list[Problem]) -> Iterator[_Body]:
    type_ = found.value.get("Type")
    if type_ == "Condition":
        yield from _branches(found, problems)
    elif not isinstance(type_, str) or type_ not in PARSERS:
        yield from _step_lists(found)


def _branches(found: _Found, problems: list[Problem]) -> Iterator[_Body]:
    arguments = mapping(found.value.get("Arguments"))
    for key, when in _BRANCHES:
        steps = arguments.get(key)
        link = ((found.link, "Arguments"), key)
        if isinstance(steps, list | tuple):
            yield _Body(steps, link, when)
        elif steps is not None:
            problems.append(_problem(text_or_none(found.value.get("Name")), link, "A branch must be a list of steps."))


def _step_lists(found: _Found) -> Iterator[_Body]:
    """Nobody documents where a loop keeps its body: any list of objects with a name and a type is one."""
    stack: list[tuple[Any, Link]] = [(found.value, found.link)]
    while stack:
        value, link = stack.pop()
        if isinstance(value, list | tuple) and value and all(map(_looks_like_step, value)):
            yield _Body(value, link, None)
        elif isinstance(value, dict):
            stack.extend((item, (link, key)) for key, item in reversed(value.items()))
        elif isinstance(value, list | tuple):
            stack.extend((item, (link, i)) for i, item in reversed(list(enumerate(value))))


def _looks_like_step(value: object) -> bool:
    name, type_ = mapping(value).get("Name"), mapping(value).get("Type")
    return isinstance(name, str) and isinstance(type_, str) and type_ not in _PARAMETER_TYPES


def _problem(step: str | None, link: Link, problem: str) -> Problem:
    return {"step": step, "path": path_text(unlink(link)), "problem": problem}
