"""How a step type says what it reads and writes: a parser per type, and fields by their path in the request."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lineage.graph.model import Direction, Path, Port, Step, mapping
from lineage.graph.references import operator, path_text

EACH = "[]"
Parser = Callable[[Step], Iterator[Port]]
RoleOf = Callable[[str, Mapping[str, Any], Any], str]
PARSERS: dict[str, Parser] = {}


@dataclass(frozen=True, slots=True)
class Field:
    """A member of a request that names something read or written; `[]` in its path stands for every list item."""

    segments: tuple[str, ...]
    direction: Direction
    role: str | RoleOf
    kind: str
    name_key: str | None


def parses(*types: str) -> Callable[[Parser], Parser]:
    """Register a parser of these step types."""

    def register(parser: Parser) -> Parser:
        PARSERS.update(dict.fromkeys(types, parser))
        return parser

    return register


def reads(path: str, role: str | RoleOf = "data", *, kind: str = "s3", name: str | None = None) -> Field:
    """A field of the request below `Arguments` that the step reads."""
    return field(f"Arguments.{path}", "input", role, kind, name)


def writes(path: str, role: str | RoleOf = "data", *, kind: str = "s3", name: str | None = None) -> Field:
    """A field of the request below `Arguments` that the step writes."""
    return field(f"Arguments.{path}", "output", role, kind, name)


def field(path: str, direction: Direction, role: str | RoleOf, kind: str = "s3", name: str | None = None) -> Field:
    """A field anywhere in the step."""
    return Field(tuple(path.replace(EACH, f".{EACH}").split(".")), direction, role, kind, name)


def below(prefix: str, fields: tuple[Field, ...]) -> tuple[Field, ...]:
    """The same fields, one level deeper in the request."""
    inner = tuple(prefix.replace(EACH, f".{EACH}").split("."))
    return tuple(Field(("Arguments", *inner, *f.segments[1:]), f.direction, f.role, f.kind, f.name_key) for f in fields)


def ports(step: Step, fields: tuple[Field, ...]) -> Iterator[Port]:
    """A port for each value that the step has at these fields."""
    arguments = mapping(step.get("Arguments"))
    for each in fields:
        if each.segments[0] == "Arguments" and each.segments[1] not in arguments:
            continue
        for value, path, item in _matches(step, each.segments):
            if (isinstance(value, str) and value) or operator(value) is not None:
                yield _port(each, value, path, item)


def _matches(step: Step, segments: tuple[str, ...]) -> list[tuple[Any, Path, Mapping[str, Any]]]:
    plain = segments.index(EACH) if EACH in segments else len(segments)
    start = _below(step, segments[:plain])
    found: list[tuple[Any, Path, Mapping[str, Any]]] = [] if start is None else [(start, segments[:plain], {})]
    for segment in segments[plain:]:
        if segment == EACH:
            found = [
                (item, (*path, index), mapping(item))
                for value, path, _ in found
                if isinstance(value, (list, tuple))
                for index, item in enumerate(value)
            ]
        else:
            found = [
                (value[segment], (*path, segment), item)
                for value, path, item in found
                if isinstance(value, dict) and segment in value
            ]
        if not found:
            break
    return found


def _below(value: Any, segments: tuple[str, ...]) -> Any:
    for segment in segments:
        if not isinstance(value, dict) or segment not in value:
            return None
        value = value[segment]
    return value


def _port(each: Field, value: Any, path: Path, item: Mapping[str, Any]) -> Port:
    given = item.get(each.name_key) if each.name_key else None
    name = given if isinstance(given, str) and given else path_text(path).removeprefix("Arguments.")
    role = each.role if isinstance(each.role, str) else each.role(name, item, value)
    return Port(name, each.direction, role, each.kind, value, path)
