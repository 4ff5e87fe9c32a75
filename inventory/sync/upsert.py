"""Write what changed, and nothing else."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, Any, TypeVar

from django.db import transaction
from django.db.models import Model

from inventory.sync.rows import insert_rows, update_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

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
    with transaction.atomic():
        insert_rows(created, key, (*fields, *stamps))
        update_rows(updated, (*fields, *stamps))
        _learn_primary_keys(created, existing, key, key_of)
    return kept + created + updated, created + updated


def _learn_primary_keys(
    created: list[Row], existing: QuerySet[Row], key: Sequence[str], key_of: Callable[[Row], Any]
) -> None:
    if created:
        stored = existing.order_by().values_list("pk", *key)
        primary_keys = {values[0] if len(key) == 1 else tuple(values): pk for pk, *values in stored}
        for row in created:
            row.pk = primary_keys[key_of(row)]
            row._state.adding = False
