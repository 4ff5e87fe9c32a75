"""The conditions of a Condition step as text, with the values an execution compared."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .model import Node, Text, mapping, sequence
from .references import operator

if TYPE_CHECKING:
    from collections.abc import Mapping

_SIGNS = {
    "Equals": "==",
    "NotEquals": "!=",
    "GreaterThan": ">",
    "GreaterThanOrEqualTo": ">=",
    "LessThan": "<",
    "LessThanOrEqualTo": "<=",
    "In": "in",
    "NotIn": "not in",
}
_MISSING = "?"


def render_conditions(node: Node, text: Text, template: Text) -> list[dict[str, Any]]:
    """Each condition with its text as defined and its operands as far as they are known; all have to hold."""
    conditions = sequence(mapping(node.step.get("Arguments")).get("Conditions"))
    return [_rendered(mapping(condition), text, template) for condition in conditions]


def _rendered(condition: Mapping[str, Any], text: Text, template: Text) -> dict[str, Any]:
    left, left_known = text(_left(condition)) if _has_left(condition) else (None, True)
    right = _operand_text(_right(condition), text) if _has_left(condition) else None
    type_ = condition.get("Type")
    return {
        "type": type_ if isinstance(type_, str) else "Unknown",
        "text": _sentence(condition, template),
        "left": left,
        "right": right,
        "resolved": left_known,
        "value": _sentence(condition, text),
    }


def _has_left(condition: Mapping[str, Any]) -> bool:
    return any(key in condition for key in ("LeftValue", "Value", "QueryValue"))


def _left(condition: Mapping[str, Any]) -> Any:
    return next((condition[key] for key in ("LeftValue", "Value", "QueryValue") if key in condition), _MISSING)


def _right(condition: Mapping[str, Any]) -> Any:
    return next((condition[key] for key in ("RightValue", "In", "Values") if key in condition), _MISSING)


def _sentence(root: Mapping[str, Any], text: Text) -> str:
    """Without recursion: conditions nest to any depth."""
    pieces: list[str] = []
    stack: list[Any] = [root]
    while stack:
        item = stack.pop()
        if isinstance(item, str):
            pieces.append(item)
        else:
            stack.extend(reversed(_parts(mapping(item), text)))
    return "".join(pieces)


def _parts(condition: Mapping[str, Any], text: Text) -> list[Any]:
    type_ = condition.get("Type")
    if type_ == "Not":
        return ["not (", mapping(condition.get("Condition")), ")"]
    if type_ == "Or":
        inner = [mapping(item) for item in sequence(condition.get("Conditions"))]
        return ["(", *[part for item in inner for part in (" or ", item)][1:], ")"]
    sign = _SIGNS.get(type_, type_) if isinstance(type_, str) else _MISSING
    return [f"{_operand_text(_left(condition), text)} {sign} {_operand_text(_right(condition), text)}"]


def _operand_text(value: object, text: Text) -> str:
    if isinstance(value, list | tuple):
        return f"[{', '.join(text(item)[0] for item in value)}]"
    return text(value)[0] if operator(value) or not isinstance(value, dict) else _MISSING
