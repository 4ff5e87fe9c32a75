"""A synthetic estate in PostgreSQL: the rows of a crawled template, multiplied by the server under other names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import psycopg

from bench.aws.estate import REGIONS as OFFERED
from bench.scale.template import BUCKET, DOMAINS, PIPELINES, REGION

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

STRIDE = 1_000  # more than the template has rows of any kind: copy n of row i is n * STRIDE + i
REGIONS = (*(name for name in OFFERED if name != REGION), "af-south-1")  # the template's holds no copies


@dataclass(frozen=True, slots=True)
class Size:
    """How large the estate is; `executions` of each pipeline, of which the latest has steps; `syncs` that are over."""

    pipelines: int = 20_000
    executions: int = 50
    buckets: int = 500
    syncs: int = 5_000

    def times(self, fraction: float) -> Size:
        """With fewer pipelines, though some in each region."""
        return Size(
            max(2 * len(REGIONS), int(self.pipelines * fraction)),
            self.executions,
            max(1, int(self.buckets * fraction)),
            max(1, int(self.syncs * fraction)),
        )


COPIES = f"""
CREATE TEMPORARY TABLE copy AS
SELECT numbers.*, template.id AS pipeline_id, definition_id, latest_execution_id AS execution_id,
    template.name AS old_name, right(template.name, 6) || '000000' AS old_run,
    format('team-%%s-model-%%s', lpad((n %% 50)::text, 2, '0'), digits) AS name,
    'bench-ml-' || lpad((n %% %(buckets)s)::text, 3, '0') AS bucket,
    matched_domain_id AS old_domain, 'd-bench' || lpad((n %% {DOMAINS})::text, 6, '0') AS domain
FROM inventory_pipeline AS template JOIN (
    SELECT n, lpad(n::text, 6, '0') AS digits, 1 + n %% {PIPELINES} AS template_id,
        n * %(regions)s / (%(pipelines)s + 1) AS place,
        (%(names)s::text[])[1 + n * %(regions)s / (%(pipelines)s + 1)] AS region
    FROM generate_series(1, %(pipelines)s) AS n
) AS numbers ON template.id = template_id
"""  # noqa: S608  (constants)
# What names there are in the template, and what they are in a copy: expressions of the rows `copy` and `runs`.
RENAMED = (
    ("old_name", "copy.name"),
    ("old_run", "digits || lpad(run::text, 6, '0')"),
    (f"'{BUCKET}'", "copy.bucket"),  # before the region, which is part of its name
    (f"'{REGION}'", "copy.region"),
    ("old_domain", "copy.domain"),
)
COPIED, PLACED = {"id": f"n * {STRIDE} + original.id"}, {"region_id": "2 + place"}
OF_PIPELINE = {"pipeline_id": f"n * {STRIDE} + copy.pipeline_id"}
EARLIER = "original.{} - n * interval '10 seconds' - (last - run) * interval '1 day'"
DEFINITION = {"sha256": "encode(sha256(copy.name::bytea), 'hex')"}
PIPELINE = {
    "definition_id": f"n * {STRIDE} + original.definition_id",
    "latest_execution_id": f"n * {STRIDE} + last",
    "domain_id": f"(1 + place) * {STRIDE} + 1 + n % {DOMAINS}",
    "last_execution_time": EARLIER.format("last_execution_time"),
}
# Of every 200th pipeline the latest execution is under way; of the others the steps are known.
UNDER_WAY = "run = last AND n % 200 = 0"
EXECUTION = {
    "id": f"n * {STRIDE} + run",
    "status": f"CASE WHEN {UNDER_WAY} THEN 'Executing' WHEN (n + run) % 10 = 0 THEN 'Failed' ELSE 'Succeeded' END",
    "definition_id": f"CASE WHEN run = last THEN n * {STRIDE} + original.definition_id END",
    "steps_version": f"CASE WHEN run = last THEN {EARLIER.format('steps_version')} END",
    "steps_complete": f"run = last AND NOT ({UNDER_WAY})",
    **{name: EARLIER.format(name) for name in ("start_time", "last_modified")},
}
STEP = {
    "execution_id": f"n * {STRIDE} + last",
    **{name: f"n * {STRIDE} + original.{name}" for name in ("job_id", "model_package_id")},
    **{name: EARLIER.format(name) for name in ("start_time", "end_time")},
}
BODIES = ("definition_body", "execution_body", "definition_data", "execution_data")


@dataclass(frozen=True, slots=True)
class Table:
    """What rows to make of those of the template, `original`, and the columns that are neither theirs nor renamed."""

    name: str
    rows: str
    columns: dict[str, str]
    is_renamed: bool = True


def fill(url: str, size: Size, progress: Callable[[str], object]) -> None:
    """Multiply the template that is in the database, and let the planner know."""
    numbers = {"buckets": size.buckets, "pipelines": size.pipelines - PIPELINES, "regions": len(REGIONS)}
    with psycopg.connect(url, autocommit=True, cursor_factory=psycopg.ClientCursor) as connection:
        with connection.transaction():
            connection.execute(COPIES, {**numbers, "names": list(REGIONS)})
            for table in (*_few(size), *_many(size)):
                progress(f"{table.name}: {_multiply(connection, table):,} rows")
        for name in {table.name for table in (*_few(size), *_many(size))}:
            connection.execute(f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), max(id) + 1) FROM {name}")  # noqa: S608
        connection.execute("VACUUM ANALYZE")


def _multiply(connection: Any, table: Table) -> int:
    found = connection.execute(
        "SELECT column_name, data_type FROM information_schema.columns "
        "WHERE table_schema = 'public' AND table_name = %s",
        [table.name],
    )
    chosen = {}
    for name, kind in found:
        value = f"original.{name}"
        chosen[name] = table.columns.get(name) or (_renamed(value, kind) if table.is_renamed else value)
    names, values = ", ".join(chosen), ", ".join(chosen.values())
    statement = f"INSERT INTO {table.name} ({names}) SELECT {values} FROM {table.name} AS original {table.rows}"  # noqa: S608
    return int(connection.execute(statement).rowcount)


def _renamed(value: str, kind: str) -> str:
    if kind not in ("character varying", "text", "jsonb"):
        return value
    text = f"{value}::text"
    for old, new in RENAMED:
        text = f"replace({text}, {old}, {new})"
    return f"({text})::{kind}"


def _body(name: str) -> str:
    text = _renamed(f"convert_from(original.{name}, 'UTF8')", "text")
    return f"convert_to({text}, 'UTF8')"


def _few(size: Size) -> Iterator[Table]:
    """Regions, their domains, buckets, and syncs that are over."""
    places = "CROSS JOIN (SELECT DISTINCT place, region FROM copy) AS places"
    past = f"CROSS JOIN generate_series(1, {size.syncs}) AS n"
    yield Table("inventory_region", places, {"id": "2 + place", "name": "region"}, is_renamed=False)
    yield Table(
        "inventory_domain",
        places,
        {"id": f"(1 + place) * {STRIDE} + original.id", "region_id": "2 + place"},
        is_renamed=False,
    )
    buckets = f"CROSS JOIN generate_series(0, {size.buckets - 1}) AS n"
    bucket = {"id": "2 + n", "name": "'bench-ml-' || lpad(n::text, 3, '0')"}
    yield Table("inventory_bucket", buckets, bucket, is_renamed=False)
    sync = {"id": "1 + n", "created_at": "original.created_at - n * interval '10 minutes'"}
    yield Table("inventory_sync", past, sync, is_renamed=False)
    part = {
        "id": "nextval(pg_get_serial_sequence('inventory_syncpart', 'id'))",
        "sync_id": "1 + n",
        "region": "places.region",
    }
    yield Table("inventory_syncpart", f"{past} {places}", part, is_renamed=False)


def _many(size: Size) -> Iterator[Table]:
    """The copies of the pipelines, and all that is theirs."""
    last = size.executions - 1
    run = f"CROSS JOIN (SELECT {last} AS run, {last} AS last) AS runs"
    every_run = f"CROSS JOIN (SELECT run, {last} AS last FROM generate_series(0, {last}) AS run) AS runs"  # noqa: S608

    def joined(condition: str, runs: str = run) -> str:
        return f"JOIN copy ON {condition} {runs}"

    of_pipeline, named = joined("copy.pipeline_id = original.pipeline_id"), "position(old_name IN original.{}) > 0"
    yield Table("inventory_definition", joined("definition_id = original.id"), COPIED | DEFINITION)
    yield Table("inventory_pipeline", joined("copy.pipeline_id = original.id"), COPIED | PLACED | PIPELINE)
    yield Table("inventory_execution", joined("copy.execution_id = original.id", every_run), EXECUTION | OF_PIPELINE)
    yield Table("inventory_job", joined("position(old_run IN original.arn) > 0"), COPIED | PLACED)
    for table, column in (("modelpackagegroup", "name"), ("modelpackage", "group_name")):
        yield Table(f"inventory_{table}", joined(named.format(column)), COPIED | PLACED)
    yield Table("inventory_stepexecution", joined("copy.execution_id = original.execution_id"), COPIED | STEP)
    bodies = {name: _body(name) for name in BODIES} | {"outdated": "(n % 500 = 0)::int"}
    yield Table("lineage_lineagedocument", of_pipeline, COPIED | OF_PIPELINE | bodies)
    yield Table("lineage_artifactuse", of_pipeline, COPIED | OF_PIPELINE)
