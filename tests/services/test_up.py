"""`manage.py up`: real processes on SQLite and the filesystem broker."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

PROJECT = Path(__file__).parent.parent.parent


def processes_with(marker):
    """The arguments of every process whose environment holds the marker: the children inherit the data directory."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if marker.encode() in (folder / "environ").read_bytes():
                found.append((folder / "cmdline").read_bytes())
        except OSError:
            continue
    return found


@pytest.fixture
def up(start, free_port):
    running = start("manage.py", "up", "--port", str(free_port))
    running.wait_for("Ctrl-C ends it.")
    return running


def test_it_answers_when_it_says_so(up, fetch, free_port):
    assert fetch(f"http://127.0.0.1:{free_port}/health")[0] == 200


def test_it_tells_how_to_get_an_administrator(up):
    assert "no superuser yet: python manage.py createsuperuser" in up.output


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_and_leaves_nothing_running(up, environment, number):
    marker = f"DATA_DIR={environment['DATA_DIR']}"
    assert len(processes_with(marker)) > 3
    assert up.end(number) == 0
    assert processes_with(marker) == []


def test_a_dead_web_server_is_started_again(up, fetch, free_port):
    children = Path(f"/proc/{up.process.pid}/task/{up.process.pid}/children")
    if not children.exists():
        pytest.skip("the kernel does not list children")
    web = next(pid for pid in children.read_text().split() if b"granian" in Path(f"/proc/{pid}/cmdline").read_bytes())
    os.kill(int(web), signal.SIGKILL)
    up.wait_for("ended with code -9; starting it again")
    deadline = time.monotonic() + 30
    while not (up_again := fetch(f"http://127.0.0.1:{free_port}/health")[0] == 200) and time.monotonic() < deadline:
        time.sleep(0.2)
    assert up_again


def test_a_port_in_use_is_said_at_once(environment):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        command = (sys.executable, "manage.py", "up", "--port", port)
        ended = subprocess.run(command, env=environment, cwd=PROJECT, capture_output=True, text=True, timeout=60)

    assert ended.returncode == 1
    assert f"Port {port} of 127.0.0.1 is in use. Choose another with --port." in ended.stderr
