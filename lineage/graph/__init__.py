"""Lineage of one pipeline, pure: a definition and, if wanted, an execution in; a graph and its JSON out.

    graph = build_graph(definition)                  # nodes, ports, edges as stated; never raises
    graph = resolve_graph(graph, execution)          # what references stand for
    graph = apply_runs(graph, execution)             # what the steps did; only with an execution
    render_graph(graph, buckets), render_data_view(graph), summarize(graph, execution), artifact_uses(graph)

Nothing here knows Django, boto3 or the database: callers fill `Execution` and `StepRun` from their rows.
A new step type is one function in `steps/`.
"""

from __future__ import annotations

from .artifacts import ArtifactUse, artifact_uses
from .build import build_graph
from .data_view import render_data_view
from .model import TERMINAL, Edge, Execution, Graph, Node, Port, StepRun
from .render import render_bucket, render_graph
from .resolve import resolve_graph
from .runs import apply_runs
from .summary import summarize

__all__ = [
    "TERMINAL",
    "ArtifactUse",
    "Edge",
    "Execution",
    "Graph",
    "Node",
    "Port",
    "StepRun",
    "apply_runs",
    "artifact_uses",
    "build_graph",
    "render_bucket",
    "render_data_view",
    "render_graph",
    "resolve_graph",
    "summarize",
]
