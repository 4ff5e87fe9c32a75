"""A listing that a thread reads on while its reader is busy with what came before."""

from __future__ import annotations

from contextlib import suppress
from itertools import islice
from queue import Empty, Full, Queue
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

T = TypeVar("T")
MOST_BATCHES = 10  # that wait for the reader
LOOK_SECONDS = 0.5  # between two looks whether anybody still wants them


class ReadAhead(Generic[T]):
    """Batches of records: `read` runs in the thread, `batches` in the reader's."""

    def __init__(self, records: Iterator[T], size: int, is_over: Callable[[], bool]) -> None:
        self._records = records
        self._size = size
        self._is_over = is_over
        self._left = False
        self._read: Queue[list[T] | Exception] = Queue(MOST_BATCHES)

    def read(self) -> None:
        """Until the end, which is an empty batch, or an error, which the reader raises in its place."""
        batch = None
        while batch != [] and self._is_wanted():
            try:
                batch = list(islice(self._records, self._size))
            except Exception as error:  # noqa: BLE001  (raised where it can be handled)
                self._put(error)
                break
            self._put(batch)

    def batches(self, beat: Callable[[], None], every: float) -> Iterator[list[T]]:
        """The batches in their order; `beat` is called each time that `every` seconds were waited for one."""
        try:
            while batch := self._next(beat, every):
                yield batch
        finally:
            self._left = True

    def _next(self, beat: Callable[[], None], every: float) -> list[T]:
        while True:
            try:
                found = self._read.get(timeout=every)
            except Empty:
                beat()
                continue
            if isinstance(found, Exception):
                raise found
            return found

    def _is_wanted(self) -> bool:
        return not (self._left or self._is_over())

    def _put(self, item: list[T] | Exception) -> None:
        while self._is_wanted():
            with suppress(Full):
                self._read.put(item, timeout=LOOK_SECONDS)
                break
