"""How the back-fill spends its calls of a day: spread over the runs, shared fairly, booked before they are made."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from functools import partialmethod
from importlib import import_module

import pytest
from django.db import connection
from django.utils.timezone import now

from inventory import sync
from inventory.aws.client import Connection
from inventory.models import Execution, Pipeline
from inventory.models.executions import BackfillDay
from inventory.sync import budget, versions
from tests.aws.syncing import ACCESS, REGION, run, training

backfill = import_module("inventory.sync.backfill")
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
LATE = datetime(2026, 11, 20, 23, 45, tzinfo=UTC)


@pytest.mark.parametrize(
    ("left", "moment", "share"),
    [
        (1_000_000, NOON, 41_667),  # 24 runs are left
        (1_000_000, LATE, 1_000_000),
        (100, NOON, budget.LEAST),
        (3, NOON, 3),
    ],
    ids=["spread", "the last run", "no crumbs", "no more than there is"],
)
def test_a_run_takes_its_share_of_what_is_left_of_the_day(left, moment, share):
    assert budget.share_of_a_run(left, moment) == share


@pytest.fixture
def estate(db, transactional_db, monkeypatch, demo_aws, create_pipeline, settings):
    """`estate(pipelines, executions)`: crawled; the first pipeline has the executions, of a training job each."""
    for name, value in {**ACCESS, "AWS_ENDPOINT_URL": demo_aws.url}.items():
        monkeypatch.setenv(name, value)
    settings.SYNC_REGIONS = [REGION]
    settings.SYNC_REGISTRY = False
    monkeypatch.setattr(Connection, "__init__", partialmethod(Connection.__init__, attempts=1))

    def estate(pipelines, executions):
        for number in range(pipelines):
            create_pipeline(f"pipeline-{number}", training())
        demo_aws.amend("pipeline-0", modified=(now() - timedelta(days=9)).isoformat())
        for hours in range(1, executions + 1):
            demo_aws.run("pipeline-0", start=(now() - timedelta(hours=hours)).isoformat(), pace=0)
        run()
        if pipelines == 1:
            versions_are_listed()
        demo_aws.calls.clear()
        return demo_aws

    return estate


def versions_are_listed():
    for pipeline in Pipeline.objects.all():
        Pipeline.objects.filter(pk=pipeline.pk).update(versions_listed_for=pipeline.last_modified)


def listed():
    return Pipeline.objects.exclude(versions_listed_for=None).count()


def unread():
    return Execution.objects.filter(steps_complete=False).count()


def test_a_large_budget_reads_many_executions_in_one_run(estate, settings):
    settings.SYNC_BACKFILL_CALLS_PER_DAY = 1_000_000
    estate(1, 31)
    assert sync.backfill() == 30
    assert BackfillDay.objects.values_list("calls", "executions").get() == (60, 30)


def test_it_reads_one_lot_after_another(estate, settings, monkeypatch):
    settings.SYNC_BACKFILL_CALLS_PER_DAY = 1_000_000
    monkeypatch.setattr(backfill, "AT_ONCE", 2)
    estate(1, 6)
    assert sync.backfill() == 5


def test_a_large_budget_lists_many_versions_in_one_run(estate, settings, monkeypatch):
    settings.SYNC_BACKFILL_CALLS_PER_DAY = 1_000_000
    monkeypatch.setattr(versions, "BATCH", 2)
    estate(5, 0)
    sync.backfill()
    assert (listed(), BackfillDay.objects.get().calls) == (5, 5)


def test_executions_have_half_of_the_calls_however_many_versions_are_due(estate, settings):
    settings.SYNC_BACKFILL_CALLS_PER_DAY = 4
    estate(6, 3)
    assert sync.backfill() == 1
    assert (listed(), BackfillDay.objects.get().calls) == (2, 4)


def test_where_no_execution_waits_versions_have_all_calls(estate, settings):
    settings.SYNC_BACKFILL_CALLS_PER_DAY = 4
    estate(6, 1)
    sync.backfill()
    assert listed() == 4


def test_an_execution_that_costs_more_than_a_run_s_share_has_its_turn(estate, settings, monkeypatch):
    settings.SYNC_BACKFILL_CALLS_PER_DAY = 10
    monkeypatch.setattr(budget, "share_of_a_run", lambda left, moment: 1)
    estate(1, 4)
    assert sync.backfill() == 1
    assert BackfillDay.objects.get().calls == 2


def test_a_run_ends_in_time_for_the_next(estate, monkeypatch):
    monkeypatch.setattr(budget, "LONGEST", 0)
    aws = estate(2, 3)
    assert sync.backfill() == 0
    assert aws.calls.by_action("sagemaker") == {}


def test_a_region_where_nothing_can_be_read_rests_until_the_next_run(estate, monkeypatch):
    monkeypatch.setattr(backfill, "AT_ONCE", 1)
    aws = estate(1, 6)
    aws.faults.add("ThrottlingException", action="ListPipelineExecutionSteps", times=1)
    assert sync.backfill() == 0
    assert aws.calls.by_action("sagemaker") == {"ListPipelineExecutionSteps": 1}
    assert sync.backfill() == 4
    assert Execution.objects.get(steps_complete=False).wants_steps  # of the next sync


def test_where_versions_cannot_be_listed_the_run_ends(estate, monkeypatch):
    monkeypatch.setattr(versions, "BATCH", 1)
    aws = estate(5, 0)
    aws.faults.add("ThrottlingException", action="ListPipelineVersions")
    sync.backfill()
    assert aws.calls.by_action("sagemaker") == {"ListPipelineVersions": versions.ENOUGH_FAILURES}


@pytest.mark.skipif("connection.vendor != 'sqlite'")
@pytest.mark.parametrize("operation", ["ListPipelineVersions", "DescribeTrainingJob"])
def test_a_worker_that_is_killed_has_booked_its_calls(estate, tmp_path, operation):
    aws = estate(3, 4)
    aws.faults.add("Hang", action=operation, seconds=60)
    worker = subprocess.Popen(
        (sys.executable, "manage.py", "shell", "--verbosity=0", "-c", "from inventory import sync; sync.backfill()"),
        env={
            **ACCESS,
            "PATH": os.environ["PATH"],
            "AWS_ENDPOINT_URL": aws.url,
            "DATABASE_URL": f"sqlite:///{connection.settings_dict['NAME']}",
            "DATA_DIR": str(tmp_path),
            "DJANGO_SETTINGS_MODULE": "lineage_site.settings",
        },
    )
    try:
        wait_until(lambda: aws.calls.count(action=operation))
        made = sum(aws.calls.by_action("sagemaker").values())
    finally:
        worker.kill()
        worker.wait()
    aws.faults.clear()
    assert BackfillDay.objects.get().calls >= made

    BackfillDay.objects.update(held_until=None)  # as it is once the hold has lapsed
    sync.backfill()
    assert (listed(), unread()) == (3, 0)


def wait_until(condition):
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)
