"""What is known of one account, region and service: its overall pace, and the classes that have a limit of their own.

A throttle does not tell which limit was met. It slows the account's pace, unless one class is throttled far out of
proportion to its calls: that class has a limit of its own, and gets a pace of its own below the account's.
"""

from __future__ import annotations

import zlib
from dataclasses import astuple, dataclass, field, replace
from json import dumps, loads
from typing import TYPE_CHECKING, Any

from inventory.aws.rate import law
from inventory.aws.rate.law import Bounds, Grant, Pace

if TYPE_CHECKING:
    from collections.abc import Mapping

SUSPICIOUS = 4  # throttles before a class can be told from chance
OUT_OF_PROPORTION = 2.0  # times its share of the calls, and throttles beyond that
COUNTED_CALLS = 2000.0  # after them, what was counted weighs half


@dataclass(frozen=True, slots=True)
class Tally:
    """Calls of one class that AWS admitted, those it throttled, and the pace of the class when it has one."""

    calls: float = 0.0
    throttles: float = 0.0
    pace: Pace | None = None


@dataclass(frozen=True, slots=True)
class Ledger:
    total: Pace
    classes: Mapping[str, Tally] = field(default_factory=dict)

    @property
    def limited(self) -> frozenset[str]:
        """The classes that need a permit of their own before one of the account's."""
        return frozenset(name for name, tally in self.classes.items() if tally.pace)


def opened(bounds: Bounds, now: float) -> Ledger:
    return Ledger(law.fresh(bounds, now))


def permit(ledger: Ledger, bounds: Bounds, now: float) -> tuple[Ledger, Grant]:
    """The account's next calls."""
    total, grant = law.reserve(ledger.total, bounds, now)
    return replace(ledger, total=total), grant


def class_permit(ledger: Ledger, name: str, bounds: Bounds, now: float) -> tuple[Ledger, Grant]:
    """The next calls of a class."""
    tally = ledger.classes.get(name, Tally())
    pace, grant = law.reserve(tally.pace or law.fresh(bounds, now), bounds, now)
    return _with(ledger, name, replace(tally, pace=pace)), grant


def counted(ledger: Ledger, admitted: Mapping[str, int]) -> Ledger:
    """Note calls that AWS admitted, by class."""
    for name, count in admitted.items():
        tally = ledger.classes.get(name, Tally())
        pace = tally.pace and law.admitted(tally.pace, count)
        ledger = _with(ledger, name, replace(tally, calls=tally.calls + count, pace=pace))
    return _aged(replace(ledger, total=law.admitted(ledger.total, sum(admitted.values()))))


def throttled(ledger: Ledger, name: str, bounds: Bounds, own: Bounds | None, sent_at: float, now: float) -> Ledger:
    """Slow down whom the throttle concerns. `own`: bounds that the class was given beforehand."""
    tally = ledger.classes.get(name, Tally())
    tally = replace(tally, throttles=tally.throttles + 1)
    ledger = _with(ledger, name, tally)
    if own is None and not _stands_out(ledger, name):
        return replace(ledger, total=law.throttled(ledger.total, bounds, sent_at, now))
    assumed = own or replace(bounds, start=max(bounds.floor, law.rate(ledger.total, bounds) * _share(ledger, name)))
    pace = law.throttled(tally.pace or law.fresh(assumed, now), own or bounds, sent_at, now)
    return _with(ledger, name, replace(tally, pace=pace))


def reduced(ledger: Ledger, share: float, now: float) -> Ledger:
    """The part of one process that has lost sight of the others."""
    return Ledger(
        law.reduced(ledger.total, share, now),
        {
            name: replace(tally, pace=tally.pace and law.reduced(tally.pace, share, now))
            for name, tally in ledger.classes.items()
        },
    )


def encode(ledger: Ledger) -> bytes:
    """As text, after its checksum."""
    classes = {name: (t.calls, t.throttles, t.pace and astuple(t.pace)) for name, t in ledger.classes.items()}
    text = dumps((astuple(ledger.total), classes), separators=(",", ":")).encode()
    return b"%08x" % zlib.crc32(text) + text


def decode(data: bytes) -> Ledger | None:
    """None when it is not whole: the rate is learned again."""
    checksum, text = data[:8], data[8:]
    if checksum != b"%08x" % zlib.crc32(text):
        return None
    try:
        total, classes = loads(text)
        return Ledger(Pace(*total), {name: _tally(*parts) for name, parts in classes.items()})
    except (ValueError, TypeError, AttributeError):
        return None


def _tally(calls: float, throttles: float, pace: list[Any] | None) -> Tally:
    return Tally(calls, throttles, Pace(*pace) if pace else None)


def _stands_out(ledger: Ledger, name: str) -> bool:
    mine = ledger.classes[name].throttles
    of_all = sum(tally.throttles for tally in ledger.classes.values())
    return mine >= SUSPICIOUS and mine > OUT_OF_PROPORTION * (1 + _share(ledger, name) * of_all)


def _share(ledger: Ledger, name: str) -> float:
    """Of the calls, those of a class."""
    answered = {one: tally.calls + tally.throttles for one, tally in ledger.classes.items()}
    return answered[name] / sum(answered.values())


def _aged(ledger: Ledger) -> Ledger:
    if sum(tally.calls for tally in ledger.classes.values()) < COUNTED_CALLS:
        return ledger
    halved = {n: replace(t, calls=t.calls / 2, throttles=t.throttles / 2) for n, t in ledger.classes.items()}
    return replace(ledger, classes=halved)


def _with(ledger: Ledger, name: str, tally: Tally) -> Ledger:
    return replace(ledger, classes={**ledger.classes, name: tally})
