"""Artifacts: the S3 locations of a graph, each once, with who writes and who reads it; and every single use."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from .locations import Location, location_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .model import Direction, Graph, Node, Port


@dataclass(slots=True)
class Artifact:
    """One S3 location; roles, producers and consumers in order of first use."""

    id: int
    location: Location
    resolved: bool
    roles: dict[str, None] = field(default_factory=dict)
    producers: dict[str, None] = field(default_factory=dict)
    consumers: dict[str, None] = field(default_factory=dict)


class ArtifactUse(NamedTuple):
    """One step reads or writes one thing: a row of the index of who uses what."""

    step: str
    direction: Direction
    name: str
    role: str
    uri: str
    bucket: str | None
    key: str | None
    resolved: bool


def ports_with_locations(nodes: Iterable[Node]) -> Iterator[tuple[Node, Port, Location]]:
    """Every use of an S3 location, in definition order, a step's inputs before its outputs."""
    for node in nodes:
        for port in node.ports:
            location = location_of(port)
            if location is not None:
                yield node, port, location


def collect_artifacts(graph: Graph) -> dict[str, Artifact]:
    """Artifacts by identity, numbered in order of first use."""
    artifacts: dict[str, Artifact] = {}
    names = graph.names
    for node, port, location in ports_with_locations(graph.nodes):
        artifact = artifacts.get(location.identity)
        if artifact is None:
            artifact = artifacts[location.identity] = Artifact(len(artifacts), location, port.resolved)
        artifact.roles[port.role] = None
        if port.direction == "output":
            artifact.producers[node.name] = None
        else:
            artifact.consumers[node.name] = None
            _note_origin(artifact, port, names)
    return artifacts


def _note_origin(artifact: Artifact, port: Port, names: frozenset[str]) -> None:
    """A location known only as a property of a step, such as a trained model, is written by that step."""
    if port.origin in names and artifact.location.uri.startswith("${Steps."):
        artifact.producers[str(port.origin)] = None


def artifact_uses(graph: Graph) -> list[ArtifactUse]:
    """Which step reads or writes what, names of models and feature groups included."""
    return [_use(node, port) for node in graph.nodes for port in node.ports]


def _use(node: Node, port: Port) -> ArtifactUse:
    location = location_of(port) or Location(port.uri, None, None)
    where = (location.uri, location.bucket, location.key)
    return ArtifactUse(node.name, port.direction, port.name, port.role, *where, port.resolved)
