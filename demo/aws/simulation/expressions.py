"""Works out the expressions of a definition for one execution, as SageMaker does before it starts a step."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

Document = dict[str, Any]
PATH = re.compile(r"\.?([^.\[\]]+)|\[(\d+)\]|\[['\"]([^'\"]*)['\"]\]")
NAMES_OF_ITEMS = ("OutputName", "InputName", "ChannelName", "Name")
UNKNOWN_METRIC = 0.5  # a property file whose content no script gives


@dataclass
class Resolver:
    """`properties` and `reports` are by step name; a reference to a step without properties becomes ""."""

    parameters: Document
    variables: dict[str, str]
    properties: dict[str, Document] = field(default_factory=dict)
    reports: dict[str, Any] = field(default_factory=dict)

    def resolve(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self.resolve(item) for item in value]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            [(key, operand)] = value.items()
            if key == "Get" and isinstance(operand, str):
                return self._get(operand)
            if key == "Std:Join":
                return str(operand.get("On", "")).join(str(self.resolve(item)) for item in operand["Values"])
            if key == "Std:JsonGet":
                return self._json_get(operand)
        return {key: self.resolve(item) for key, item in value.items()}

    def _get(self, expression: str) -> Any:
        kind, _, rest = expression.partition(".")
        if kind == "Parameters":
            return self.parameters.get(rest, "")
        if kind == "Execution":
            return self.variables.get(rest, "")
        name = step_of(expression, self.properties)
        return "" if name is None else walk(self.properties[name], rest[len(name) :])

    def _json_get(self, operand: Document) -> Any:
        name = next((step_of(reference, self.reports) for reference in references(operand)), None)
        found = walk(self.reports[name], operand.get("Path", "")) if name else ""
        return UNKNOWN_METRIC if found == "" else found


def references(value: Any) -> Iterator[str]:
    """Every `{"Get": "Steps.…"}` in `value`."""
    if isinstance(value, list):
        for item in value:
            yield from references(item)
    elif isinstance(value, dict):
        get = value.get("Get")
        if len(value) == 1 and isinstance(get, str) and get.startswith("Steps."):
            yield get
        else:
            for item in value.values():
                yield from references(item)


def step_of(reference: str, names: Any) -> str | None:
    """The longest of `names` that `Steps.<name>…` begins with, at a boundary."""
    rest = reference.removeprefix("Steps.")
    fitting = [name for name in names if rest == name or (rest.startswith(name) and rest[len(name)] in ".[")]
    return max(fitting, key=len, default=None)


def walk(value: Any, path: str) -> Any:
    """`path` as in `A.B[0]['name']`; a name on a list picks the item of that name. "" when it leads nowhere."""
    for key, index, name in PATH.findall(path):
        value = _child(value, key or name, int(index) if index else None)
    return value


def _child(value: Any, name: str, index: int | None) -> Any:
    if isinstance(value, dict):
        return value.get(str(index) if index is not None else name, "")
    if not isinstance(value, list):
        return ""
    if index is not None:
        return value[index] if index < len(value) else ""
    named = (item for item in value if isinstance(item, dict) and name in {item.get(key) for key in NAMES_OF_ITEMS})
    return next(named, "")
