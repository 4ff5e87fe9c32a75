"""From facts to the bytes that are served: one document, drawn up and then filled in with what protects its buckets."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

from lineage.facts import execution_member, pipeline_member
from lineage.graph import (
    apply_runs,
    artifact_uses,
    build_graph,
    render_bucket,
    render_data_view,
    render_graph,
    resolve_graph,
    summarize,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from inventory.models import Definition, Pipeline
    from lineage.facts import Shown
    from lineage.graph import ArtifactUse, Execution, Graph
    from lineage.models import LineageDocument

BODIES = ("definition_body", "execution_body", "definition_data", "execution_data")
WITH_BUCKETS = ("definition_body", "execution_body")
Buckets = dict[str, dict[str, object]]


@dataclass(frozen=True, slots=True)
class Draft:
    """The graphs of a document: of the current definition, and of what the execution that is shown ran."""

    document: LineageDocument
    shown: Shown | None
    graph: Graph
    run: Graph
    uses: list[ArtifactUse]

    @property
    def account_id(self) -> int:
        return self.document.pipeline.region.account_id

    @property
    def bucket_names(self) -> set[str]:
        artifacts = (*self.graph.artifacts.values(), *self.run.artifacts.values())
        return {artifact.location.bucket for artifact in artifacts if artifact.location.bucket}


def draw_up(document: LineageDocument, shown: Shown | None) -> Draft:
    """The graphs, from the facts of the document's pipeline and of the execution that is shown, if there is one."""
    built = build_graph(_parsed(document.pipeline.definition))
    graph = resolve_graph(built)
    if shown is None:
        return Draft(document, None, graph, graph, artifact_uses(graph))
    if shown.definition:
        built = build_graph(_parsed(shown.definition))  # it ran an older definition than the current one
    run = apply_runs(resolve_graph(built, shown.facts), shown.facts)
    return Draft(document, shown, graph, run, artifact_uses(run))


def fill_in(draft: Draft, buckets: Buckets) -> Draft:
    """Give the document its bodies; none while the definition is unknown, for an empty graph would be a lie."""
    document, shown = draft.document, draft.shown
    pipeline = document.pipeline
    document.problem = _problem(pipeline)
    if pipeline.definition is None:
        document.definition_body = document.definition_data = document.execution_body = document.execution_data = b""
        document.digest = ""
        return draft
    head = {"pipeline": pipeline_member(pipeline)}
    ran = {"execution": execution_member(shown.row) if shown else None}
    document.definition_body = orjson.dumps(head | _members(draft.graph, None, buckets))
    document.definition_data = orjson.dumps(render_data_view(draft.graph))
    document.execution_body = orjson.dumps(head | ran | _members(draft.run, shown.facts if shown else None, buckets))
    document.execution_data = orjson.dumps(render_data_view(draft.run))
    document.digest = _digest(document)
    return draft


def refresh_buckets(document: LineageDocument, buckets: Buckets) -> None:
    """Renew only what the document says of its buckets."""
    for name in WITH_BUCKETS:
        body = orjson.loads(getattr(document, name))
        for artifact in body["graph"]["artifacts"]:
            artifact["s3"] = render_bucket(artifact["bucket"], buckets)
        setattr(document, name, orjson.dumps(body))
    document.digest = _digest(document)


def _digest(document: LineageDocument) -> str:
    return hashlib.sha256(b"\0".join(bytes(getattr(document, name)) for name in BODIES)).hexdigest()


def _members(graph: Graph, execution: Execution | None, buckets: Mapping[str, Mapping[str, object]]) -> dict[str, Any]:
    return {"summary": summarize(graph, execution), "graph": render_graph(graph, buckets)}


def _problem(pipeline: Pipeline) -> str:
    if pipeline.definition is None:
        return pipeline.problem or "Its definition has not been read yet."
    return pipeline.definition.problem


def _parsed(definition: Definition | None) -> object:
    if definition is None or definition.problem:
        return {"Steps": []}
    return orjson.loads(definition.text)
