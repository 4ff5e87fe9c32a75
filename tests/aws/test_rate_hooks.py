"""A boto3 client that is limited, against a server that throttles."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, EndpointConnectionError

from inventory.aws.rate.classes import RateKey, RateSettings
from inventory.aws.rate.hooks import attach, is_throttle
from inventory.aws.rate.limiter import RateLimiter, StoppedWaitingError
from inventory.aws.rate.store import MemoryStore

ACCOUNT_ID = "123456789012"
FINE = (200, {"PipelineSummaries": []})
THROTTLED = (400, {"__type": "ThrottlingException", "message": "Rate exceeded"})


class Server(ThreadingHTTPServer):
    """Answers what it is told to, then all that a bucket of tokens admits."""

    request_queue_size = 64
    rate = burst = tokens = 1_000_000.0

    def __init__(self) -> None:
        self.planned: list[tuple[int, dict[str, Any]]] = []
        self.answered: list[tuple[str, int]] = []
        self.signed_at: list[str] = []
        self.refilled_at = time.monotonic()
        self.lock = threading.Lock()
        super().__init__(("127.0.0.1", 0), Answers)

    def answer(self, target: str, signed_at: str) -> tuple[int, dict[str, Any]]:
        with self.lock:
            answer = self.planned.pop(0) if self.planned else self._by_tokens()
            self.answered.append((target.rsplit(".", 1)[-1], answer[0]))
            self.signed_at.append(signed_at)
            return answer

    def _by_tokens(self) -> tuple[int, dict[str, Any]]:
        now = time.monotonic()
        self.tokens = min(self.burst, self.tokens + (now - self.refilled_at) * self.rate)
        self.refilled_at = now
        if self.tokens < 1:
            return THROTTLED
        self.tokens -= 1
        return FINE


class Answers(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Server

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        status, document = self.server.answer(self.headers["X-Amz-Target"], self.headers["X-Amz-Date"])
        body = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/x-amz-json-1.1")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Nothing."""


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as running:
        thread = threading.Thread(target=running.serve_forever, args=(0.01,))
        thread.start()
        yield running
        running.shutdown()
        thread.join()


@pytest.fixture
def limiter() -> RateLimiter:
    return RateLimiter(MemoryStore(), RateSettings())


@pytest.fixture
def new_client(server, limiter):
    made = []

    def new(attempts: int = 8, by: RateLimiter = limiter, **more: Any) -> Any:
        host, port = server.server_address
        client = boto3.Session().client(
            "sagemaker",
            region_name="us-east-1",
            endpoint_url=f"http://{host}:{port}",
            aws_access_key_id="testing",
            aws_secret_access_key="testing",
            config=Config(retries={"mode": "standard", "total_max_attempts": attempts}, max_pool_connections=32),
        )
        attach(client, by, ACCOUNT_ID, **more)
        made.append(client)
        return client

    yield new
    for client in made:
        client.close()


@pytest.fixture
def acquired(limiter, monkeypatch) -> list[RateKey]:
    """The keys of the permits that were asked for."""
    keys: list[RateKey] = []
    acquire = limiter.acquire
    monkeypatch.setattr(limiter, "acquire", lambda key, stop=None: keys.append(key) or acquire(key, stop))
    return keys


def tally(limiter: RateLimiter, name: str) -> tuple[float, float]:
    """Calls of a class that were admitted, and that were throttled."""
    key = RateKey(ACCOUNT_ID, "us-east-1", name)
    limiter.rate(key)  # tells what was noted
    held = limiter._store.update(key.shared, lambda ledger, _: (ledger, ledger.classes[name]))
    return held.calls, held.throttles


def test_a_call_takes_a_permit_of_its_class(new_client, acquired):
    new_client().list_pipelines()
    assert acquired == [RateKey(ACCOUNT_ID, "us-east-1", "list", "sagemaker")]


def test_each_attempt_takes_a_permit(new_client, acquired, server):
    server.planned = [THROTTLED, (500, {}), FINE]
    new_client().list_pipelines()
    assert len(acquired) == 3


def test_throttles_and_admitted_calls_are_learned(new_client, server, limiter):
    server.planned = [THROTTLED, FINE]
    client = new_client()
    client.list_pipelines()
    client.list_pipelines()
    assert tally(limiter, "list") == (2, 1)


def test_a_throttle_slows_the_clients_of_the_account(new_client, server, limiter):
    server.planned = [THROTTLED]
    with pytest.raises(ClientError):
        new_client(attempts=1).list_pipelines()
    assert limiter.rate(RateKey(ACCOUNT_ID, "us-east-1", "describe")) == 5


def test_a_denial_is_admitted(new_client, server, limiter):
    server.planned = [(400, {"__type": "AccessDeniedException"})]
    with pytest.raises(ClientError):
        new_client().list_pipelines()
    assert tally(limiter, "list") == (1, 0)


def test_a_failure_of_the_server_says_nothing(new_client, server, limiter):
    server.planned = [(500, {"__type": "InternalFailure"})]
    client = new_client(attempts=1)
    with pytest.raises(ClientError):
        client.list_pipelines()
    client.list_pipelines()
    assert tally(limiter, "list") == (1, 0)


def test_no_answer_says_nothing(limiter):
    client = boto3.Session().client(
        "sagemaker",
        region_name="us-east-1",
        endpoint_url="http://127.0.0.1:9",
        aws_access_key_id="testing",
        aws_secret_access_key="testing",
        config=Config(retries={"total_max_attempts": 1}),
    )
    attach(client, limiter, ACCOUNT_ID)
    with pytest.raises(EndpointConnectionError):
        client.list_pipelines()
    assert limiter.rate(RateKey(ACCOUNT_ID, "us-east-1", "list")) == 10


def test_a_request_is_signed_after_the_wait(new_client, limiter, server, monkeypatch):
    """A signature is as old as its date."""
    waited_until = []
    monkeypatch.setattr(limiter, "acquire", lambda *_: waited_until.append(time.time()) or time.sleep(1.1))
    new_client().list_pipelines()
    signed = time.strptime(server.signed_at[0], "%Y%m%dT%H%M%SZ")
    assert time.strftime("%Y%m%dT%H%M%SZ", signed) > time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(waited_until[0]))


@pytest.fixture
def occupied() -> RateLimiter:
    """The next call may be sent in 100 s."""
    limiter = RateLimiter(MemoryStore(), RateSettings(start=0.01, floor=0.01))
    limiter.acquire(RateKey(ACCOUNT_ID, "us-east-1", "list"))
    return limiter


def test_a_stopped_call_raises_and_is_not_sent(new_client, occupied, server):
    with pytest.raises(StoppedWaitingError):
        new_client(by=occupied, stop=lambda: True).list_pipelines()
    assert server.answered == []


def test_behind_a_bucket_of_tokens_all_calls_are_made_and_all_throttles_learned(new_client, server, limiter):
    server.rate, server.burst, server.tokens = 40.0, 5.0, 5.0
    client = new_client()
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda _: client.list_pipelines(), range(120)))
    statuses = [status for _, status in server.answered]
    assert tally(limiter, "list") == (120, statuses.count(400)) == (statuses.count(200), statuses.count(400))


@pytest.mark.parametrize(
    ("status", "code", "expected"),
    [
        (400, "ThrottlingException", True),
        (429, "", True),
        (503, "SlowDown", True),
        (503, "503", True),
        (400, "RequestLimitExceeded", True),
        (503, "ServiceUnavailable", False),
        (400, "ValidationException", False),
        (200, "", False),
    ],
)
def test_throttles_are_known_by_status_and_code(status, code, expected):
    assert is_throttle(status, code) is expected
