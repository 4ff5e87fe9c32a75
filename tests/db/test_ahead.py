"""A listing is read on while its reader is busy; what fails is raised where its batch would have been."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from inventory.sync import ahead
from inventory.sync.ahead import ReadAhead

SOON = 5  # s


@pytest.fixture
def begin():
    """Begins to read records two by two, in a thread."""
    over = Event()
    with ThreadPoolExecutor() as pool:

        def read(records):
            reading = ReadAhead(iter(records), 2, over.is_set)
            reading.done = pool.submit(reading.read)
            return reading

        yield read
        over.set()


def batches(reading, beat=lambda: None):
    return reading.batches(beat, 0.01)


def test_batches_come_in_their_order(begin):
    assert list(batches(begin(range(5)))) == [[0, 1], [2, 3], [4]]


def test_nothing_is_no_batch(begin):
    assert list(batches(begin([]))) == []


def test_it_reads_on_before_anybody_asks(begin):
    assert begin(range(5)).done.result(SOON) is None


def test_it_reads_no_further_ahead_than_it_may(begin, monkeypatch):
    monkeypatch.setattr(ahead, "MOST_BATCHES", 1)
    read, third = [], Event()

    def records():
        for number in range(10):
            read.append(number)
            if number == 2:
                third.set()
            yield number

    reading = begin(records())
    assert third.wait(SOON)
    assert not Event().wait(0.05)
    assert len(read) <= 4
    assert len(list(batches(reading))) == 5


def test_an_error_comes_after_what_was_read_before_it(begin):
    def records():
        yield from range(4)
        raise ValueError("cut off")

    found = batches(begin(records()))
    assert [next(found), next(found)] == [[0, 1], [2, 3]]
    with pytest.raises(ValueError, match="cut off"):
        next(found)


def test_whoever_waits_long_shows_life(begin):
    beats, go_on = [], Event()

    def records():
        go_on.wait(SOON)
        yield 1

    def beat():
        beats.append(1)
        go_on.set()

    assert list(batches(begin(records()), beat)) == [[1]]
    assert beats


def test_it_ends_when_its_reader_leaves(begin, monkeypatch):
    monkeypatch.setattr(ahead, "MOST_BATCHES", 1)
    monkeypatch.setattr(ahead, "LOOK_SECONDS", 0.01)
    reading = begin(range(100))
    found = batches(reading)
    next(found)
    found.close()
    assert reading.done.result(SOON) is None


def test_it_ends_when_nobody_wants_it_any_more(monkeypatch):
    monkeypatch.setattr(ahead, "MOST_BATCHES", 1)
    monkeypatch.setattr(ahead, "LOOK_SECONDS", 0.01)
    over = Event()
    reading = ReadAhead(iter(range(100)), 1, over.is_set)
    with ThreadPoolExecutor() as pool:
        done = pool.submit(reading.read)
        over.set()
        assert done.result(SOON) is None
