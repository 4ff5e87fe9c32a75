"""Parts of syncs carried out side by side in one process: one more while those under way leave its core idle."""

from __future__ import annotations

import logging
import os
import time
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import TYPE_CHECKING

from django.db import connections

from inventory.sync.arenas import share_arenas
from inventory.sync.execute import carry_out, tell_nobody

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from inventory.models import SyncPart
    from inventory.querysets import SyncPartQuerySet

MOST_PARTS = 12  # at once: each holds what it read last and has threads of its own
LOOK_SECONDS = 0.5
IDLE_SECONDS = 1.5  # at a stretch: a region without changes is soon over
ANY_NUMBER = 1 << 15
BUSY = 0.7  # of the process's share of the cores
logger = logging.getLogger(__name__)


class Crew:
    """A part may do nothing but wait: for the rate that AWS admits in its region, for pages that follow one another.
    So while the process has time for it, it takes more, of regions that nobody looks at: two parts of one region share
    its rate. Where it has no time, threads that take turns for the interpreter only make each other wait.
    """

    def __init__(
        self,
        waiting: SyncPartQuerySet,
        processes: int,
        tell: Callable[[Sequence[SyncPart]], None] = tell_nobody,
        *,
        goes_on: Callable[[], bool] = lambda: True,
    ) -> None:
        """`processes` share the cores of this machine; `tell` is called with the parts that a part deals out.

        What was begun is finished when it no longer `goes_on`.
        """
        self._waiting = waiting
        self._tell = tell
        self._goes_on = goes_on
        self._core = Core(share=min(1.0, (os.cpu_count() or 1) / processes))
        self._running: set[Future[None]] = set()

    def run(self) -> None:
        """Carry out what waits; returns when none waits and all that was begun is over. A bug is logged."""
        share_arenas()
        with ThreadPoolExecutor(MOST_PARTS, thread_name_prefix="part") as threads:
            self._begin(threads)
            while self._running:
                done, self._running = wait(self._running, LOOK_SECONDS, FIRST_COMPLETED)
                for bug in filter(None, (future.exception() for future in done)):
                    logger.error("A part of a sync ended with a bug.", exc_info=bug)
                for _ in range(self._has_time_for()):
                    self._begin(threads)

    def _has_time_for(self) -> int:
        """As many parts again as leave the process idle."""
        running = len(self._running)
        if not running:
            return 1
        return min(running, MOST_PARTS - running) if self._core.is_idle() else 0

    def _begin(self, threads: ThreadPoolExecutor) -> None:
        most_beside = 0 if self._running else ANY_NUMBER
        part = self._waiting.claim_next(most_beside=most_beside) if self._goes_on() else None
        if part:
            self._running.add(threads.submit(_carry_out, part, self._tell))


class Core:
    """How much of a core this process uses, from look to look."""

    def __init__(self, share: float) -> None:
        self._enough = BUSY * share
        self._looked_at, self._used = time.monotonic(), time.process_time()

    def is_idle(self) -> bool:
        """Whether it used clearly less than its share over the last seconds; before they are over, it is not."""
        moment, used = time.monotonic(), time.process_time()
        passed, worked = moment - self._looked_at, used - self._used
        if passed < IDLE_SECONDS:
            return False
        self._looked_at, self._used = moment, used
        return worked < self._enough * passed


def _carry_out(part: SyncPart, tell: Callable[[Sequence[SyncPart]], None]) -> None:
    try:
        carry_out(part, tell)
    finally:
        connections.close_all()
