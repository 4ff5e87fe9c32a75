"""Threads that wait for their turn."""

from __future__ import annotations

import itertools
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from inventory.aws.rate import permits
from inventory.aws.rate.classes import RateKey, RateSettings
from inventory.aws.rate.law import Bounds, Grant
from inventory.aws.rate.limiter import RateLimiter, StoppedWaitingError
from inventory.aws.rate.permits import Permits
from inventory.aws.rate.store import MemoryStore

KEY = RateKey("123456789012", "us-east-1", "describe")
FAST = RateSettings(start=1000, ceiling=1000)
SLOW = RateSettings(start=0.01, floor=0.01)


class CountingStore(MemoryStore):
    def __init__(self) -> None:
        super().__init__()
        self.asked = 0

    def update(self, name, change):
        self.asked += 1
        return super().update(name, change)


@pytest.fixture
def store() -> CountingStore:
    return CountingStore()


def test_the_first_call_need_not_wait(store):
    assert RateLimiter(store, RateSettings()).acquire(KEY) < 1


def test_every_thread_gets_its_turn(store):
    limiter = RateLimiter(store, FAST)
    with ThreadPoolExecutor(16) as threads:
        waited = list(threads.map(limiter.acquire, itertools.repeat(KEY, 400)))
    assert len(waited) == 400


def test_at_a_high_rate_the_store_is_asked_once_per_block(store):
    limiter = RateLimiter(store, FAST)
    for _ in range(500):
        limiter.acquire(KEY)
    assert store.asked <= 2 * 500 / 50


def test_a_throttle_halves_the_rate(store):
    limiter = RateLimiter(store, RateSettings())
    limiter.acquire(KEY)
    limiter.throttled(KEY)
    assert limiter.rate(KEY) == 5


def test_a_throttle_is_learned_although_nothing_was_acquired(store):
    limiter = RateLimiter(store, RateSettings())
    limiter.throttled(KEY)
    assert limiter.rate(KEY) == 5


def test_limiters_of_one_store_share_the_rate(store):
    RateLimiter(store, RateSettings()).throttled(KEY)
    assert RateLimiter(store, RateSettings()).rate(KEY) == 5


def test_regions_share_nothing(store):
    limiter = RateLimiter(store, RateSettings())
    limiter.throttled(KEY)
    assert limiter.rate(KEY._replace(region="eu-west-1")) == 10


def test_answers_are_told_with_the_next_request(store):
    limiter = RateLimiter(store, RateSettings())
    for _ in range(5):
        limiter.succeeded(KEY)
    limiter.acquire(KEY)
    admitted = store.update(KEY.shared, lambda ledger, _: (ledger, ledger.classes["describe"].calls))
    assert admitted == 5


def test_an_operation_with_a_rate_of_its_own_has_that_rate(store):
    limiter = RateLimiter(store, RateSettings(per_operation={"ListTags": 2.0}))
    key = limiter.key("123456789012", "us-east-1", "sagemaker", "ListTags")
    limiter.acquire(key)
    assert (limiter.rate(key), limiter.rate(KEY)) == (2, 10)


def test_who_is_stopped_waits_no_longer(store):
    limiter = RateLimiter(store, SLOW)
    limiter.acquire(KEY)
    with pytest.raises(StoppedWaitingError):
        limiter.acquire(KEY, lambda: True)


def test_who_waits_behind_another_can_be_stopped(store):
    limiter = RateLimiter(store, SLOW)
    limiter.acquire(KEY)
    stopped = threading.Event()
    with ThreadPoolExecutor(2) as threads:
        waiting = [threads.submit(limiter.acquire, KEY, stopped.is_set) for _ in range(2)]
        stopped.set()
        assert [type(one.exception()) for one in waiting] == [StoppedWaitingError] * 2


def test_who_was_stopped_leaves_the_turn_to_others(store):
    limiter = RateLimiter(store, RateSettings(start=5, ceiling=5))
    limiter.acquire(KEY)
    with pytest.raises(StoppedWaitingError):
        limiter.acquire(KEY, lambda: True)
    limiter.acquire(KEY)


@pytest.fixture
def held() -> Permits:
    return Permits("123456789012:us-east-1:sagemaker", Bounds(10, 1, 100), frozenset())


def test_permits_are_handed_out_in_order(held):
    held.put("", Grant(3, 0.0, first=100.0, spacing=0.5), held.epoch)
    assert [held.take("").sent_at for _ in range(3)] == [100.0, 100.5, 101.0]


def test_permits_are_recalled(held):
    held.put("", Grant(3, 0.0, first=100.0, spacing=0.5), held.epoch)
    held.recall()
    assert held.take("") is None


def test_a_permit_granted_before_a_recall_is_void(held):
    epoch = held.epoch
    held.recall()
    held.put("", Grant(1, 0.0, first=100.0), epoch)
    assert held.take("").epoch != held.epoch


def test_a_wait_without_a_stop_is_one_sleep(monkeypatch):
    slept = []
    monkeypatch.setattr(permits.time, "sleep", slept.append)
    now = itertools.chain([0.0, 0.0], itertools.repeat(9.0))
    monkeypatch.setattr(permits.time, "monotonic", lambda: next(now))
    permits.sleep(3.0, None)
    assert slept == [3.0]
