"""A worker as a real process, while AWS keeps it waiting: regions side by side, and what takes a moment between."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from bench.aws.process import BenchAWS
from bench.estates import CREDENTIALS
from bench.size import Size
from tests.services.conftest import eventually, migrate

SIZE = Size(per_region=2, regions=4)
ASK = "from inventory.tasks import enqueue; from inventory.sync.scope import Scope; enqueue({}, trigger='api')"
ONE = f"Scope('123456789012', ('{SIZE.region_names[0]}',), '{{}}')"
WORKER = ("-m", "celery", "--quiet", "-A", "lineage_site", "worker", "--pool=prefork")


@pytest.fixture
def aws():
    with BenchAWS(pipelines=SIZE.per_region) as aws:
        yield aws


@pytest.fixture
def ask_database(tmp_path, environment, aws):
    """`ask_database("SELECT ...")`: the first column of its first row."""
    path = tmp_path / "worker.sqlite3"
    environment.update(
        CREDENTIALS,
        AWS_ENDPOINT_URL=aws.url,
        DATABASE_URL=f"sqlite:///{path}",
        SYNC_REGIONS=",".join(SIZE.region_names),
        WORKER_PROCESSES="1",
    )
    migrate(environment["DATABASE_URL"])

    def ask(query, *values):
        with closing(sqlite3.connect(path, timeout=20)) as connection:
            return connection.execute(query, values).fetchone()[0]

    return ask


@pytest.fixture
def enqueue(start):
    def call(scope):
        asked = start("manage.py", "shell", "--verbosity=0", "-c", ASK.format(scope))
        assert asked.process.wait(60) == 0, asked.output

    return call


def test_one_process_reads_several_regions_and_another_is_free(aws, ask_database, start, enqueue):
    def state(sync):
        return ask_database("SELECT state FROM inventory_sync WHERE id = ?", sync)

    worker = start(*WORKER)
    enqueue("Scope()")
    eventually(lambda: state(1) == "succeeded")
    pipeline = ask_database("SELECT name FROM inventory_pipeline")

    aws.configure(faults=[{"operation": "ListDomains", "code": "hang", "count": 100}])
    enqueue("Scope()")
    eventually(lambda: ask_database("SELECT count(*) FROM inventory_syncpart WHERE state = 'running'") == SIZE.regions)
    enqueue(ONE.format(pipeline))
    eventually(lambda: state(3) == "succeeded")
    assert state(2) == "running"
    worker.kill()  # it would wait for the answers
