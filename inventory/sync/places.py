"""Places of a worker: how many of its processes may crawl at once, so that one is free for what takes a moment."""

from __future__ import annotations

import fcntl
import os
import tempfile
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


class Places:
    """To be made before processes are forked. Each place is a byte of a file that they share: who locks it has it.

    The kernel frees the place of a process that dies.
    """

    def __init__(self, count: int) -> None:
        self.count = count
        self._file, path = tempfile.mkstemp()
        os.unlink(path)  # noqa: PTH108  (pathlib does no more)

    @property
    def are_open(self) -> bool:
        return os.fstat(self._file).st_size == 0

    def close(self) -> None:
        """Tell all processes that the worker is to end: who has a place may finish what was begun."""
        os.write(self._file, b"closed")

    @contextmanager
    def taken(self) -> Iterator[bool]:
        """Whether a place was free: it is this process's until the end of the block."""
        number = next(filter(self._lock, range(self.count)), None) if self.are_open else None
        try:
            yield number is not None
        finally:
            if number is not None:
                fcntl.lockf(self._file, fcntl.LOCK_UN, 1, number)

    def _lock(self, number: int) -> bool:
        try:
            fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, number)
        except BlockingIOError:
            return False
        return True
