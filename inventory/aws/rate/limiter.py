"""Threads wait here for their turn to call AWS, and tell how AWS answered."""

from __future__ import annotations

import random
import threading
import time
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from inventory.aws.rate import law, ledger
from inventory.aws.rate.permits import Permit, Permits, Stop, StoppedWaitingError, sleep

if TYPE_CHECKING:
    from collections.abc import Callable

    from inventory.aws.rate.classes import RateKey, RateSettings
    from inventory.aws.rate.law import Grant
    from inventory.aws.rate.ledger import Ledger
    from inventory.aws.rate.store import Store

__all__ = ["RateLimiter", "StoppedWaitingError"]

JITTER = 0.02  # s by which processes that wait for the same call ask apart: chance decides who gets it
T = TypeVar("T")


class RateLimiter:
    """Shared by the threads of a process, and by all who use the same store."""

    def __init__(self, store: Store, settings: RateSettings) -> None:
        self._store = store
        self._settings = settings
        self._permits: dict[str, Permits] = {}
        self._thread = threading.local()

    def key(self, account_id: str, region: str, service: str, operation: str) -> RateKey:
        """What limits an operation, such as DescribePipeline of the service sagemaker."""
        return self._settings.key(account_id, region, service, operation)

    def acquire(self, key: RateKey, stop: Stop | None = None) -> float:
        """Wait until the call may be sent; the seconds that took. Each attempt of a call needs a permit of its own.

        `stop` is asked now and then while waiting: StoppedWaitingError once it is true.
        """
        began = time.monotonic()
        permits = self._permits_of(key)
        if key.operation_class in permits.limited:
            self._wait(permits, key.operation_class, stop)
        self._thread.sent_at = self._wait(permits, "", stop)
        return time.monotonic() - began

    def succeeded(self, key: RateKey) -> None:
        """AWS admitted the call that this thread acquired last, whatever it answered."""
        self._permits_of(key).note(key.operation_class)

    def throttled(self, key: RateKey) -> None:
        """AWS throttled the call that this thread acquired last: everybody slows down at once."""
        permits = self._permits_of(key)
        own = self._settings.class_bounds(key.operation_class)
        sent_at = getattr(self._thread, "sent_at", float("inf"))

        def slow(held: Ledger, now: float) -> tuple[Ledger, None]:
            return ledger.throttled(held, key.operation_class, permits.bounds, own, sent_at, now), None

        permits.recall()
        self._update(permits, slow)

    def rate(self, key: RateKey) -> float:
        """Calls per second at the moment: of the class if it has a limit of its own, else of the account."""
        permits = self._permits_of(key)
        own = self._settings.class_bounds(key.operation_class) or permits.bounds

        def read(held: Ledger, _now: float) -> tuple[Ledger, float]:
            tally = held.classes.get(key.operation_class)
            total = law.rate(held.total, permits.bounds)
            return held, min(total, law.rate(tally.pace, own)) if tally and tally.pace else total

        return self._update(permits, read)

    def _permits_of(self, key: RateKey) -> Permits:
        name = key.shared
        found = self._permits.get(name)
        if found is None:
            limited = frozenset(self._settings.per_operation)
            found = self._permits.setdefault(name, Permits(name, self._settings.bounds(key.service), limited))
        return found

    def _wait(self, permits: Permits, name: str, stop: Stop | None) -> float:
        """Until a permit of the class `name`, "" for the account's, is due; when that was by the store's clock."""
        while True:
            permit = permits.take(name) or self._ask(permits, name, stop)
            sleep(permit.due - time.monotonic(), stop)
            if permit.epoch == permits.epoch:
                return permit.sent_at

    def _ask(self, permits: Permits, name: str, stop: Stop | None) -> Permit:
        """One thread asks for all; the others find what it was granted."""
        with permits.turn(name, stop):
            while True:
                if permit := permits.take(name):
                    return permit
                epoch = permits.epoch
                grant = self._update(permits, partial(self._reserve, permits, name))
                permits.put(name, grant, epoch)
                if not grant.count:
                    sleep(grant.wait + random.uniform(0, JITTER), stop)  # noqa: S311

    def _reserve(self, permits: Permits, name: str, held: Ledger, now: float) -> tuple[Ledger, Grant]:
        if not name:
            return ledger.permit(held, permits.bounds, now)
        return ledger.class_permit(held, name, self._settings.class_bounds(name) or permits.bounds, now)

    def _update(self, permits: Permits, change: Callable[[Ledger, float], tuple[Ledger, T]]) -> T:
        """Change the shared ledger, noting the calls that were admitted since."""
        admitted = permits.noted()

        def counted(held: Ledger | None, now: float) -> tuple[Ledger, tuple[frozenset[str], T]]:
            changed, result = change(ledger.counted(held or ledger.opened(permits.bounds, now), admitted), now)
            return changed, (changed.limited, result)

        limited, result = self._store.update(permits.name, counted)
        permits.limited = limited | frozenset(self._settings.per_operation)
        return result
