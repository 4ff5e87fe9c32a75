"""A worker's hold on a part: it beats while threads wait for AWS, and lets go when it is lost or cancelled."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from itertools import islice
from threading import Event, Lock
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from django.conf import settings

from inventory.models import Sync, SyncPart
from inventory.sync.ahead import ReadAhead
from inventory.sync.connect import connect

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from concurrent.futures import Future

HEARTBEAT_SECONDS = 5
LISTING_BATCH = 100
FEW_THREADS = 8
MOST_AHEAD = 4  # listings that are read ahead at once
T = TypeVar("T")
R = TypeVar("R")


class LeaseLostError(Exception):
    """Another worker took the part over; this one must write no more."""


class CancelledError(Exception):
    """Somebody asked for the sync to stop."""


class Lease:
    """The claimed part, the threads that call AWS for it, and its progress.

    Only the owning thread touches the database.
    """

    in_process: ClassVar[int] = 0  # leases that this process holds
    _counting, _storing = Lock(), Lock()

    def __init__(self, part: SyncPart, threads: int) -> None:
        self.part = part
        self._released = Event()
        self.connection = connect(part.account, part.region, stop=self._released.is_set)
        alone = Lease.in_process == 0
        # A process takes another part while it waits for the rate: then few calls are under way at once.
        most = threads if alone else min(threads, FEW_THREADS)
        self._pool = ThreadPoolExecutor(most, thread_name_prefix=f"crawl-{part.region}")
        # Apart, for a listing may wait for its reader while that one waits for the others.
        self._listings = ThreadPoolExecutor(MOST_AHEAD, thread_name_prefix=f"list-{part.region}")

    def __enter__(self) -> Lease:
        self._hold(1)
        return self

    def __exit__(self, *_: object) -> None:
        self._hold(-1)
        self._released.set()
        for pool in (self._pool, self._listings):
            pool.shutdown(wait=False, cancel_futures=True)

    def _hold(self, change: int) -> None:
        with self._counting:
            Lease.in_process += change

    def report(self, **progress: Any) -> None:
        """Store progress and the calls made so far.

        Raises LeaseLostError or CancelledError.
        """
        held = SyncPart.objects.report(self.part, **self.traffic(), **progress)
        if not held:
            raise LeaseLostError
        if Sync.objects.filter(pk=self.part.sync_id, cancel_requested=True).exists():
            raise CancelledError

    def traffic(self) -> dict[str, Any]:
        """What AWS was asked on behalf of the part."""
        return {"api_calls": dict(self.connection.calls), "throttles": self.connection.throttles}

    @contextmanager
    def turn_to_store(self) -> Iterator[None]:
        """One lease of the process at a time, beating while it waits.

        Storing a batch keeps a core busy: several at once would only make who waits for the database wait longer.
        """
        while not self._storing.acquire(timeout=_beat_every()):
            self.report()
        try:
            yield
        finally:
            self._storing.release()

    def call(self, function: Callable[..., R], *arguments: Any) -> R:
        """Call AWS in a thread, beating meanwhile."""
        return self.finish([self._pool.submit(function, *arguments)])[0]

    def map(self, function: Callable[[T], R], items: Iterable[T]) -> list[R]:
        """Call AWS for every item, side by side; results in the order of the items."""
        return self.finish(self.start(function, items))

    def start(self, function: Callable[[T], R], items: Iterable[T]) -> list[Future[R]]:
        """Begin to call AWS for every item."""
        return [self._pool.submit(function, item) for item in items]

    def finish(self, futures: list[Future[R]]) -> list[R]:
        """Wait for what was begun, beating meanwhile."""
        while wait(futures, timeout=_beat_every()).not_done:
            self.report()
        return [future.result() for future in futures]

    def batches(self, records: Iterator[T], size: int = LISTING_BATCH) -> Iterator[list[T]]:
        """Read a listing in batches, each when it is asked for: for who may stop before the end."""
        while batch := self.call(lambda: list(islice(records, size))):
            yield batch

    def ahead(self, records: Iterator[T], size: int = LISTING_BATCH) -> Iterator[list[T]]:
        """Begin to read a listing to its end, some batches ahead of who asks for them."""
        ahead = ReadAhead(records, size, self._released.is_set)
        self._listings.submit(ahead.read)
        return ahead.batches(self.report, _beat_every())


def _beat_every() -> float:
    return float(min(HEARTBEAT_SECONDS, settings.SYNC_LEASE_SECONDS / 4))
