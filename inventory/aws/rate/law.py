"""The control law of a rate."""

from __future__ import annotations

from dataclasses import dataclass, replace

DOUBLING = 1.5
HALVED_FOR = 1.0
PROBE_AFTER = 10.0
PROBE_AFTER_CALLS = 50.0
PROBE_DOUBLES_IN = 30.0
JUST_BELOW = 0.95
BLOCK = 0.05
LOOK_AHEAD = 0.05
ENOUGH_CALLS = 10
ENOUGH_SECONDS = 1.0
PAUSE = 2.0
REMEMBERED = 3600.0


@dataclass(frozen=True, slots=True)
class Bounds:
    """Calls per second: where a rate starts, and between what it stays."""

    start: float
    floor: float
    ceiling: float


@dataclass(frozen=True, slots=True)
class Pace:
    """What is known of one rate. Instants in seconds of the store's clock, rates in calls per second."""

    next_at: float  # when the next call may be sent
    low: float  # the rate from which it grows
    high: float  # the rate that is reached before probing begins; 0 before the first throttle
    half: float = 0.0  # the rate at the moment of the throttle
    age: float = 0.0  # seconds spent at the limit since the last throttle
    throttled_at: float = 0.0
    counted_from: float = 0.0  # 0: what was admitted since says nothing
    admitted: float = 0.0


@dataclass(frozen=True, slots=True)
class Grant:
    """`count` calls, the first at `first`, each `spacing` seconds after the one before; none: ask again in `wait`."""

    count: int
    first: float = 0.0
    spacing: float = 0.0
    wait: float = 0.0


def fresh(bounds: Bounds, now: float) -> Pace:
    return Pace(next_at=now, low=bounds.start, high=0.0)


def rate(pace: Pace, bounds: Bounds) -> float:
    """Calls per second at the moment."""
    grown = _recovered(pace) if pace.high else pace.low * 2.0 ** min(pace.age / DOUBLING, 64)
    return min(max(grown, bounds.floor), bounds.ceiling)


def _recovered(pace: Pace) -> float:
    hold = max(PROBE_AFTER, PROBE_AFTER_CALLS / pace.high)
    if pace.age < HALVED_FOR:
        return pace.half + (pace.low - pace.half) * pace.age / HALVED_FOR
    if pace.age < hold:
        return pace.low + (pace.high - pace.low) * pace.age / hold
    return pace.high * (1.0 + ((pace.age - hold) / PROBE_DOUBLES_IN) ** 3)


def reserve(pace: Pace, bounds: Bounds, now: float) -> tuple[Pace, Grant]:
    if pace.next_at > now + LOOK_AHEAD:
        return pace, Grant(0, wait=pace.next_at - now - LOOK_AHEAD)
    current = rate(pace, bounds)
    count = max(1, int(current * BLOCK))
    first = max(pace.next_at, now - BLOCK)
    length = count / current
    waits = pace.next_at > now
    paused = now - pace.next_at > PAUSE
    return replace(
        pace,
        next_at=first + length,
        age=pace.age + length if waits else pace.age,
        counted_from=0.0 if paused else pace.counted_from,
    ), Grant(count, first, 1 / current)


def admitted(pace: Pace, count: float) -> Pace:
    return replace(pace, admitted=pace.admitted + count)


def throttled(pace: Pace, bounds: Bounds, sent_at: float, now: float) -> Pace:
    if sent_at <= pace.throttled_at:
        return pace
    current = rate(pace, bounds)
    span = now - pace.counted_from
    half = max(current / 2, bounds.floor)
    common = dict(next_at=max(pace.next_at, now + 1 / half), half=half, age=0.0, throttled_at=now)
    if pace.counted_from and span >= ENOUGH_SECONDS and pace.admitted >= ENOUGH_CALLS:
        measured = min(max(pace.admitted / span, half), current)
        return replace(pace, low=JUST_BELOW * measured, high=measured, counted_from=now, admitted=0.0, **common)
    if pace.counted_from:
        return replace(pace, low=half, high=current, **common)
    return replace(pace, low=half, high=current, counted_from=now, admitted=0.0, **common)
