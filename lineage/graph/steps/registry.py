"""How a step type says what it reads and writes: a parser per type, and fields by their path in the request."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

from lineage.graph.model import Direction, Path, Port, Step, mapping, sequence
from lineage.graph.references import operator, path_text

EACH = "[]"
Parser = Callable[[Step], Iterable[Port]]
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


@dataclass(slots=True)
class Fields:
    """The fields of a step type as a tree of their paths: a request is walked once for all of them.

    Here end those in `ending`, each with its place in the order of the type's fields; `members` and, of a list, `items`
    lead on to the others.
    """

    ending: list[tuple[int, Field]] = field(default_factory=list)
    members: dict[str, Fields] = field(default_factory=dict)
    items: Fields | None = None

    def below(self, segment: str) -> Fields:
        if segment != EACH:
            return self.members.setdefault(segment, Fields())
        self.items = self.items or Fields()
        return self.items


def parses(*types: str) -> Callable[[Parser], Parser]:
    """Register a parser of these step types."""

    def register(parser: Parser) -> Parser:
        PARSERS.update(dict.fromkeys(types, parser))
        return parser

    return register


def reads(path: str, role: str | RoleOf = "data", *, kind: str = "s3", name: str | None = None) -> Field:
    """A field of the request below `Arguments` that the step reads."""
    return anywhere(f"Arguments.{path}", "input", role, kind, name)


def writes(path: str, role: str | RoleOf = "data", *, kind: str = "s3", name: str | None = None) -> Field:
    """A field of the request below `Arguments` that the step writes."""
    return anywhere(f"Arguments.{path}", "output", role, kind, name)


def anywhere(path: str, direction: Direction, role: str | RoleOf, kind: str = "s3", name: str | None = None) -> Field:
    """A field anywhere in the step."""
    return Field(tuple(path.replace(EACH, f".{EACH}").split(".")), direction, role, kind, name)


def below(prefix: str, given: Iterable[Field]) -> tuple[Field, ...]:
    """The same fields, one level deeper in the request."""
    inner = tuple(prefix.replace(EACH, f".{EACH}").split("."))
    return tuple(Field(("Arguments", *inner, *f.segments[1:]), f.direction, f.role, f.kind, f.name_key) for f in given)


def fields(*given: Field) -> Fields:
    """These fields, whose ports come in this order."""
    root = Fields()
    for order, each in enumerate(given):
        place = root
        for segment in each.segments:
            place = place.below(segment)
        place.ending.append((order, each))
    return root


def ports(step: Step, of: Fields) -> list[Port]:
    """A port for each value that the step has at these fields."""
    found: list[tuple[int, Port]] = []
    _walk(of, step, (), {}, found)
    found.sort(key=itemgetter(0))
    return [port for _, port in found]


def _walk(of: Fields, value: Any, path: Path, item: Mapping[str, Any], found: list[tuple[int, Port]]) -> None:
    """`item` is the list item that the value stands in: it bears the port's name."""
    if of.ending and (value if isinstance(value, str) else operator(value)):
        for order, each in of.ending:
            found.append((order, _port(each, value, path, item)))
    if isinstance(value, dict):
        for key in of.members.keys() & value.keys():
            _walk(of.members[key], value[key], (*path, key), item, found)
    elif of.items is not None:
        for index, each in enumerate(sequence(value)):
            _walk(of.items, each, (*path, index), mapping(each), found)


def _port(each: Field, value: Any, path: Path, item: Mapping[str, Any]) -> Port:
    given = item.get(each.name_key) if each.name_key else None
    name = given if isinstance(given, str) and given else path_text(path).removeprefix("Arguments.")
    role = each.role if isinstance(each.role, str) else each.role(name, item, value)
    return Port(name, each.direction, role, each.kind, value, path, uri=value if isinstance(value, str) else "")
