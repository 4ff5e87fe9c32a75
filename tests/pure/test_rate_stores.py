"""Stores: one change at a time, and what happens when a store is lost."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest

from inventory.aws.rate import law, ledger
from inventory.aws.rate.files import FileStore
from inventory.aws.rate.law import Bounds
from inventory.aws.rate.ledger import Ledger
from inventory.aws.rate.store import MemoryStore, StoreLostError
from inventory.aws.rate.sturdy import RETRY, SturdyStore, shared_store

BOUNDS = Bounds(start=10.0, floor=0.5, ceiling=1000.0)
NAME = "123456789012:us-east-1:sagemaker"


def one_more(held: Ledger | None, now: float) -> tuple[Ledger, float]:
    """The calls counted so far."""
    counted = ledger.counted(held or ledger.opened(BOUNDS, now), {"list": 1})
    return counted, counted.classes["list"].calls


def rate(held: Ledger | None, now: float) -> tuple[Ledger, float]:
    kept = held or ledger.opened(BOUNDS, now)
    return kept, law.rate(kept.total, BOUNDS)


@pytest.fixture(params=["memory", "file"])
def store(request, tmp_path):
    return MemoryStore() if request.param == "memory" else FileStore(tmp_path / "rates")


def test_changes_of_threads_are_all_kept(store):
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda _: store.update(NAME, one_more), range(200)))
    assert store.update(NAME, one_more) == 201


def test_names_are_apart(store):
    store.update(NAME, one_more)
    assert store.update("123456789012:eu-west-1:sagemaker", one_more) == 1


def test_a_change_that_fails_changes_nothing(store):
    store.update(NAME, one_more)
    with pytest.raises(ZeroDivisionError):
        store.update(NAME, lambda held, now: 1 / 0)
    assert store.update(NAME, one_more) == 2


def test_files_outlive_the_store(tmp_path):
    FileStore(tmp_path).update(NAME, one_more)
    assert FileStore(tmp_path).update(NAME, one_more) == 2


def test_a_shorter_ledger_leaves_nothing_of_a_longer_one(tmp_path):
    store = FileStore(tmp_path)
    store.update(NAME, lambda _, now: (ledger.counted(ledger.opened(BOUNDS, now), {"x" * 99: 1}), None))
    store.update(NAME, lambda _, now: (ledger.opened(BOUNDS, now), None))
    assert store.update(NAME, one_more) == 1


@pytest.mark.parametrize("torn", [b"", b"\0" * 200, b"0000", b"deadbeef[[1"])
def test_a_torn_file_is_learned_anew(tmp_path, torn):
    store = FileStore(tmp_path)
    store.update(NAME, one_more)
    next(tmp_path.iterdir()).write_bytes(torn)
    assert store.update(NAME, one_more) == 1


def test_a_directory_that_went_away_is_made_again(tmp_path):
    store = FileStore(tmp_path / "rates")
    store.update(NAME, one_more)
    for path in (tmp_path / "rates").iterdir():
        path.unlink()
    (tmp_path / "rates").rmdir()
    assert store.update(NAME, one_more) == 1


def test_a_directory_that_cannot_be_made_is_a_lost_store(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(StoreLostError):
        FileStore(tmp_path / "file" / "rates").update(NAME, one_more)


class Fragile(MemoryStore):
    lost = False

    def update(self, name, change):
        if self.lost:
            raise StoreLostError("no answer")
        return super().update(name, change)


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def shared() -> Fragile:
    return Fragile()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sturdy(shared, clock) -> SturdyStore:
    return SturdyStore(shared, clock)


def test_a_lost_store_stops_nobody(sturdy, shared):
    shared.lost = True
    first, second = sturdy.update(NAME, one_more), sturdy.update(NAME, one_more)
    assert second == first + 1


def test_alone_a_process_takes_a_quarter_of_the_rate_it_knew(sturdy, shared):
    sturdy.update(NAME, partial(_at, 40.0))
    shared.lost = True
    assert sturdy.update(NAME, rate) == 10


def test_alone_from_the_beginning_it_takes_a_quarter_of_the_start(sturdy, shared):
    shared.lost = True
    assert sturdy.update(NAME, rate) == 2.5


def test_the_loss_is_said_once(sturdy, shared, caplog):
    shared.lost = True
    for _ in range(3):
        sturdy.update(NAME, one_more)
    assert [record.levelno for record in caplog.records] == [logging.WARNING]


def test_while_it_is_lost_it_is_not_asked(sturdy, shared):
    shared.lost = True
    sturdy.update(NAME, one_more)
    shared.lost = False
    sturdy.update(NAME, one_more)
    assert shared.update(NAME, one_more) == 1


def test_some_seconds_later_it_is_tried_again(sturdy, shared, clock):
    shared.lost = True
    sturdy.update(NAME, one_more)
    shared.lost = False
    clock.now += RETRY
    sturdy.update(NAME, one_more)
    assert shared.update(NAME, one_more) == 2


def test_a_loss_that_lasts_is_not_said_again(sturdy, shared, clock, caplog):
    shared.lost = True
    for _ in range(3):
        sturdy.update(NAME, one_more)
        clock.now += RETRY
    assert len(caplog.records) == 1


def test_that_it_came_back_is_said(sturdy, shared, clock, caplog):
    caplog.set_level(logging.INFO)
    shared.lost = True
    sturdy.update(NAME, one_more)
    shared.lost = False
    clock.now += RETRY
    sturdy.update(NAME, one_more)
    assert caplog.records[-1].message == "The rate of calls is shared again."


def _at(calls_per_second: float, _held: Ledger | None, now: float) -> tuple[Ledger, None]:
    return ledger.opened(Bounds(calls_per_second, 0.5, 1000.0), now), None


def test_without_redis_the_store_is_a_directory(tmp_path):
    shared_store("", tmp_path / "rates").update(NAME, one_more)
    assert FileStore(tmp_path / "rates").update(NAME, one_more) == 2


def test_the_file_has_the_name_of_what_it_limits(tmp_path: Path):
    FileStore(tmp_path).update(NAME, one_more)
    assert [path.name for path in tmp_path.iterdir()] == ["123456789012%3Aus-east-1%3Asagemaker"]
