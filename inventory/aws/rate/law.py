"""The control law of one rate: pure, in seconds of the store's clock and calls per second.

Until the first throttle the rate doubles in each half second that it is used up. A throttle halves it. From there it
returns within moments to just below what was *measured*: between two throttles a server that admits r calls a second
admitted exactly r x the seconds between, because its bucket was empty at both. It then creeps up to the measured rate
and probes beyond, slowly first and ever faster (the shape of TCP's CUBIC), so that a limit that was raised is found.
A first throttle measures nothing, since the bucket had been full: the search between half and all of the rate is quick.

Growth counts only the seconds in which callers had to wait: a rate that nobody uses up proves nothing. Throttles of
calls that were sent before, or just after, the last decrease belong to it.

Simulated with 16 to 64 threads and 50 ms latency, 4,000 calls from the very start; throttled calls, and what was
reached of the admitted rate: 5/s in bursts of 5 or 10 1.7%, 100%; 20/s 1.6%, 100%; 100/s 1.0%, 98%, the rest being slow
start. A bucket of a single token is met to 84% only: arrivals are never that regular. 16 threads reach 314/s in 3 s.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

DOUBLES_IN = 0.5  # s, before the first throttle
REST = 0.1  # s without a call after a throttle: what is under way drains
EPISODE = 0.3  # s after a throttle whose calls still meet the empty bucket
RETURN = 0.1  # of the recovery, from half of the rate to just below the measured one
JUST_BELOW = 0.95
RECOVERY_SECONDS, RECOVERY_CALLS = 2.0, 30.0  # from just below to the measured rate; the longer of both
SEARCH_SECONDS, SEARCH_CALLS = 2.0, 20.0  # from half to all of a rate when nothing is measured
PROBE = 3.0  # recoveries in which probing doubles the rate
OPTIMISM = 0.25  # towards the rate at the throttle: where bursts are small, unused seconds bias the measure downwards
MEASURED_CALLS, MEASURED_SECONDS = 10, 1.0  # fewer measure nothing
BLOCK = 0.05  # s of calls that are granted at once, granted ahead, and may be caught up
PAUSE = 2.0  # s without demand after which the bucket may be full
FORGOTTEN_AFTER = 3600.0  # s without demand
LEAP = 1.0  # s beyond which an instant in the future means that the clock was set back


@dataclass(frozen=True, slots=True)
class Bounds:
    """Calls per second: where a rate starts, and between what it stays."""

    start: float
    floor: float
    ceiling: float


@dataclass(frozen=True, slots=True)
class Pace:
    """What is known of one rate."""

    next_at: float  # when the next call may be sent
    low: float  # the rate that growth begins at
    high: float = 0.0  # the rate beyond which growth is probing; 0 before the first throttle
    half: float = 0.0  # the rate right after the last throttle
    age: float = 0.0  # s of demand at the limit since the last throttle
    throttled_at: float = 0.0
    counted_from: float = 0.0  # 0 when `admitted` measures nothing
    admitted: float = 0.0


@dataclass(frozen=True, slots=True)
class Grant:
    """`count` calls: the first in `wait` s, which is `first` by the store's clock, the others `spacing` s apart.

    None when it is too early: ask again in `wait` s.
    """

    count: int
    wait: float
    first: float = 0.0
    spacing: float = 0.0


def fresh(bounds: Bounds, now: float) -> Pace:
    return Pace(next_at=now, low=bounds.start)


def rate(pace: Pace, bounds: Bounds) -> float:
    """Calls per second at the moment."""
    grown = _recovered(pace) if pace.high else pace.low * 2.0 ** min(pace.age / DOUBLES_IN, 64)
    return min(max(grown, bounds.floor), bounds.ceiling)


def reserve(pace: Pace, bounds: Bounds, now: float) -> tuple[Pace, Grant]:
    """The next calls, those of the next moment only: who waits longer shall meet the rate of that time."""
    pace = _settled(pace, bounds, now)
    if pace.next_at > now + BLOCK:
        return pace, Grant(0, pace.next_at - now - BLOCK)
    current = rate(pace, bounds)
    count = max(1, int(current * BLOCK))
    length = count / current
    first = max(pace.next_at, now - BLOCK)
    reserved = replace(
        pace,
        next_at=first + length,
        age=pace.age + (length if pace.next_at > now else 0.0),
        counted_from=0.0 if now - pace.next_at > PAUSE else pace.counted_from,
    )
    return reserved, Grant(count, first - now, first, 1 / current)


def admitted(pace: Pace, count: float) -> Pace:
    """Note calls that AWS did not throttle."""
    return replace(pace, admitted=pace.admitted + count)


def throttled(pace: Pace, bounds: Bounds, sent_at: float, now: float) -> Pace:
    """Slow down, unless the call is of those that were sent before the last decrease took effect."""
    if sent_at <= pace.throttled_at + EPISODE:
        return pace
    current = rate(pace, bounds)
    half = max(current / 2, bounds.floor)
    slowed = replace(pace, next_at=now + max(REST, 1 / half), half=half, age=0.0, throttled_at=now)
    measured = _measured(pace, current, now)
    if measured:
        return replace(slowed, low=JUST_BELOW * measured, high=measured, counted_from=now, admitted=0.0)
    if pace.counted_from:
        return replace(slowed, low=half, high=current)
    return replace(slowed, low=half, high=current, counted_from=now, admitted=0.0)


def reduced(pace: Pace, share: float, now: float) -> Pace:
    """The same at a share of the rate, measuring anew."""
    return replace(
        pace,
        next_at=now,
        low=pace.low * share,
        high=pace.high * share,
        half=pace.half * share,
        throttled_at=0.0,
        counted_from=0.0,
    )


def _recovered(pace: Pace) -> float:
    found = pace.low > pace.half
    seconds, calls = (RECOVERY_SECONDS, RECOVERY_CALLS) if found else (SEARCH_SECONDS, SEARCH_CALLS)
    recovery = max(seconds, calls / pace.high)
    if pace.age < RETURN * recovery:
        return pace.half + (pace.low - pace.half) * pace.age / (RETURN * recovery)
    if pace.age < recovery:
        return pace.low + (pace.high - pace.low) * pace.age / recovery
    return pace.high * (1.0 + ((pace.age - recovery) / (PROBE * recovery)) ** 3)


def _measured(pace: Pace, current: float, now: float) -> float:
    """The rate that AWS admits, never below half of the one it throttled; 0 when too little was seen."""
    span = now - pace.counted_from
    if not pace.counted_from or span < MEASURED_SECONDS or pace.admitted < MEASURED_CALLS:
        return 0.0
    seen = min(max(pace.admitted / span, current / 2), max(current, pace.high))
    return seen + OPTIMISM * max(0.0, current - seen)


def _settled(pace: Pace, bounds: Bounds, now: float) -> Pace:
    """Forget what is old, and instants of a clock that was set back since."""
    if now - pace.next_at > FORGOTTEN_AFTER:
        return fresh(bounds, now)
    if pace.next_at - now > LEAP + 2 / rate(pace, bounds):
        return replace(pace, next_at=now, throttled_at=0.0, counted_from=0.0)
    return pace
