"""The control law, step by step."""

from __future__ import annotations

from dataclasses import replace

import pytest

from inventory.aws.rate import law
from inventory.aws.rate.law import Bounds, Pace

NOW = 1_000_000.0
BOUNDS = Bounds(start=10.0, floor=0.5, ceiling=1000.0)


def pace(**known: float) -> Pace:
    return replace(law.fresh(BOUNDS, NOW), **known)


def found(rate: float, **known: float) -> Pace:
    """As after a throttle that measured a rate, 1.2 times of which was tried."""
    return pace(low=0.95 * rate, high=rate, half=0.6 * rate, throttled_at=NOW, counted_from=NOW, **known)


def used_up(held: Pace, seconds: float, now: float = NOW) -> Pace:
    """After that much demand without a pause or a throttle."""
    end = now + seconds
    held, _ = law.reserve(held, BOUNDS, now)
    while (now := max(now, held.next_at - law.BLOCK)) < end:
        held, _ = law.reserve(held, BOUNDS, now)
    return held


def rate(held: Pace) -> float:
    return law.rate(held, BOUNDS)


def test_it_begins_at_the_starting_rate():
    assert rate(pace()) == 10


def test_before_the_first_throttle_it_doubles_while_it_is_used_up():
    assert rate(used_up(pace(), 1.5)) == pytest.approx(80, rel=0.2)


def test_it_does_not_grow_while_callers_need_not_wait():
    held = pace()
    for second in range(1, 100):
        held, _ = law.reserve(held, BOUNDS, NOW + second)
    assert rate(held) == 10


def test_it_never_exceeds_the_ceiling():
    assert rate(pace(age=1e9)) == 1000


def test_a_throttle_halves_it():
    assert rate(law.throttled(pace(), BOUNDS, NOW, NOW)) == 5


def test_it_never_falls_below_the_floor():
    held = pace()
    for second in range(100):
        held = law.throttled(held, BOUNDS, NOW + second, NOW + second)
    assert rate(held) == 0.5


def test_throttles_of_calls_that_were_sent_before_the_decrease_count_as_one():
    once = law.throttled(pace(), BOUNDS, NOW, NOW + 0.1)
    assert law.throttled(once, BOUNDS, NOW + 0.05, NOW + 0.2) == once


def test_a_later_throttle_is_another_one():
    once = law.throttled(pace(), BOUNDS, NOW, NOW)
    assert rate(law.throttled(once, BOUNDS, NOW + 0.5, NOW + 0.5)) == 2.5


def test_after_a_throttle_nothing_is_sent_for_one_spacing_of_the_new_rate():
    held = law.throttled(pace(), BOUNDS, NOW, NOW)
    assert law.reserve(held, BOUNDS, NOW)[1].wait == pytest.approx(0.2 - law.BLOCK)


def test_between_two_throttles_the_admitted_rate_is_measured():
    """30 calls in 6 s, although 8 a second were tried at last."""
    held = law.admitted(replace(found(5), age=12.0), 30)
    assert rate(held) > 5
    held = law.throttled(held, BOUNDS, NOW + 6, NOW + 6)
    assert held.high == pytest.approx(5, rel=0.1)


def test_what_is_measured_is_returned_to_within_a_second_and_crept_up_to():
    held = found(5)
    assert rate(used_up(held, 1.0)) == pytest.approx(0.95 * 5, rel=0.02)
    assert rate(used_up(held, 6.0)) == pytest.approx(5, rel=0.02)


def test_probing_beyond_is_slow_first_and_fast_later():
    rates = [rate(found(5, age=age)) for age in (6, 12, 24, 48)]
    assert rates == [5, pytest.approx(5, rel=0.05), pytest.approx(10), pytest.approx(68.6, rel=0.01)]


def test_too_few_calls_measure_nothing():
    held = law.throttled(law.admitted(found(20), 9), BOUNDS, NOW + 2, NOW + 2)
    assert held.low == held.half


def test_what_is_measured_is_never_below_half_of_what_was_throttled():
    """Most of the time nobody called."""
    held = law.throttled(law.admitted(found(100), 10), BOUNDS, NOW + 60, NOW + 60)
    assert held.high >= 50 * 0.6


def test_after_a_pause_nothing_is_measured():
    held, _ = law.reserve(found(20), BOUNDS, NOW + 10)
    assert held.counted_from == 0


def test_a_high_rate_is_granted_in_blocks_of_50_ms():
    _, grant = law.reserve(pace(low=400.0), BOUNDS, NOW)
    assert (grant.count, grant.spacing) == (20, 1 / 400)


def test_a_low_rate_is_granted_call_by_call():
    held, grant = law.reserve(pace(), BOUNDS, NOW)
    assert (grant.count, held.next_at) == (1, NOW + 0.1)


def test_nothing_is_granted_further_ahead_than_50_ms():
    held, _ = law.reserve(pace(), BOUNDS, NOW)
    _, grant = law.reserve(held, BOUNDS, NOW + 0.01)
    assert (grant.count, grant.wait) == (0, pytest.approx(0.04))


def test_unused_calls_are_not_saved_up():
    held, _ = law.reserve(pace(), BOUNDS, NOW + 60)
    assert held.next_at == pytest.approx(NOW + 60 - law.BLOCK + 0.1)


def test_a_rate_is_forgotten_after_an_hour():
    held, _ = law.reserve(found(2), BOUNDS, NOW + 3601)
    assert rate(held) == 10


def test_a_clock_that_was_set_back_blocks_nobody():
    _, grant = law.reserve(found(5, next_at=NOW), BOUNDS, NOW - 86_400)
    assert grant.count == 1


def test_after_a_clock_that_was_set_back_throttles_still_count():
    held, _ = law.reserve(found(5, next_at=NOW), BOUNDS, NOW - 86_400)
    assert rate(law.throttled(held, BOUNDS, NOW - 86_400, NOW - 86_400)) < rate(held)


def test_a_reduced_pace_has_a_share_of_the_rate():
    assert rate(law.reduced(found(8, age=4.0), 0.25, NOW)) == pytest.approx(2, rel=0.05)
