"""A store that may be lost: a lost limiter never stops a crawl."""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING

from inventory.aws.rate.files import FileStore
from inventory.aws.rate.ledger import Ledger, reduced
from inventory.aws.rate.redis_store import RedisStore
from inventory.aws.rate.store import Change, MemoryStore, Result, Store, StoreLostError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

logger = logging.getLogger(__name__)
SHARE = 0.25  # of the last known rate, for a process that does not know how many others there are
RETRY = 5.0  # s


def shared_store(redis_url: str, directory: Path) -> Store:
    """Redis where there is one, else files of the machine; for the whole life of a process."""
    return SturdyStore(RedisStore(redis_url) if redis_url else FileStore(directory))


class SturdyStore:
    """The shared store, or while it is lost one of this process that begins with a part of the rate."""

    def __init__(self, shared: Store, clock: Callable[[], float] = time.monotonic) -> None:
        self._shared = shared
        self._clock = clock
        self._known: dict[str, Ledger] = {}
        self._own: MemoryStore | None = None
        self._retry_at = 0.0
        self._lock = threading.Lock()

    def update(self, name: str, change: Change[Result]) -> Result:
        own = self._own
        if own and not self._try_again():
            return self._update_own(own, name, change)
        try:
            result = self._update_shared(name, change)
        except StoreLostError as error:
            return self._update_own(self._lose(error), name, change)
        self._regain()
        return result

    def _update_shared(self, name: str, change: Change[Result]) -> Result:
        ledger, result = self._shared.update(name, lambda held, now: _both(change(held, now)))
        self._known[name] = ledger
        return result

    def _update_own(self, own: MemoryStore, name: str, change: Change[Result]) -> Result:
        def begun(held: Ledger | None, now: float) -> tuple[Ledger, Result]:
            known = held or reduced(self._known.get(name) or change(None, now)[0], SHARE, now)
            return change(known, now)

        return own.update(name, begun)

    def _try_again(self) -> bool:
        """True for one thread in every few seconds."""
        with self._lock:
            due = self._clock() >= self._retry_at
            if due:
                self._retry_at = self._clock() + RETRY
            return due

    def _lose(self, error: StoreLostError) -> MemoryStore:
        with self._lock:
            self._retry_at = self._clock() + RETRY
            if self._own is None:
                self._own = MemoryStore()
                logger.warning("The shared rate of calls is lost; this process keeps its own: %s", error)
            return self._own

    def _regain(self) -> None:
        with self._lock:
            if self._own:
                self._own = None
                logger.info("The rate of calls is shared again.")


def _both(changed: tuple[Ledger, Result]) -> tuple[Ledger, tuple[Ledger, Result]]:
    return changed[0], changed
