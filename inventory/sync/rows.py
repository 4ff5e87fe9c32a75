"""Many rows of one table at once, without the cost of Django's compiler: executemany, and COPY on PostgreSQL."""

from __future__ import annotations

from datetime import datetime
from operator import attrgetter
from types import NoneType
from typing import TYPE_CHECKING, Any

from django.db import DEFAULT_DB_ALIAS, connection, connections, models, transaction

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from django.db.models import Field, Model

    Values = tuple[Any, ...]

# Values that go to the database as they are: to ask each field to prepare them is most of what writing a row costs.
PLAIN: dict[type[Field[Any, Any]], type] = {
    models.BooleanField: bool,
    models.CharField: str,
    models.ForeignKey: int,
    models.IntegerField: int,
    models.PositiveIntegerField: int,
    models.TextField: str,
}
COPY_FROM = 200  # rows; below, a temporary table costs more than it saves


def update_rows(rows: Sequence[Model], fields: Sequence[str]) -> None:
    """Write these fields (a foreign key as `job_id`) of stored rows."""
    if not rows:
        return
    columns = _columns(rows[0], fields)
    sets = ", ".join(f"{_name(column)} = %s" for column in columns)
    values = [(*prepared, row.pk) for prepared, row in zip(_values(rows, columns), rows, strict=True)]
    _execute_many(f"UPDATE {_table(rows[0])} SET {sets} WHERE id = %s", values)  # noqa: S608


def insert_rows(rows: Sequence[Model], key: Sequence[str] = (), updated: Sequence[str] = ()) -> None:
    """Insert new rows. One whose `key` another process stored meanwhile gets the `updated` fields instead.

    The rows do not learn their primary keys.
    """
    if not rows:
        return
    columns = [column for column in rows[0]._meta.concrete_fields if not column.primary_key]
    names = ", ".join(map(_name, columns))
    values = _values(rows, columns)
    conflict = _on_conflict(_columns(rows[0], key), _columns(rows[0], updated)) if key else ""
    if connection.vendor == "postgresql" and len(rows) >= COPY_FROM:
        _copy(_table(rows[0]), names, values, conflict)
    else:
        marks = ", ".join(["%s"] * len(columns))
        _execute_many(f"INSERT INTO {_table(rows[0])} ({names}) VALUES ({marks}){conflict}", values)  # noqa: S608


def _on_conflict(key: Sequence[Field[Any, Any]], updated: Sequence[Field[Any, Any]]) -> str:
    sets = ", ".join(f"{_name(column)} = excluded.{_name(column)}" for column in updated)
    return f" ON CONFLICT ({', '.join(map(_name, key))}) DO UPDATE SET {sets}"


@transaction.atomic
def _copy(table: str, names: str, values: Sequence[Values], conflict: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMPORARY TABLE incoming ON COMMIT DROP AS SELECT {names} FROM {table} WITH NO DATA")  # noqa: S608
        with cursor.copy(f"COPY incoming ({names}) FROM STDIN") as copy:
            for row in values:
                copy.write_row(row)
        cursor.execute(f"INSERT INTO {table} ({names}) SELECT {names} FROM incoming{conflict}")  # noqa: S608
        cursor.execute("DROP TABLE incoming")


def _execute_many(statement: str, values: Sequence[Values]) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(statement, values)


def _columns(row: Model, names: Sequence[str]) -> list[Field[Any, Any]]:
    by_name = {name: column for column in row._meta.concrete_fields for name in (column.attname, column.name)}
    return [by_name[name] for name in names]


def _values(rows: Sequence[Model], columns: Sequence[Field[Any, Any]]) -> list[Values]:
    """Column by column: of each, its own kind of value is looked up once."""
    return list(zip(*(_prepared(rows, column) for column in columns), strict=True))


def _prepared(rows: Sequence[Model], column: Field[Any, Any]) -> list[Any]:
    values = _held(rows, column)
    kinds = set(map(type, values)) - {NoneType}
    if kinds <= {PLAIN.get(type(column))}:
        return values
    prepare = _preparation(column, kinds)
    return [None if value is None else prepare(value) for value in values]


def _held(rows: Sequence[Model], column: Field[Any, Any]) -> list[Any]:
    """Values of a column; a time that is that of the writing is set."""
    if getattr(column, "auto_now", False) or getattr(column, "auto_now_add", False):
        return [column.pre_save(row, row._state.adding) for row in rows]
    return list(map(attrgetter(column.attname), rows))


def _preparation(column: Field[Any, Any], kinds: set[type]) -> Callable[[Any], Any]:
    """How values of these kinds become the driver's: all that a field does beyond it is to find out which they are."""
    own = connections[DEFAULT_DB_ALIAS]
    if type(column) is models.DateTimeField and kinds == {datetime}:
        return own.ops.adapt_datetimefield_value
    if type(column) is models.JSONField and kinds <= {dict, list}:
        return lambda value: own.ops.adapt_json_value(value, column.encoder)
    return lambda value: column.get_db_prep_save(value, own)


def _table(row: Model) -> str:
    return connection.ops.quote_name(row._meta.db_table)


def _name(column: Field[Any, Any]) -> str:
    return connection.ops.quote_name(str(column.column))
