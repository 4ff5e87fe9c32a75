"""Facts -> graph -> rows: the only writer of meaning. Everything here can be done again at any time, without AWS."""

from __future__ import annotations

import hashlib
import logging
from typing import TYPE_CHECKING, Any

import orjson
from django.db import transaction
from django.db.models import F, Prefetch
from django.utils.timezone import now

from inventory.models import Bucket, Pipeline, StepExecution
from inventory.sync.buckets import want_buckets
from lineage.facts import bucket_facts, execution_facts, execution_member, pipeline_member
from lineage.graph import (
    apply_runs,
    artifact_uses,
    build_graph,
    render_data_view,
    render_graph,
    resolve_graph,
    summarize,
)
from lineage.models import ArtifactUse, LineageDocument

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from django.db.models import QuerySet

    from inventory.models import Definition
    from lineage.graph import Execution, Graph

logger = logging.getLogger(__name__)
BATCH = 100
BODIES = ("definition_body", "execution_body", "definition_data", "execution_data")


def mark_outdated(pipeline_ids: Collection[int]) -> None:
    """Note that the documents of these pipelines no longer say what the facts say."""
    LineageDocument.objects.filter(pipeline__in=pipeline_ids).update(outdated=F("outdated") + 1)
    known = set(LineageDocument.objects.filter(pipeline__in=pipeline_ids).values_list("pipeline_id", flat=True))
    missing = [LineageDocument(pipeline_id=pk) for pk in pipeline_ids if pk not in known]
    LineageDocument.objects.bulk_create(missing, ignore_conflicts=True)


def pipelines_using(bucket_ids: Collection[int]) -> set[int]:
    """The pipelines that read or write any of these buckets."""
    found: set[int] = set()
    for account_id, name in Bucket.objects.filter(pk__in=bucket_ids).values_list("account_id", "name"):
        uses = ArtifactUse.objects.filter(bucket=name, pipeline__region__account=account_id)
        found.update(uses.values_list("pipeline_id", flat=True).distinct())
    return found


def rebuild_outdated(pipeline_ids: Collection[int] | None = None) -> int:
    """Render the outdated documents, of these pipelines or of all; how many there were."""
    outdated = LineageDocument.objects.filter(outdated__gt=0)
    if pipeline_ids is not None:
        outdated = outdated.filter(pipeline__in=pipeline_ids)
    return rebuild(outdated)


def rebuild(documents: QuerySet[LineageDocument]) -> int:
    """Render these documents from the facts; how many there were. A pipeline that cannot be rendered stops no other."""
    ids = list(documents.values_list("pk", flat=True))
    for start in range(0, len(ids), BATCH):
        for document in _with_facts(LineageDocument.objects.filter(pk__in=ids[start : start + BATCH])):
            _rebuild_one(document)
    return len(ids)


def _with_facts(documents: QuerySet[LineageDocument]) -> Iterable[LineageDocument]:
    steps = StepExecution.objects.select_related("job", "model_package")
    return documents.select_related(
        "pipeline__region__account",
        "pipeline__definition",
        "pipeline__latest_execution__definition",
    ).prefetch_related(Prefetch("pipeline__latest_execution__steps", steps))


def _rebuild_one(document: LineageDocument) -> None:
    outdated = document.outdated
    try:
        uses = _render(document)
    except Exception:
        logger.exception("The lineage of pipeline %s could not be rendered.", document.pipeline.arn)
        LineageDocument.objects.filter(pk=document.pk).update(problem="Its lineage could not be rendered; see the log.")
        return
    _save(document, uses, outdated)


def _render(document: LineageDocument) -> list[ArtifactUse]:
    pipeline = document.pipeline
    definition = _parsed(pipeline.definition)
    graph = resolve_graph(build_graph(definition))
    latest = pipeline.latest_execution
    execution = execution_facts(pipeline, latest) if latest else None
    run = _run_graph(pipeline, graph, execution)
    buckets = bucket_facts(
        pipeline.region.account_id, {use.bucket or "" for each in (graph, run) for use in artifact_uses(each)}
    )
    head = {"pipeline": pipeline_member(pipeline)}
    document.definition_body = orjson.dumps(head | _members(graph, None, buckets))
    document.definition_data = orjson.dumps(render_data_view(graph))
    ran = {"execution": execution_member(latest) if latest else None}
    document.execution_body = orjson.dumps(head | ran | _members(run, execution, buckets))
    document.execution_data = orjson.dumps(render_data_view(run))
    document.problem = _problem(pipeline)
    document.digest = hashlib.sha256(b"\0".join(getattr(document, name) for name in BODIES)).hexdigest()
    return _uses(pipeline, run)


def _run_graph(pipeline: Pipeline, graph: Graph, execution: Execution | None) -> Graph:
    """The graph of what the latest execution ran, which may be an older definition than the current one."""
    latest = pipeline.latest_execution
    if latest is None or execution is None:
        return graph
    same = latest.definition_id in (None, pipeline.definition_id)
    ran = build_graph(_parsed(pipeline.definition if same else latest.definition))
    return apply_runs(resolve_graph(ran, execution), execution)


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


def _uses(pipeline: Pipeline, graph: Graph) -> list[ArtifactUse]:
    return [
        ArtifactUse(
            pipeline=pipeline,
            step=use.step[:256],
            direction=use.direction,
            name=use.name[:256],
            role=use.role,
            uri=use.uri,
            bucket=(use.bucket or "")[:255],
            key=use.key or "",
            resolved=use.resolved,
        )
        for use in artifact_uses(graph)
    ]


@transaction.atomic
def _save(document: LineageDocument, uses: list[ArtifactUse], outdated: int) -> None:
    """Store the document and its uses. A change of facts meanwhile leaves it outdated."""
    document.rendered_at = now()
    document.save(update_fields=[*BODIES, "digest", "problem", "rendered_at"])
    LineageDocument.objects.filter(pk=document.pk, outdated=outdated).update(outdated=0)
    ArtifactUse.objects.filter(pipeline=document.pipeline_id).delete()
    ArtifactUse.objects.bulk_create(uses)
    names = {use.bucket for use in uses if use.bucket and "${" not in use.bucket}
    want_buckets(document.pipeline.region.account_id, names)
