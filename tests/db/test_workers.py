"""What the programs around the tasks see to."""

from __future__ import annotations

import gc
import os
import subprocess
import sys

import pytest
from celery.signals import worker_before_create_process

import lineage_site.celery  # noqa: F401  (it listens)

TOLD = "from lineage_site.celery import app; print(app.conf.worker_concurrency)"


@pytest.fixture(autouse=True)
def nothing_is_frozen():
    gc.unfreeze()
    yield
    gc.unfreeze()


def test_what_a_worker_has_loaded_is_left_out_of_the_collections_of_its_processes():
    worker_before_create_process.send(sender=None)
    assert gc.get_freeze_count() > 0


@pytest.mark.parametrize(
    ("given", "processes"), [({}, "3"), ({"WORKER_PROCESSES": "5"}, "6")], ids=["default", "given"]
)
def test_a_worker_has_one_process_more_than_may_crawl(given, processes):
    environment = {name: value for name, value in os.environ.items() if name != "WORKER_PROCESSES"} | given
    command = (sys.executable, "-c", TOLD)
    assert (
        subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout.strip() == processes
    )
