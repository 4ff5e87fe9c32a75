"""Commands of the service as real processes, each test with a data directory, a database and a Redis of its own."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
import redis

KEY = "a key of the test alone, which signs nothing of worth"
PROJECT = Path(__file__).parent.parent.parent
OURS = ("DATABASE_URL", "REDIS_URL", "SYNC_REGIONS", "API_ANONYMOUS_READ", "DJANGO_SETTINGS_MODULE")


class Running:
    """A command under way, its output in a file."""

    def __init__(self, arguments: tuple[str, ...], environment: dict[str, str], log: Path) -> None:
        self._log = log
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                (sys.executable, *arguments),
                env=environment,
                cwd=PROJECT,
                stdout=output,
                stderr=subprocess.STDOUT,
                process_group=0,
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

    def kill(self) -> None:
        """Also the processes that it has begun."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


class RedisServer:
    """A Redis that keeps nothing: restarted, it is empty."""

    def __init__(self) -> None:
        self.port = any_free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.start()

    def start(self) -> None:
        command = ("redis-server", "--port", str(self.port), "--save", "", "--appendonly", "no")
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        with redis.Redis.from_url(self.url) as client:
            eventually(lambda: pings(client))

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()

    def restart(self) -> None:
        self.stop()
        self.start()


def pings(client: redis.Redis) -> bool:
    with suppress(redis.ConnectionError):
        return bool(client.ping())
    return False


def any_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def eventually(condition: Callable[[], object], seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.1)


@pytest.fixture
def free_port() -> int:
    return any_free_port()


@pytest.fixture
def own_redis() -> Iterator[RedisServer]:
    """Its `url`; `restart` empties it."""
    if shutil.which("redis-server") is None:
        assert not os.environ.get("CI"), "CI must have redis-server"
        pytest.skip("redis-server is not installed")
    server = RedisServer()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def migrated_database() -> Iterator[str]:
    """The address of a database that was only migrated: a template for others. Skips without TEST_DATABASE_URL."""
    address = os.environ.get("TEST_DATABASE_URL", "")
    if not address.startswith("postgres"):
        assert not os.environ.get("CI"), "CI must set TEST_DATABASE_URL"
        pytest.skip("TEST_DATABASE_URL is not set")
    with new_database(address) as url:
        migrate(url)
        yield url


@pytest.fixture
def own_database(migrated_database: str) -> Iterator[str]:
    """The address of a migrated database of its own, gone afterwards."""
    with new_database(migrated_database, template=urlsplit(migrated_database).path.strip("/")) as url:
        yield url


@contextmanager
def new_database(address: str, template: str = "template0") -> Iterator[str]:
    name = f"faults_{uuid.uuid4().hex[:12]}"
    server = urlsplit(address)
    with psycopg.connect(urlunsplit(server._replace(path="/postgres")), autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        yield urlunsplit(server._replace(path=f"/{name}"))
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def migrate(url: str) -> None:
    environment = {**plain_environment(), "DATABASE_URL": url, "DJANGO_SECRET_KEY": KEY}
    command = (sys.executable, "manage.py", "migrate", "--verbosity=0")
    subprocess.run(command, env=environment, cwd=PROJECT, check=True)


def plain_environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name not in OURS and not name.startswith("AWS_")}


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return {**plain_environment(), "DATA_DIR": str(tmp_path / "data")}


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
        running.kill()


@pytest.fixture
def fetch() -> Callable[..., tuple[int, bytes]]:
    """The status and body of a GET, or of a POST when there is a document; 0 and nothing without an answer."""

    def ask(url: str, document: object = None, **headers: str) -> tuple[int, bytes]:
        data = None if document is None else json.dumps(document).encode()
        request = urllib.request.Request(url, data, {"Content-Type": "application/json", **headers})
        try:
            with urllib.request.urlopen(request, timeout=30) as response:
                return response.status, response.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read()
        except OSError:
            return 0, b""

    return ask
