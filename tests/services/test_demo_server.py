"""The demo AWS as a process of its own: it starts, is loaded, and ends on SIGTERM."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator

import boto3
import pytest

from demo.aws.testing import CREDENTIALS


@pytest.fixture
def process() -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-W", "error", "-m", "demo.aws", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as started:
        yield started
        started.kill()


def url_of(process: subprocess.Popen[str]) -> str:
    """The process says where it listens once it does."""
    return process.stdout.readline().split()[-1]


def test_a_demo_aws_is_started_loaded_and_stopped(process):
    url = url_of(process)
    load = [sys.executable, "-W", "error", "-m", "demo.estate.load", "--endpoint", url]
    loaded = subprocess.run(load, capture_output=True, text=True, check=True)
    client = boto3.client("sagemaker", region_name="us-east-1", endpoint_url=url, **CREDENTIALS)
    pipelines = client.list_pipelines(MaxResults=100)["PipelineSummaries"]

    process.send_signal(signal.SIGTERM)
    _, errors = process.communicate(timeout=20)

    assert "46 pipelines of 3 accounts loaded" in loaded.stdout
    assert len(pipelines) > 10
    assert (process.returncode, errors) == (0, "")
