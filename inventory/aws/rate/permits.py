"""What one process holds of a shared rate: permits not yet used, answers not yet told, and who asks next."""

from __future__ import annotations

import threading
import time
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from inventory.aws.rate.law import Bounds, Grant

CHECK = 1.0  # s between two looks at `stop`
SHORTEST = 0.001  # s for which sleeping is worth its while
Stop = Callable[[], bool]


class StoppedWaitingError(Exception):
    """The caller no longer wants its turn."""


class Permit(NamedTuple):
    """To send one call."""

    due: float  # by the monotonic clock of the process
    sent_at: float  # the same by the store's clock
    epoch: int  # of the permits it was granted among


class Permits:
    """Of one account, region and service; each class that has a rate of its own beside the account's, which is ""."""

    def __init__(self, name: str, bounds: Bounds, limited: frozenset[str]) -> None:
        self.name = name
        self.bounds = bounds
        self.limited = limited
        self.epoch = 0
        self._held: defaultdict[str, deque[Permit]] = defaultdict(deque)
        self._turns: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)
        self._admitted: Counter[str] = Counter()
        self._lock = threading.Lock()

    def take(self, name: str) -> Permit | None:
        with self._lock:
            held = self._held[name]
            return held.popleft() if held else None

    def put(self, name: str, grant: Grant, epoch: int) -> None:
        """Hold what was granted when the epoch was that one."""
        due = time.monotonic() + grant.wait
        spaces = [n * grant.spacing for n in range(grant.count)]
        with self._lock:
            self._held[name].extend(Permit(due + space, grant.first + space, epoch) for space in spaces)

    def recall(self) -> None:
        """Permits of a rate that is no longer true are void, also for those who sleep until theirs is due."""
        with self._lock:
            self.epoch += 1
            self._held.clear()

    def note(self, name: str) -> None:
        with self._lock:
            self._admitted[name] += 1

    def noted(self) -> Counter[str]:
        """The calls admitted since this was last asked, by class."""
        with self._lock:
            noted, self._admitted = self._admitted, Counter()
            return noted

    @contextmanager
    def turn(self, name: str, stop: Stop | None) -> Iterator[None]:
        """Alone among the threads."""
        with self._lock:
            turn = self._turns[name]
        while not turn.acquire(timeout=CHECK if stop else -1):
            _check(stop)
        try:
            yield
        finally:
            turn.release()


def sleep(seconds: float, stop: Stop | None) -> None:
    """Raises StoppedWaitingError as soon as `stop` is seen to be true."""
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > SHORTEST:
        _check(stop)
        time.sleep(min(left, CHECK) if stop else left)


def _check(stop: Stop | None) -> None:
    if stop and stop():
        raise StoppedWaitingError
