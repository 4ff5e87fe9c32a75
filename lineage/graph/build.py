"""From a definition to a graph: nodes, ports and edges as the definition states them, nothing resolved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .edges import EdgeBook
from .model import Graph, Node, Path, Port, mapping, sequence, text_or_none
from .outline import Outlined, outline
from .references import MISSING, Leaf, expand, leaves
from .steps import argument_ports, parse_ports

if TYPE_CHECKING:
    from collections.abc import Mapping

# Read on its own: these are never references.
_NOT_CONTENT = frozenset({"Name", "Type", "DependsOn"})


def build_graph(definition: object) -> Graph:
    """The graph of any JSON value at all. Never raises: malformed parts end in `problems`, the rest is served."""
    steps, problems = outline(definition)
    book = EdgeBook(steps)
    nodes = []
    for step in steps:
        book.note_parent(step)
        problems.extend(book.note_order(step))
        nodes.append(_node(step, book))
    return Graph(tuple(nodes), book.edges(), tuple(problems), _defaults(definition), template)


def template(value: object) -> tuple[str, bool]:
    """The text of a value when nothing but the value is known."""
    return expand(value, _unknown, _unknown)


def _unknown(*_: str) -> Any:
    return MISSING


def _node(step: Outlined, book: EdgeBook) -> Node:
    content = {key: value for key, value in step.step.items() if key not in _NOT_CONTENT}
    found = list(leaves(content, step.nested))
    ports = _ports(step, found)
    origins = book.note_references(step, found, ports)
    named = tuple(port if isinstance(port.value, str) else _templated(port, origins) for port in ports)
    label = text_or_none(step.step.get("DisplayName")) or step.name
    return Node(step.name, step.type, label, step.step, named, step.branch)


def _ports(step: Outlined, found: list[Leaf]) -> list[Port]:
    typed = parse_ports(step.type, step.step)
    known = {port.path for port in typed}
    free = argument_ports([leaf for leaf in found if leaf.via is None], known)
    return sorted((*typed, *free), key=lambda port: port.direction)


def _templated(port: Port, origins: Mapping[Path, str]) -> Port:
    text, resolved = template(port.value)
    return port._replace(uri=text, resolved=resolved, origin=origins.get(port.path))


def _defaults(definition: object) -> Mapping[str, Any]:
    """DefaultValue by parameter name; an empty string, zero and false are real defaults."""
    parameters = map(mapping, sequence(mapping(definition).get("Parameters")))
    return {
        parameter["Name"]: parameter["DefaultValue"]
        for parameter in parameters
        if isinstance(parameter.get("Name"), str) and parameter.get("DefaultValue") is not None
    }
