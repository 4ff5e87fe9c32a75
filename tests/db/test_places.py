"""Places that the processes of a worker share: real processes, forked from this one."""

from __future__ import annotations

import os
import signal

import pytest

from inventory.sync.places import Places


@pytest.fixture
def fork():
    """`fork(work)`: a process that does it, and is killed in the end at the latest."""
    children = []

    def begin(work):
        child = os.fork()
        if child == 0:
            work()
            os._exit(0)
        children.append(child)
        return child

    yield begin
    for child in children:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


@pytest.fixture
def holder(fork):
    """`holder(places)`: a process that has a place, and keeps it."""

    def hold(places):
        told, tell = os.pipe()

        def work():
            with places.taken() as is_mine:
                os.write(tell, b"mine" if is_mine else b"none")
                signal.pause()

        child = fork(work)
        assert os.read(told, 4) == b"mine"
        return child

    return hold


def taken(places):
    with places.taken() as is_mine:
        return is_mine


def test_a_place_is_given_to_one_process(holder):
    places = Places(1)
    holder(places)
    assert not taken(places)


def test_there_are_as_many_as_were_asked_for(holder):
    places = Places(2)
    holder(places)
    assert taken(places)
    holder(places)
    assert not taken(places)


def test_the_place_of_a_process_that_is_killed_is_free(holder, fork):
    places = Places(1)
    child = holder(places)
    os.kill(child, signal.SIGKILL)
    os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)
    assert taken(places)


def test_a_place_is_free_after_its_block():
    places = Places(1)
    assert taken(places)
    assert taken(places)


def test_closed_places_are_given_to_nobody():
    places = Places(1)
    assert places.are_open
    places.close()
    assert not places.are_open
    assert not taken(places)
