"""The graph seen from its data: artifacts and steps as nodes of two kinds, reading and writing as edges."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .artifacts import Artifact
    from .model import Graph


def render_data_view(graph: Graph) -> dict[str, Any]:
    """The `graphData` member. Ids are `step:<name>` and `artifact:<id>`; `ref` is the step's or artifact's own id."""
    steps = [
        {"id": f"step:{node.name}", "kind": "step", "ref": node.name, "label": node.label, "type": node.type}
        for node in graph.nodes
    ]
    return {
        "nodes": steps + [_node(artifact) for artifact in graph.artifacts.values()],
        "edges": [edge for artifact in graph.artifacts.values() for edge in _edges(artifact)],
    }


def _node(artifact: Artifact) -> dict[str, Any]:
    uri = artifact.location.uri
    return {
        "id": f"artifact:{artifact.id}",
        "kind": "artifact",
        "ref": artifact.id,
        "label": uri.rstrip("/").rpartition("/")[2] or uri,
        "uri": uri,
        "roles": list(artifact.roles),
    }


def _edges(artifact: Artifact) -> list[dict[str, Any]]:
    id_ = f"artifact:{artifact.id}"
    writes = [{"from": f"step:{name}", "to": id_, "kind": "write"} for name in artifact.producers]
    return writes + [{"from": id_, "to": f"step:{name}", "kind": "read"} for name in artifact.consumers]
