"""The parts of a sync carried out by this command: by crews in processes of its own, where it can fork any."""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import threading
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, ProcessPoolExecutor, ThreadPoolExecutor, wait
from contextlib import suppress
from typing import TYPE_CHECKING

from django.db import connections

from inventory.aws.errors import AWSError
from inventory.aws.sessions import sessions
from inventory.models import SyncPart
from inventory.sync.crew import Crew

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future

    from inventory.models import Sync

SIDE_BY_SIDE = 6  # at least: while one waits for the database, another has the core
MOST_PROCESSES = 8
TICK_SECONDS = 0.5


class Foreground:
    """Carries out the parts of a sync, and those that they deal out; `tick` is called twice a second meanwhile."""

    def __init__(self, requested: Sync, tick: Callable[[], None]) -> None:
        self._sync_id = requested.pk
        self._parts = SyncPart.objects.filter(sync=requested)
        self._tick = tick
        self._places = places() if _can_fork() else 1
        self._crews: set[Future[None]] = set()
        self.killed = False  # whether a process was; then what waits is left to the next sync

    def carry_out(self, cancel: Callable[[], None]) -> None:
        """Returns when all are over. Ctrl-C calls `cancel`, and waits: what is stored is whole."""
        _warm(self._parts.select_related("account").first())
        gc.freeze()  # what is loaded by now stays: no collection needs to look at it, and no fork to copy it
        with _executor(self._places) as executor:
            try:
                self._wait(executor)
            except KeyboardInterrupt:
                cancel()
                self._wait(executor)

    def _wait(self, executor: Executor) -> None:
        while self._begin(executor):
            done, self._crews = wait(self._crews, timeout=TICK_SECONDS, return_when=FIRST_COMPLETED)
            for crew in done:
                self._end(crew)
            self._tick()

    def _begin(self, executor: Executor) -> bool:
        """A crew for each part that waits, as far as there are places; whether any crew is at work."""
        begun = min(self._parts.in_turn().count(), self._places - len(self._crews))
        if begun:
            connections.close_all()  # a connection cannot be shared with a forked process
        with suppress(BrokenExecutor):
            for _ in range(begun):
                self._crews.add(executor.submit(_run_crew, self._sync_id, self._places))
        return bool(self._crews)

    def _end(self, crew: Future[None]) -> None:
        try:
            crew.result()
        except BrokenExecutor:
            self.killed = True


def places() -> int:
    """How many processes the command has, where it can fork."""
    return max(SIDE_BY_SIDE, min(os.cpu_count() or 1, MOST_PROCESSES))


def _can_fork() -> bool:
    """On one core threads do as well. A process that has threads cannot be forked safely."""
    several_cores = (os.cpu_count() or 1) > 1
    return several_cores and threading.active_count() == 1 and "fork" in multiprocessing.get_all_start_methods()


def _executor(most: int) -> Executor:
    if most == 1:
        return ThreadPoolExecutor(most)
    return ProcessPoolExecutor(most, multiprocessing.get_context("fork"), _leave_ctrl_c_to_the_parent)


def _warm(part: SyncPart | None) -> None:
    """What every forked process would otherwise read for itself: boto3's model of SageMaker takes half a second."""
    if part:
        with suppress(AWSError):
            for service in ("sagemaker", "s3"):
                sessions.client(part.account.access, service, part.region, None)


def _leave_ctrl_c_to_the_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _run_crew(sync_id: int, processes: int) -> None:
    try:
        Crew(SyncPart.objects.filter(sync=sync_id), processes).run()
    finally:
        connections.close_all()
