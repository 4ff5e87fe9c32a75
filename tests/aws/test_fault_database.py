"""A database that another process holds in the middle of a crawl."""

from __future__ import annotations

import subprocess
import sys

import pytest
from django.db import connection

from inventory.signals import facts_changed
from tests.aws.faulting import Estate, complaints, is_current, read_demo
from tests.aws.syncing import run

pytestmark = pytest.mark.django_db(transaction=True)
HOLD = """
import sqlite3, sys, time
connection = sqlite3.connect(sys.argv[1], timeout=60, isolation_level=None)
connection.execute("BEGIN EXCLUSIVE")
print("held", flush=True)
time.sleep(3)
connection.execute("ROLLBACK")
"""


@pytest.fixture
def estate(demo_aws, create_pipeline, monkeypatch, settings):
    read_demo(demo_aws, monkeypatch, settings)
    return Estate(demo_aws, create_pipeline)


@pytest.fixture
def hold_after_the_next_facts():
    """Another process takes the database for 3 s as soon as a crawl has written something; gives that process."""
    started = []

    def hold(**_):
        if not started:
            command = (sys.executable, "-c", HOLD, connection.settings_dict["NAME"])
            started.append(subprocess.Popen(command, stdout=subprocess.PIPE, text=True))

    def arm():
        facts_changed.connect(hold)
        return started

    yield arm
    facts_changed.disconnect(hold)
    for process in started:
        process.communicate(timeout=60)


@pytest.mark.skipif("connection.vendor != 'sqlite'")
def test_a_crawl_waits_for_a_locked_database(estate, client, hold_after_the_next_facts):
    run()
    estate.change()
    estate.demo_aws.faults.add("Hang", action="DescribePipeline", seconds=1)
    holders = hold_after_the_next_facts()
    done = run()

    assert [holder.stdout.read() for holder in holders] == ["held\n"]
    assert done.state == "succeeded"
    assert complaints() == []
    assert is_current(client)
