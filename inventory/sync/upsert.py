"""Write what changed, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from django.db.models import Model

from inventory.sync.rows import update_rows

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
    _write(existing.model, created, updated, key, (*fields, *stamps))
    return kept + created + updated, created + updated


def _write(model: type[Row], created: list[Row], updated: list[Row], key: Sequence[str], fields: Sequence[str]) -> None:
    """A row that another sync created meanwhile is a conflict, and then updated."""
    objects = model._default_manager
    if created:
        objects.bulk_create(created, update_conflicts=True, unique_fields=list(key), update_fields=list(fields))
    update_rows(updated, fields)


def _values(row: Model, names: Sequence[str]) -> tuple[Any, ...]:
    return tuple(getattr(row, name) for name in names)
