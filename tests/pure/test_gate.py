"""What holds calls back."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import suppress

import pytest

from inventory.aws import gate as gate_module
from inventory.aws.gate import Gate

SOON = 10


@pytest.fixture
def threads():
    with ThreadPoolExecutor() as pool:
        yield pool


def test_it_is_open():
    Gate().wait()


def test_calls_wait_for_the_end_of_the_block(threads):
    gate = Gate()
    with gate.closed():
        call = threads.submit(gate.wait, model="as botocore calls it")
        assert not wait([call], timeout=0.2).done
    call.result(SOON)


def test_calls_wait_for_the_last_of_several_blocks(threads):
    gate = Gate()
    with gate.closed():
        with gate.closed():
            call = threads.submit(gate.wait)
        assert not wait([call], timeout=0.2).done
    call.result(SOON)


def test_a_block_that_fails_holds_nothing_back():
    gate = Gate()
    with suppress(ZeroDivisionError), gate.closed():
        raise ZeroDivisionError
    gate.wait()


def test_a_call_within_the_block_itself_is_made_in_the_end(monkeypatch):
    monkeypatch.setattr(gate_module, "AT_MOST", 0.01)
    gate = Gate()
    with gate.closed():
        gate.wait()
