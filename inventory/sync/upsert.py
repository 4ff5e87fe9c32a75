"""Write what changed, and nothing else."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

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
    stored = {_values(row, key): row for row in existing}
    kept, created, updated = [], [], []
    for row in {_values(row, key): row for row in rows}.values():
        old = stored.get(_values(row, key))
        if old is None:
            created.append(row)
        elif _values(old, fields) != _values(row, fields):
            for name in (*fields, *stamps):
                setattr(old, name, getattr(row, name))
            updated.append(old)
        else:
            kept.append(old)
    for written in (created, updated):
        written.sort(key=partial(_values, names=key))  # two that write the same rows shall not wait for each other
    with transaction.atomic():
        insert_rows(created, key, (*fields, *stamps))
        update_rows(updated, (*fields, *stamps))
        _learn_primary_keys(created, existing, key)
    return kept + created + updated, created + updated


def _learn_primary_keys(created: list[Row], existing: QuerySet[Row], key: Sequence[str]) -> None:
    if created:
        primary_keys = {tuple(values): pk for pk, *values in existing.order_by().values_list("pk", *key)}
        for row in created:
            row.pk = primary_keys[_values(row, key)]
            row._state.adding = False


def _values(row: Model, names: Sequence[str]) -> tuple[Any, ...]:
    return tuple(getattr(row, name) for name in names)
