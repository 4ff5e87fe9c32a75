"""Rendered documents and the uses of artifacts into rows, a batch in one transaction; only what changed is written."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction
from django.utils.timezone import now

from inventory.sync import want_buckets
from inventory.sync.rows import insert_rows
from lineage.models import ArtifactUse, LineageDocument
from lineage.rendering import BODIES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from django.db.models import QuerySet

    from lineage.rendering import Draft

MOST_BYTES = 2_000  # of a URI: an index of PostgreSQL holds little more, and S3 has none beyond 1,100
ALWAYS_WRITTEN = ("problem", "rendered_at")
WRITTEN = (*BODIES, "digest", *ALWAYS_WRITTEN)
COMPARED = [field.attname for field in ArtifactUse._meta.concrete_fields[2:]]  # all but the two keys
UsesOfPipelines = dict[int, list[Any]]


@transaction.atomic
def save_drafts(drafts: Sequence[Draft]) -> None:
    """Store whole documents, with which steps use what."""
    save_documents([draft.document for draft in drafts])
    _save_uses({draft.document.pipeline_id: _values(draft) for draft in drafts})
    wanted: dict[int, set[str]] = defaultdict(set)
    for draft in drafts:
        names = {use.bucket for use in draft.uses if use.bucket and "${" not in use.bucket}
        wanted[draft.account_id] |= names
    for account_id, names in wanted.items():
        want_buckets(account_id, names)


@transaction.atomic
def save_documents(documents: Iterable[LineageDocument]) -> None:
    """Store the bodies that changed. A change of facts since a document was loaded leaves it outdated."""
    rows = list(documents)
    documents = LineageDocument.objects.filter(pk__in=[row.pk for row in rows])
    stored = dict(locked(documents).values_list("pk", "digest"))
    _update([row for row in rows if row.digest != stored.get(row.pk)], WRITTEN)
    # The condition on the digest: another process that stores other bodies meanwhile leaves the document outdated.
    _update([row for row in rows if row.digest == stored.get(row.pk)], ALWAYS_WRITTEN, " AND digest = %s", "digest")


def locked(documents: QuerySet[LineageDocument]) -> QuerySet[LineageDocument]:
    """All who write several lock them in one order: else two could wait for each other."""
    return documents.select_for_update().order_by("pk")


def _update(rows: Sequence[LineageDocument], names: Sequence[str], condition: str = "", *compared: str) -> None:
    fields = [field for field in LineageDocument._meta.concrete_fields if field.attname in names]
    columns = ", ".join(f"{field.column} = %s" for field in fields)
    marks = ", ".join(
        f"{name} = CASE WHEN {name} = %s THEN 0 ELSE {name} END" for name in ("outdated", "buckets_outdated")
    )
    table = LineageDocument._meta.db_table
    statement = f"UPDATE {table} SET {columns}, {marks} WHERE id = %s{condition}"  # noqa: S608  (names)
    if rows:
        with connection.cursor() as cursor:
            cursor.executemany(
                statement, [(*_row(row, fields), *(getattr(row, name) for name in compared)) for row in rows]
            )


def _row(document: LineageDocument, fields: Sequence[Any]) -> tuple[Any, ...]:
    document.rendered_at = now()
    values = (field.get_db_prep_save(getattr(document, field.attname), connection) for field in fields)
    return (*values, document.outdated, document.buckets_outdated, document.pk)


def _values(draft: Draft) -> list[tuple[Any, ...]]:
    """The uses in the order of COMPARED, cut to what the columns hold."""
    return [
        (
            use.step[:256],
            use.direction,
            use.name[:256],
            use.role,
            use.uri.encode()[:MOST_BYTES].decode(errors="ignore"),
            (use.bucket or "")[:255],
            use.key or "",
            use.resolved,
        )
        for use in draft.uses
    ]


def _save_uses(wanted: UsesOfPipelines) -> None:
    stored: UsesOfPipelines = defaultdict(list)
    for pipeline_id, *values in ArtifactUse.objects.filter(pipeline__in=wanted).values_list("pipeline_id", *COMPARED):
        stored[pipeline_id].append(tuple(values))
    changed = [pk for pk, values in wanted.items() if values != stored[pk]]
    ArtifactUse.objects.filter(pipeline__in=changed).delete()
    insert_rows([ArtifactUse(None, pk, *values) for pk in changed for values in wanted[pk]])
