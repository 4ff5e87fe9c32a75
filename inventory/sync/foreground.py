"""Parts of a sync carried out by this command, side by side: in processes where it has none but its own thread."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from concurrent.futures import FIRST_COMPLETED, Executor, ProcessPoolExecutor, ThreadPoolExecutor, wait
from typing import TYPE_CHECKING

from django.db import connections

from inventory.sync.execute import execute

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from concurrent.futures import Future

    from inventory.models import SyncPart

SIDE_BY_SIDE = 4
TICK_SECONDS = 0.5


class Foreground:
    """Carries parts out, and those that they deal out; `tick` is called twice a second meanwhile."""

    def __init__(self, tick: Callable[[], None]) -> None:
        self._tick = tick
        self._running: set[Future[list[int]]] = set()
        self.bugs: list[BaseException] = []

    def carry_out(self, parts: Iterable[SyncPart], cancel: Callable[[], None]) -> None:
        """Returns when all are over. Ctrl-C calls `cancel`, and waits: what is stored is whole."""
        connections.close_all()  # a connection cannot be shared with a forked process
        with _executor() as executor:
            self._submit(executor, [part.pk for part in parts])
            try:
                self._wait(executor)
            except KeyboardInterrupt:
                cancel()
                self._wait(executor)

    def _submit(self, executor: Executor, part_ids: Iterable[int]) -> None:
        self._running.update(executor.submit(_execute, part_id) for part_id in part_ids)

    def _wait(self, executor: Executor) -> None:
        while self._running:
            done, self._running = wait(self._running, timeout=TICK_SECONDS, return_when=FIRST_COMPLETED)
            for future in done:
                if bug := future.exception():
                    self.bugs.append(bug)
                else:
                    self._submit(executor, future.result())
            self._tick()


def _executor() -> Executor:
    """Threads share one core. A process that has threads cannot be forked safely."""
    cores = os.cpu_count() or 1
    if cores == 1 or threading.active_count() > 1 or "fork" not in multiprocessing.get_all_start_methods():
        return ThreadPoolExecutor(SIDE_BY_SIDE)
    context = multiprocessing.get_context("fork")
    return ProcessPoolExecutor(min(cores, SIDE_BY_SIDE), context, _leave_ctrl_c_to_the_parent)


def _leave_ctrl_c_to_the_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _execute(part_id: int) -> list[int]:
    try:
        return [share.pk for share in execute(part_id)]
    finally:
        connections.close_all()
