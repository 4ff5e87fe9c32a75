"""Which limit a throttle concerns, and how a ledger is written down."""

from __future__ import annotations

from dataclasses import replace
from zlib import crc32

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.aws.rate import law, ledger
from inventory.aws.rate.law import Bounds
from inventory.aws.rate.ledger import Ledger

NOW = 1_000_000.0
BOUNDS = Bounds(start=10.0, floor=0.5, ceiling=1000.0)


def opened(**calls: int) -> Ledger:
    return ledger.counted(ledger.opened(BOUNDS, NOW), calls)


def throttled(held: Ledger, name: str, times: int, own: Bounds | None = None) -> Ledger:
    for second in range(1, times + 1):
        held = ledger.throttled(held, name, BOUNDS, own, NOW + second, NOW + second)
    return held


def test_a_throttle_slows_the_account():
    assert law.rate(throttled(opened(list=9), "list", 1).total, BOUNDS) == 5


def test_a_class_that_is_throttled_out_of_proportion_gets_a_limit_of_its_own():
    assert throttled(opened(list=900, search=10), "search", 5).limited == {"search"}


def test_that_limit_begins_below_its_share_of_the_rate():
    held = throttled(opened(list=90, search=10), "search", 3)
    held = throttled(replace(held, total=law.fresh(Bounds(100.0, 0.5, 1000.0), NOW)), "search", 1)
    assert held.classes["search"].pace.high == pytest.approx(100 * 14 / 104)


def test_from_then_on_its_throttles_leave_the_account_alone():
    held = throttled(opened(list=900, search=10), "search", 5)
    assert throttled(held, "search", 3).total == held.total


def test_a_class_that_makes_most_of_the_calls_gets_none():
    assert throttled(opened(list=90, search=10), "list", 20).limited == set()


def test_a_few_throttles_may_be_chance():
    assert throttled(opened(list=900, search=10), "search", 3).limited == set()


def test_a_class_with_a_given_limit_slows_alone():
    held = throttled(opened(list=900), "search", 1, Bounds(2.0, 0.5, 2.0))
    assert (held.limited, law.rate(held.total, BOUNDS)) == ({"search"}, 10)


def test_old_calls_weigh_less():
    held = opened(list=1500)
    for _ in range(10):
        held = ledger.counted(held, {"describe": 1000})
    assert held.classes["list"].calls < 100


def test_a_process_alone_gets_a_share_of_every_rate():
    whole = throttled(opened(list=900, search=10), "search", 5)
    held = ledger.reduced(whole, 0.25, NOW)
    assert (held.total.high, held.limited) == (0.25 * whole.total.high, {"search"})


def test_a_ledger_is_read_as_it_was_written():
    held = throttled(opened(list=900, search=10), "search", 5)
    assert ledger.decode(ledger.encode(held)) == held


@given(st.data())
def test_a_torn_ledger_is_none(data: st.DataObject):
    whole = ledger.encode(throttled(opened(list=900, search=10), "search", 5))
    torn = whole[: data.draw(st.integers(0, len(whole) - 1))]
    assert ledger.decode(torn + data.draw(st.binary(min_size=1, max_size=20))) in (None, ledger.decode(whole))


def test_a_ledger_of_another_shape_is_none():
    text = b"[[1,2,3],[4]]"
    assert ledger.decode(b"%08x" % crc32(text) + text) is None


def test_nothing_is_none():
    assert ledger.decode(b"") is None
