"""A process of `manage.py sync` that the system kills: the command says so and ends, and the next one goes on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bench.aws.process import BenchAWS
from bench.database import stored
from bench.estates import CREDENTIALS
from bench.size import Size

SIZE = Size(per_region=3, regions=9)  # more regions than processes
SECONDS = 60
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="its children are found in /proc")


@pytest.fixture
def aws():
    with BenchAWS(pipelines=SIZE.per_region, latency=500) as aws:
        yield aws


@pytest.fixture
def url(tmp_path):
    return f"sqlite:///{tmp_path / 'killed.sqlite3'}"


@pytest.fixture
def begin(aws, url, tmp_path):
    """`begin("sync")`: the command in a process of its own."""
    environment = {
        "PATH": os.environ["PATH"],
        **CREDENTIALS,
        "AWS_ENDPOINT_URL": aws.url,
        "DATABASE_URL": url,
        "DATA_DIR": str(tmp_path),
        "SYNC_REGIONS": ",".join(SIZE.region_names),
        "SYNC_LEASE_SECONDS": "5",
    }

    def call(*arguments):
        command = (sys.executable, "manage.py", *arguments)
        return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    assert call("migrate", "--verbosity=0").communicate(timeout=SECONDS) == ("", None)
    return call


def children(process):
    return [int(pid) for pid in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()]


def test_the_command_ends_and_the_next_one_goes_on(aws, url, begin):
    first = begin("sync")
    deadline = time.monotonic() + SECONDS
    while not (aws.calls()["calls"].get("ListPipelines") and children(first)):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    os.kill(children(first)[0], signal.SIGKILL)
    said, _ = first.communicate(timeout=SECONDS)
    assert first.returncode == 1
    assert "A process of this sync was killed." in said
    assert "running: " in said

    aws.configure(latency_ms=0)
    time.sleep(6)  # until the lease has lapsed
    second = begin("sync")
    said, _ = second.communicate(timeout=SECONDS)
    assert second.returncode == 0, said
    assert stored(url) == SIZE.expected
