"""Write what changed, and nothing else."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, TypeVar

from django.db import transaction
from django.db.models import Model

from inventory.sync.rows import insert_rows, update_rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from django.db.models import QuerySet

Row = TypeVar("Row", bound=Model)


def upsert(
    rows: Iterable[Row],
    existing: QuerySet[Row],
    *,
    key: Sequence[str],
    fields: Sequence[str],
    stamps: Sequence[str] = (),
) -> tuple[list[Row], list[Row]]:
    """Create or update `rows`, matched with `existing` by `key` and compared by `fields`.

    `stamps` are fields that are written with a change but are no change by themselves. Returns every row as it is
    stored, with its primary key, and those of them that were new or changed.
    """
    with transaction.atomic(savepoint=False):
        kept, created, updated = write(rows, existing, key=key, fields=fields, stamps=stamps)
        _learn_primary_keys(created, existing, key)
    return kept + created + updated, created + updated


def write(
    rows: Iterable[Row],
    existing: QuerySet[Row],
    *,
    key: Sequence[str],
    fields: Sequence[str],
    stamps: Sequence[str] = (),
) -> tuple[list[Row], list[Row], list[Row]]:
    """The same for who needs no primary keys. Returns what was kept, created (these have none) and updated."""
    key_of, compared = attrgetter(*key), attrgetter(*fields)
    stored = {key_of(row): row for row in existing}
    kept, created, updated = [], [], []
    for values, row in {key_of(row): row for row in rows}.items():
        old = stored.get(values)
        if old is None:
            created.append(row)
        elif compared(old) != compared(row):
            for name in (*fields, *stamps):
                setattr(old, name, getattr(row, name))
            updated.append(old)
        else:
            kept.append(old)
    for written in (created, updated):
        written.sort(key=key_of)  # two that write the same rows shall not wait for each other
    with transaction.atomic(savepoint=False):
        insert_rows(created, key, (*fields, *stamps))
        update_rows(updated, (*fields, *stamps))
    return kept, created, updated


def _learn_primary_keys(created: Sequence[Row], existing: QuerySet[Row], key: Sequence[str]) -> None:
    if created:
        key_of = attrgetter(*key)
        stored = existing.order_by().values_list("pk", *key)
        primary_keys = {values[0] if len(key) == 1 else tuple(values): pk for pk, *values in stored}
        for row in created:
            row.pk = primary_keys[key_of(row)]
            row._state.adding = False
