"""Parts of a sync carried out by this command, side by side: in processes where it has none but its own thread."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from concurrent.futures import FIRST_COMPLETED, Executor, ProcessPoolExecutor, ThreadPoolExecutor, wait
from contextlib import suppress
from typing import TYPE_CHECKING

from django.db import connections

from inventory.aws.errors import AWSError
from inventory.aws.sessions import sessions
from inventory.models import SyncPart
from inventory.sync.execute import execute

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from concurrent.futures import Future

SIDE_BY_SIDE = 4  # at least: while one waits for AWS or the database, another has the core
MOST_PROCESSES = 8
TICK_SECONDS = 0.5


class Foreground:
    """Carries parts out, and those that they deal out; `tick` is called twice a second meanwhile."""

    def __init__(self, tick: Callable[[], None]) -> None:
        self._tick = tick
        self._begun: set[int] = set()
        self._running: set[Future[None]] = set()
        self.bugs: list[BaseException] = []

    def carry_out(self, parts: Iterable[SyncPart], cancel: Callable[[], None]) -> None:
        """Returns when all are over. Ctrl-C calls `cancel`, and waits: what is stored is whole."""
        begun = list(parts)
        _warm(begun)
        connections.close_all()  # a connection cannot be shared with a forked process
        with _executor() as executor:
            self._submit(executor, [part.pk for part in begun])
            try:
                self._wait(executor, begun)
            except KeyboardInterrupt:
                cancel()
                self._wait(executor, begun)

    def _submit(self, executor: Executor, part_ids: Iterable[int]) -> None:
        new = [part_id for part_id in part_ids if part_id not in self._begun]
        self._begun.update(new)
        self._running.update(executor.submit(_execute, part_id) for part_id in new)

    def _wait(self, executor: Executor, begun: Sequence[SyncPart]) -> None:
        while self._running:
            done, self._running = wait(self._running, timeout=TICK_SECONDS, return_when=FIRST_COMPLETED)
            self.bugs += [bug for future in done if (bug := future.exception())]
            self._submit(executor, _dealt_out(begun))
            self._tick()


def _executor() -> Executor:
    """Threads share one core. A process that has threads cannot be forked safely."""
    cores = os.cpu_count() or 1
    if cores == 1 or threading.active_count() > 1 or "fork" not in multiprocessing.get_all_start_methods():
        return ThreadPoolExecutor(SIDE_BY_SIDE)
    context = multiprocessing.get_context("fork")
    return ProcessPoolExecutor(max(SIDE_BY_SIDE, min(cores, MOST_PROCESSES)), context, _leave_ctrl_c_to_the_parent)


def _warm(parts: Sequence[SyncPart]) -> None:
    """What every forked process would otherwise read for itself: boto3's model of SageMaker takes half a second."""
    if parts:
        with suppress(AWSError):
            sessions.client(parts[0].account.access, "sagemaker", parts[0].region, None)


def _dealt_out(begun: Sequence[SyncPart]) -> list[int]:
    """The shares of the parts that were begun; the database knows of them first."""
    syncs = {part.sync_id for part in begun}
    queued = SyncPart.objects.filter(sync__in=syncs, state=SyncPart.State.QUEUED, share__gt=0)
    return list(queued.values_list("pk", flat=True))


def _leave_ctrl_c_to_the_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _execute(part_id: int) -> None:
    try:
        execute(part_id)
    finally:
        connections.close_all()
