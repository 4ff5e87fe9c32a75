"""Facts -> graph -> rows: the only writer of meaning. Everything here can be done again at any time, without AWS."""

from __future__ import annotations

import logging
from collections import defaultdict
from functools import partial
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F

from inventory.models import Bucket
from lineage.facts import bucket_facts, shown_executions
from lineage.models import OUTDATED, ArtifactUse, LineageDocument
from lineage.rendering import BODIES, draw_up, fill_in, refresh_buckets
from lineage.saving import locked, save_documents, save_drafts

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

    from django.db.models import QuerySet

    from lineage.rendering import Draft

logger = logging.getLogger(__name__)
BATCH = 20  # documents whose graphs are held at once
MOST_TEXT = 4 << 20  # characters of their definitions; graphs take several times that
BUCKETS_BATCH = 1_000
FAILED = "Its lineage could not be rendered; see the log."


@transaction.atomic(savepoint=False)
def mark_outdated(pipeline_ids: Collection[int]) -> None:
    """Note that the documents of these pipelines no longer say what the facts say."""
    documents = LineageDocument.objects.filter(pipeline__in=pipeline_ids)
    known = set(locked(documents).values_list("pipeline_id", flat=True))
    documents.update(outdated=F("outdated") + 1)
    missing = [LineageDocument(pipeline_id=pk) for pk in pipeline_ids if pk not in known]
    LineageDocument.objects.bulk_create(missing, ignore_conflicts=True)


@transaction.atomic(savepoint=False)
def mark_buckets_outdated(bucket_ids: Collection[int]) -> None:
    """Note that the documents of the pipelines that read or write these buckets no longer say what protects them."""
    names: dict[int, list[str]] = defaultdict(list)
    for account_id, name in Bucket.objects.filter(pk__in=bucket_ids).values_list("account_id", "name"):
        names[account_id].append(name)
    for account_id, used in names.items():
        uses = ArtifactUse.objects.filter(bucket__in=used, pipeline__region__account=account_id)
        pipelines = list(uses.order_by().values_list("pipeline_id", flat=True).distinct())
        for start in range(0, len(pipelines), BUCKETS_BATCH):
            documents = LineageDocument.objects.filter(pipeline__in=pipelines[start : start + BUCKETS_BATCH])
            list(locked(documents).values_list("pk"))
            documents.update(buckets_outdated=F("buckets_outdated") + 1)


def rebuild_outdated(pipeline_ids: Collection[int] | None = None, region_id: int | None = None) -> int:
    """Render the outdated documents, of these pipelines, of a region or of all; how many there were."""
    outdated = LineageDocument.objects.filter(OUTDATED)
    if pipeline_ids is not None:
        outdated = outdated.filter(pipeline__in=pipeline_ids)
    if region_id is not None:
        outdated = outdated.filter(pipeline__region=region_id)
    return rebuild(outdated)


def rebuild(documents: QuerySet[LineageDocument]) -> int:
    """Render these documents from the facts; how many there were. A pipeline that cannot be rendered stops no other."""
    changed = dict(documents.values_list("pk", "outdated"))
    whole = [pk for pk, outdated in changed.items() if outdated]
    in_buckets = [pk for pk, outdated in changed.items() if not outdated]
    for render, ids in ((_render_whole, whole), (_render_buckets, in_buckets)):
        for start in range(0, len(ids), BATCH):
            render(LineageDocument.objects.filter(pk__in=ids[start : start + BATCH]))
    return len(changed)


def _render_whole(documents: QuerySet[LineageDocument]) -> None:
    facts = ("pipeline__region__account", "pipeline__definition", "pipeline__latest_execution")
    for rows in _held_at_once(list(documents.defer(*BODIES).select_related(*facts))):
        _render_group(rows)


def _held_at_once(rows: Iterable[LineageDocument]) -> Iterator[list[LineageDocument]]:
    """In groups whose definitions are not too long together."""
    group: list[LineageDocument] = []
    left = MOST_TEXT
    for row in rows:
        length = len(row.pipeline.definition.text) if row.pipeline.definition else 0
        if group and length > left:
            yield group
            group, left = [], MOST_TEXT
        group.append(row)
        left -= length
    if group:
        yield group


def _render_group(rows: Sequence[LineageDocument]) -> None:
    shown = shown_executions(row.pipeline for row in rows)
    drawn = [_tried(row, partial(draw_up, row, shown.get(row.pipeline_id))) for row in rows]
    drafts = [draft for draft in drawn if draft]
    buckets = bucket_facts((draft.account_id, name) for draft in drafts for name in draft.bucket_names)
    filled = [_tried(draft.document, partial(fill_in, draft, buckets.get(draft.account_id, {}))) for draft in drafts]
    save_drafts([draft for draft in filled if draft])


def _render_buckets(documents: QuerySet[LineageDocument]) -> None:
    rows = list(documents.select_related("pipeline__region"))
    accounts = {row.pipeline_id: row.pipeline.region.account_id for row in rows}
    uses = ArtifactUse.objects.filter(pipeline__in=accounts).exclude(bucket="").values_list("pipeline_id", "bucket")
    buckets = bucket_facts({(accounts[pipeline_id], name) for pipeline_id, name in uses.distinct()})
    for row in rows:
        refresh_buckets(row, buckets.get(accounts[row.pipeline_id], {}))
    save_documents(rows)


def _tried(document: LineageDocument, render: Callable[[], Draft]) -> Draft | None:
    try:
        return render()
    except Exception:
        logger.exception("The lineage of pipeline %s could not be rendered.", document.pipeline.arn)
        LineageDocument.objects.filter(pk=document.pk).update(problem=FAILED)
        return None
