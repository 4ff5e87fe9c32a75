"""Commands of the service as real processes, each test with a data directory of its own."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

PROJECT = Path(__file__).parent.parent.parent
OURS = ("DATABASE_URL", "REDIS_URL", "SYNC_REGIONS", "API_ANONYMOUS_READ", "DJANGO_SETTINGS_MODULE")


class Running:
    """A command under way, its output in a file."""

    def __init__(self, arguments: tuple[str, ...], environment: dict[str, str], log: Path) -> None:
        self._log = log
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                (sys.executable, *arguments), env=environment, cwd=PROJECT, stdout=output, stderr=subprocess.STDOUT
            )

    @property
    def output(self) -> str:
        return self._log.read_text(errors="replace")

    def wait_for(self, text: str, seconds: float = 90) -> None:
        deadline = time.monotonic() + seconds
        while text not in self.output:
            assert self.process.poll() is None, self.output
            assert time.monotonic() < deadline, self.output
            time.sleep(0.1)

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Its exit status; a process that does not end within 10 s fails the test."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(10)


@pytest.fixture
def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in OURS and not name.startswith("AWS_")}
    return {**kept, "DATA_DIR": str(tmp_path / "data")}


@pytest.fixture
def start(environment: dict[str, str], tmp_path: Path) -> Iterator[Callable[..., Running]]:
    """`start("manage.py", "up", DATABASE_URL=...)`; whatever still runs when the test is over is ended."""
    started: list[Running] = []

    def start_one(*arguments: str, **changes: str) -> Running:
        started.append(Running(arguments, {**environment, **changes}, tmp_path / f"output-{len(started)}.txt"))
        return started[-1]

    yield start_one
    for running in reversed(started):
        with suppress(subprocess.TimeoutExpired):
            running.end()
        running.process.kill()
        running.process.wait()


@pytest.fixture
def fetch() -> Callable[..., tuple[int, bytes]]:
    """The status and body of a GET, or of a POST when there is a document."""

    def ask(url: str, document: object = None, **headers: str) -> tuple[int, bytes]:
        data = None if document is None else json.dumps(document).encode()
        request = urllib.request.Request(url, data, {"Content-Type": "application/json", **headers})
        try:
            with urllib.request.urlopen(request, timeout=30) as response:
                return response.status, response.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read()
        except urllib.error.URLError:
            return 0, b""

    return ask
