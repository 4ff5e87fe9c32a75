"""The graph as the JSON that the HTTP contract promises."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .build import template
from .conditions import render_conditions
from .locations import location_of
from .references import CONTAINERS, GET
from .security import render_security

if TYPE_CHECKING:
    from .artifacts import Artifact
    from .model import Edge, Graph, Node, Port

DEEPEST_EXPRESSION = 64
Buckets = Mapping[str, Mapping[str, object]]

_UNKNOWN_BUCKET: Mapping[str, object] = {
    "bucket": None,
    "region": None,
    "encryption": "Unknown",
    "versioning": "Unknown",
    "publicAccess": "Unknown",
    "tags": {},
    "kmsKeyId": None,
    "bucketKeyEnabled": None,
    "isPublic": None,
    "owner": None,
    "checkedAt": None,
}


def render_graph(graph: Graph, buckets: Buckets | None = None) -> dict[str, Any]:
    """The `graph` member: nodes, edges, artifacts, problems. `buckets` holds what is known of each bucket, by name."""
    return {
        "nodes": [_node(node, graph) for node in graph.nodes],
        "edges": [render_edge(edge) for edge in graph.edges],
        "artifacts": [_artifact(artifact, buckets or {}) for artifact in graph.artifacts.values()],
        "problems": [dict(problem) for problem in graph.problems],
    }


def _node(node: Node, graph: Graph) -> dict[str, Any]:
    rendered = {
        "id": node.name,
        "type": node.type,
        "label": node.label,
        "inputs": [_port(port, graph.artifacts) for port in node.ports if port.direction == "input"],
        "outputs": [_port(port, graph.artifacts) for port in node.ports if port.direction == "output"],
    }
    optional = {
        "run": node.run,
        "registry": node.registry,
        "security": render_security(node, graph.text),
        "branch": {"of": node.branch.of, "when": node.branch.when} if node.branch else None,
        "conditions": render_conditions(node, graph.text, template) if node.type == "Condition" else None,
    }
    return rendered | {key: value for key, value in optional.items() if value is not None}


def _port(port: Port, artifacts: Mapping[str, Artifact]) -> dict[str, Any]:
    location = location_of(port)
    rendered = {
        "name": port.name,
        "uri": port.uri,
        "role": port.role,
        "kind": port.kind,
        "resolved": port.resolved,
        "artifact": artifacts[location.identity].id if location else None,
        "from": port.origin,
    }
    if not isinstance(port.value, str) and _can_be_written(port.value):
        rendered["expression"] = port.value
    return rendered


def _can_be_written(expression: dict[str, Any]) -> bool:
    """An expression nested deeper than any writer of JSON goes is served as its text alone."""
    level: list[Any] = [] if GET in expression else [expression]
    for _ in range(DEEPEST_EXPRESSION - 1):
        if not level:
            break
        items = (item for each in level for item in (each.values() if isinstance(each, dict) else each))
        level = [item for item in items if item and isinstance(item, CONTAINERS)]
    return not level


def render_edge(edge: Edge) -> dict[str, Any]:
    """`dangling` and `taken` only where they say something."""
    rendered: dict[str, Any] = {"from": edge.origin, "to": edge.destination, "via": edge.via, "label": edge.label}
    if edge.refs:
        rendered["refs"] = [dict(ref) for ref in edge.refs]
    if edge.dangling:
        rendered["dangling"] = True
    if edge.taken is not None:
        rendered["taken"] = edge.taken
    return rendered


def _artifact(artifact: Artifact, buckets: Buckets) -> dict[str, Any]:
    location = artifact.location
    return {
        "id": artifact.id,
        "uri": location.uri,
        "bucket": location.bucket,
        "key": location.key,
        "s3": render_bucket(location.bucket, buckets),
        "resolved": artifact.resolved,
        "roles": list(artifact.roles),
        "producers": list(artifact.producers),
        "consumers": list(artifact.consumers),
    }


def render_bucket(name: str | None, buckets: Buckets) -> dict[str, object] | None:
    """The member `s3` of an artifact, given the name of its bucket; None where it has none."""
    return None if name is None else {**_UNKNOWN_BUCKET, **buckets.get(name, {}), "bucket": name}
