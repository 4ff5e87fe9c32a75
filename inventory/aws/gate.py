"""What holds the calls of this process back, so that something else has a core to itself."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

AT_MOST = 10  # s, after which a call goes on whatever holds it back


class Gate:
    """Python runs one thread at a time: a hundred that call AWS make one that stores wait, and who waits for its lock
    on the database waits with it.
    """

    def __init__(self) -> None:
        self._holders = 0
        self._lock = threading.Lock()
        self._is_open = threading.Event()
        self._is_open.set()

    @contextmanager
    def closed(self) -> Iterator[None]:
        """Calls that other threads have not begun wait for the end of the block, and of those of other threads."""
        self._hold(1)
        try:
            yield
        finally:
            self._hold(-1)

    def wait(self, **_: Any) -> None:
        """Until it is open; botocore's handlers are called with what the call is."""
        self._is_open.wait(AT_MOST)

    def _hold(self, change: int) -> None:
        with self._lock:
            self._holders += change
            if self._holders:
                self._is_open.clear()
            else:
                self._is_open.set()


gate = Gate()
