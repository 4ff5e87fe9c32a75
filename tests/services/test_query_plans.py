"""The hottest queries find what they ask for by an index, in a PostgreSQL that holds a tenth of a large estate."""

from __future__ import annotations

import json
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from psycopg import sql

from bench.scale.hot import HOTTEST

PROJECT = Path(__file__).parent.parent.parent
FRACTION = "0.1"  # 2,000 pipelines, 100,000 executions: the planner reads smaller tables whole, and is right
BIG = {"inventory_execution", "inventory_stepexecution", "inventory_job", "lineage_artifactuse", "inventory_syncpart"}
OF_A_REGION = ("pipelines that need a look", "matching of domains")
TO_PRUNE, ARTIFACTS = "how much there is to prune", "GET /api/v1/artifacts"
COUNTED_WHOLE = {TO_PRUNE, ARTIFACTS}
Scans = dict[str, list[dict[str, Any]]]


@pytest.fixture(scope="module")
def database(migrated_database: str) -> Iterator[str]:
    name = f"plans_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(migrated_database, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
        yield urlsplit(migrated_database)._replace(path=f"/{name}").geturl()
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture(scope="module")
def scans(database: str) -> Scans:
    """Of each hot query the scans of its plans: kind, table, index, rows."""
    command = [sys.executable, "-m", "bench.scale", "--fraction", FRACTION, "--json", "--database-url", database]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_no_hot_query_reads_a_big_table_whole(scans: Scans) -> None:
    whole = [(name, scan["table"]) for name, found in scans.items() for scan in found if scan["kind"] == "Seq Scan"]
    assert [(name, table) for name, table in whole if table in BIG and name not in COUNTED_WHOLE] == []


def test_every_hot_query_is_explained(scans: Scans) -> None:
    assert [name for name, found in scans.items() if not found] == []


def test_the_hottest_ten_are_among_them(scans: Scans) -> None:
    assert set(HOTTEST) <= set(scans)


@pytest.mark.parametrize("name", OF_A_REGION)
def test_a_crawl_reads_no_pipelines_of_other_regions(scans: Scans, name: str) -> None:
    pipelines = [scan for scan in scans[name] if scan["table"] == "inventory_pipeline"]
    assert {scan["index"] for scan in pipelines} <= {"pipeline_by_region", "inventory_pipeline_pkey"}
    assert sum(scan["rows"] for scan in pipelines) < 500


def test_outdated_documents_are_found_by_their_partial_index(scans: Scans) -> None:
    assert "document_outdated" in {scan["index"] for scan in scans["outdated documents of a region"]}


def test_the_newest_executions_are_read_in_the_order_of_an_index(scans: Scans) -> None:
    read = [scan for scan in scans["GET /api/v1/executions"] if scan["kind"] == "Index Scan"]
    assert {("execution_by_start", 101)} <= {(scan["index"], scan["rows"]) for scan in read}


def test_whether_anything_executes_takes_a_few_rows(scans: Scans) -> None:
    assert sum(scan["rows"] for scan in scans["anything executing"]) < 10


def test_artifacts_are_listed_in_the_order_of_an_index(scans: Scans) -> None:
    *_, listed = (scan for scan in scans[ARTIFACTS] if scan["table"] == "lineage_artifactuse")
    assert (listed["kind"], listed["index"]) == ("Index Scan", "use_by_uri")


def test_what_there_is_to_prune_takes_no_look_at_each_execution(scans: Scans) -> None:
    read = sum(scan["rows"] for scan in scans[TO_PRUNE] if scan["table"] == "inventory_execution")
    assert read < 10 * 100_000
