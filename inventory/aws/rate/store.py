"""Where ledgers are kept: each store changes one atomically. Here what they share, and the store of one process."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Protocol, TypeVar

from inventory.aws.rate.ledger import Ledger

Result = TypeVar("Result")
Change = Callable[[Ledger | None, float], tuple[Ledger, Result]]


class StoreLostError(Exception):
    """The shared store does not answer."""


class Store(Protocol):
    """Ledgers by name."""

    def update(self, name: str, change: Change[Result]) -> Result:
        """Replace a ledger by what `change` makes of it (None: there is none) at the time of the store's clock.

        `change` may be called more than once, so it has no effects. Raises StoreLostError.
        """
        ...


class MemoryStore:
    """For the threads of one process."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._ledgers: dict[str, Ledger] = {}
        self._lock = threading.Lock()

    def update(self, name: str, change: Change[Result]) -> Result:
        with self._lock:
            self._ledgers[name], result = change(self._ledgers.get(name), self._clock())
            return result
