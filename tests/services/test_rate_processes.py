"""One rate for several processes: through files, and through a real Redis."""

from __future__ import annotations

import os
import subprocess
import sys
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import redis

from inventory.aws.rate import ledger
from inventory.aws.rate.classes import RateKey, RateSettings
from inventory.aws.rate.files import FileStore
from inventory.aws.rate.law import Bounds
from inventory.aws.rate.ledger import Ledger
from inventory.aws.rate.limiter import RateLimiter
from inventory.aws.rate.redis_store import RedisStore
from inventory.aws.rate.store import StoreLostError
from inventory.aws.rate.sturdy import SturdyStore

PROJECT = Path(__file__).parent.parent.parent
REDIS_URL = os.environ.get("TEST_REDIS_URL", "")
BOUNDS = Bounds(start=10.0, floor=0.5, ceiling=1000.0)
KEY = RateKey("123456789012", "us-east-1", "list")
NAME = KEY.shared
WORKER = """
import sys, threading
from pathlib import Path
from inventory.aws.rate.classes import RateKey, RateSettings
from inventory.aws.rate.files import FileStore
from inventory.aws.rate.limiter import RateLimiter
from inventory.aws.rate.redis_store import RedisStore

kind, where, prefix, calls = sys.argv[1:]
store = FileStore(Path(where)) if kind == "file" else RedisStore(where, prefix)
limiter = RateLimiter(store, RateSettings(start=200, ceiling=400))
key = RateKey("123456789012", "us-east-1", "list")

def work():
    for _ in range(int(calls)):
        limiter.acquire(key)
        limiter.succeeded(key)

threads = [threading.Thread(target=work) for _ in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
limiter.rate(key)  # tells what was noted
"""
DIE_HOLDING = """
import os, signal, sys
from pathlib import Path
from inventory.aws.rate.files import FileStore

FileStore(Path(sys.argv[1])).update(sys.argv[2], lambda held, now: os.kill(os.getpid(), signal.SIGKILL))
"""

FORK = """
import os, sys
from pathlib import Path
from inventory.aws.rate import ledger
from inventory.aws.rate.files import FileStore
from inventory.aws.rate.law import Bounds

def one_more(held, now):
    return ledger.counted(held or ledger.opened(Bounds(10, 1, 100), now), {"list": 1}), None

store = FileStore(Path(sys.argv[1]))
os.fork()
os.fork()  # four processes now
for _ in range(100):
    store.update(sys.argv[2], one_more)
while True:
    try:
        os.wait()
    except ChildProcessError:
        break
"""


def one_more(held: Ledger | None, now: float) -> tuple[Ledger, float]:
    """The calls counted so far."""
    counted = ledger.counted(held or ledger.opened(BOUNDS, now), {"list": 1})
    return counted, counted.classes["list"].calls


def work_in_processes(kind: str, where: str, prefix: str = "") -> list[int]:
    """Three processes of 4 threads with 25 calls each."""
    command = [sys.executable, "-c", WORKER, kind, where, prefix, "25"]
    workers = [subprocess.Popen(command, cwd=PROJECT) for _ in range(3)]
    return [worker.wait(60) for worker in workers]


def test_processes_share_a_file(tmp_path):
    assert work_in_processes("file", str(tmp_path)) == [0, 0, 0]
    assert FileStore(tmp_path).update(NAME, one_more) == 301


def test_a_process_that_dies_while_it_holds_the_file_blocks_nobody(tmp_path):
    FileStore(tmp_path).update(NAME, one_more)
    died = subprocess.run([sys.executable, "-c", DIE_HOLDING, tmp_path, NAME], cwd=PROJECT, check=False)
    assert (died.returncode, FileStore(tmp_path).update(NAME, one_more)) == (-9, 2)


def test_a_forked_process_does_not_share_the_lock(tmp_path):
    """The descriptor of a lock that parent and child inherit would let both in."""
    subprocess.run([sys.executable, "-c", FORK, tmp_path, NAME], cwd=PROJECT, check=True)
    assert FileStore(tmp_path).update(NAME, one_more) == 401


@pytest.fixture
def prefix():
    """Keys of the test alone, gone afterwards."""
    if not REDIS_URL:
        assert not os.environ.get("CI"), "CI must set TEST_REDIS_URL"
        pytest.skip("TEST_REDIS_URL is not set")
    own = f"test-rate-{uuid.uuid4().hex}:"
    yield own
    with redis.Redis.from_url(REDIS_URL) as client:
        client.delete(own + NAME)


@pytest.fixture
def new_store(prefix):
    made = []

    def new() -> RedisStore:
        made.append(RedisStore(REDIS_URL, prefix))
        return made[-1]

    yield new
    for store in made:
        store.close()


@pytest.fixture
def server(prefix):
    with redis.Redis.from_url(REDIS_URL) as client:
        yield client


def test_processes_share_redis(new_store, prefix):
    assert work_in_processes("redis", REDIS_URL, prefix) == [0, 0, 0]
    assert new_store().update(NAME, one_more) == 301


def test_changes_of_threads_are_all_kept(new_store):
    store = new_store()
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda _: store.update(NAME, one_more), range(100)))
    assert store.update(NAME, one_more) == 101


def test_what_another_store_changed_is_seen(new_store):
    first, second = new_store(), new_store()
    assert [store.update(NAME, one_more) for store in (first, second, first, second)] == [1, 2, 3, 4]


def test_a_throttle_of_one_worker_slows_the_others(new_store):
    RateLimiter(new_store(), RateSettings()).throttled(KEY)
    assert RateLimiter(new_store(), RateSettings()).rate(KEY) == 5


def test_a_change_sees_the_time_of_redis(new_store, server):
    before = server.time()[0]
    now = new_store().update(NAME, lambda held, now: (held or ledger.opened(BOUNDS, now), now))
    assert before <= now <= server.time()[0] + 1


def test_a_rate_expires(new_store, server, prefix):
    new_store().update(NAME, one_more)
    assert 0 < server.ttl(prefix + NAME) <= 3600


def test_a_redis_that_lost_everything_is_no_error(new_store, server, prefix):
    store = new_store()
    store.update(NAME, one_more)
    server.delete(prefix + NAME)
    server.script_flush()
    assert store.update(NAME, one_more) == 1


def test_connections_that_were_cut_are_made_again(new_store, server):
    store = new_store()
    store.update(NAME, one_more)
    server.client_kill_filter(_id=store._redis.client_id())
    assert store.update(NAME, one_more) == 2


def test_a_redis_that_does_not_answer_is_lost():
    with pytest.raises(StoreLostError):
        RedisStore("redis://127.0.0.1:9/0").update(NAME, one_more)


def test_without_its_redis_a_limiter_goes_on_alone():
    limiter = RateLimiter(SturdyStore(RedisStore("redis://127.0.0.1:9/0")), RateSettings(start=40))
    for _ in range(5):
        limiter.acquire(KEY)
        limiter.succeeded(KEY)
    limiter.throttled(KEY)
    assert limiter.rate(KEY) < 10
