"""Artifacts: the S3 locations of a graph, each once, with who writes and who reads it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .locations import Location, location_of
from .model import ArtifactUse, Graph, Node, Port

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(slots=True)
class Artifact:
    """One S3 location; roles, producers and consumers in order of first use."""

    id: int
    location: Location
    resolved: bool
    roles: dict[str, None] = field(default_factory=dict)
    producers: dict[str, None] = field(default_factory=dict)
    consumers: dict[str, None] = field(default_factory=dict)


def ports_with_locations(graph: Graph) -> Iterator[tuple[Node, Port, Location]]:
    """Every use of an S3 location, in definition order, a step's inputs before its outputs."""
    for node in graph.nodes:
        for port in node.ports:
            location = location_of(port)
            if location is not None:
                yield node, port, location


def collect_artifacts(graph: Graph) -> dict[str, Artifact]:
    """Artifacts by identity, numbered in order of first use."""
    artifacts: dict[str, Artifact] = {}
    names = graph.names
    for node, port, location in ports_with_locations(graph):
        artifact = artifacts.setdefault(location.identity, Artifact(len(artifacts), location, port.resolved))
        artifact.roles[port.role] = None
        if port.direction == "output":
            artifact.producers[node.name] = None
        else:
            artifact.consumers[node.name] = None
            _note_origin(artifact, port, names)
    return artifacts


def _note_origin(artifact: Artifact, port: Port, names: frozenset[str]) -> None:
    """A location known only as a property of a step, such as a trained model, is written by that step."""
    if artifact.location.uri.startswith("${Steps.") and port.origin in names:
        artifact.producers[str(port.origin)] = None


def artifact_uses(graph: Graph) -> list[ArtifactUse]:
    """Which step reads or writes what, names of models and feature groups included."""
    return [_use(node, port) for node in graph.nodes for port in node.ports]


def _use(node: Node, port: Port) -> ArtifactUse:
    location = location_of(port) or Location(port.uri, None, None)
    return ArtifactUse(
        node.name,
        port.direction,
        port.name,
        port.role,
        location.uri,
        location.bucket,
        location.key,
        port.resolved,
        port.template,
    )
