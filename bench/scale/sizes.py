"""How much room the tables take on disk."""

from __future__ import annotations

from django.db import connection

SIZES = """
SELECT relname, reltuples::bigint, pg_total_relation_size(oid), pg_relation_size(oid), pg_indexes_size(oid)
FROM pg_class WHERE relkind = 'r' AND relname ~ '^(inventory|lineage)_' ORDER BY 3 DESC, 1
"""
SHOWN_FROM = 2**20
MB = 2**20


def sizes() -> str:
    """A table of the tables of a megabyte and more: rows, and MB in all, of the rows, their long values and indexes."""
    with connection.cursor() as cursor:
        cursor.execute(SIZES)
        found = cursor.fetchall()
    lines = [f"{'table':<30}{'rows':>12}{'MB':>8}{'rows':>8}{'long':>8}{'indexes':>9}"]
    for name, rows, total, heap, indexes in found:
        if total >= SHOWN_FROM:
            parts = (total / MB, heap / MB, (total - heap - indexes) / MB)
            lines.append(f"{name:<30}{rows:>12,}{''.join(f'{part:>8.0f}' for part in parts)}{indexes / MB:>9.0f}")
    lines.append(f"{'all':<42}{sum(total for _, _, total, _, _ in found) / MB:>8.0f}")
    return "\n".join(lines)
