"""Many rows of one table in one statement each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.models import Model


def update_rows(rows: Sequence[Model], fields: Sequence[str]) -> None:
    """Write these fields (a foreign key as `job_id`) of stored rows. bulk_update's CASE costs several times as much."""
    if not rows:
        return
    meta = rows[0]._meta
    by_name = {field.attname: field for field in meta.concrete_fields}
    columns = [by_name[name] for name in fields]
    sets = ", ".join(f"{connection.ops.quote_name(str(column.column))} = %s" for column in columns)
    values = [
        (*(column.get_db_prep_save(getattr(row, column.attname), connection) for column in columns), row.pk)
        for row in rows
    ]
    with connection.cursor() as cursor:
        cursor.executemany(f"UPDATE {connection.ops.quote_name(meta.db_table)} SET {sets} WHERE id = %s", values)  # noqa: S608
