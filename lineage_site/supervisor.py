"""Runs the service's processes side by side: restarts what dies, ends all of it together."""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lineage_site.program import DIE_WITH_PARENT, Child, Program

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType, TracebackType
    from typing import Self

TICK_SECONDS = 0.2
TERMINATION_SECONDS = 6.0
BACKOFF_SECONDS = (0.5, 1.0, 2.0, 4.0, 8.0)
HEALTHY_SECONDS = 60.0


class SupervisorError(RuntimeError):
    """A program keeps ending, or the service does not come up."""


@dataclass
class Watch:
    """A program, its child while it runs, and how often it has failed of late."""

    program: Program
    child: Child | None = None
    started: float = 0.0
    failures: int = 0
    restart_at: float | None = None


class Supervisor:
    """`with Supervisor(write) as supervisor: supervisor.start(program); supervisor.run()`.

    One thread: a lock that another thread holds at a fork would never be released in the child.
    """

    def __init__(self, write: Callable[[str], None]) -> None:
        self._write = write
        self._watches: list[Watch] = []
        self._selector = selectors.DefaultSelector()
        self._handlers: dict[signal.Signals, object] = {}
        self.stopping = False

    def __enter__(self) -> Self:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            self._handlers[number] = signal.signal(number, self._on_signal)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        for number, handler in self._handlers.items():
            signal.signal(number, handler)  # type: ignore[arg-type]  # what signal.signal() returned
        self._selector.close()

    def start(self, program: Program) -> None:
        watch = Watch(program)
        self._watches.append(watch)
        self._launch(watch)

    def run(self) -> None:
        """Until a signal asks for the end. Raises SupervisorError when a program keeps dying."""
        while not self.stopping:
            self.tick()

    def wait_until(self, ready: Callable[[], bool], seconds: float, what: str) -> bool:
        """False when a signal asked for the end before. Raises SupervisorError when the time is over."""
        deadline = time.monotonic() + seconds
        while not self.stopping:
            self.tick()
            if ready():
                return True
            if time.monotonic() > deadline:
                raise SupervisorError(f"{what} did not answer within {seconds:.0f} s.")
        return False

    def run_to_end(self, program: Program) -> int | None:
        """Run a program on this terminal; its exit code, None when a signal asked for the end before."""
        process = subprocess.Popen(  # noqa: S603  (the commands are this project's own)
            program.command, env={**os.environ, **program.environment}, preexec_fn=DIE_WITH_PARENT
        )
        while not self.stopping:
            self.tick()
            if (code := process.poll()) is not None:
                return code
        process.terminate()
        try:
            process.wait(TERMINATION_SECONDS / 2)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        return None

    def tick(self) -> None:
        """Pass on output for a moment, then look after who has ended."""
        self._pass_output(TICK_SECONDS)
        for watch in self._watches:
            self._look_after(watch)

    def stop(self) -> None:
        """SIGTERM to every program, which ends its own processes; SIGKILL to whatever is left of them in the end."""
        self.stopping = True
        running = [watch.child for watch in self._watches if watch.child]
        for child in running:
            child.terminate()
        deadline = time.monotonic() + TERMINATION_SECONDS
        while any(child.exit_code() is None for child in running) and time.monotonic() < deadline:
            self._pass_output(TICK_SECONDS)
        for child in running:
            child.kill_group()
        for watch in self._watches:
            self._forget(watch)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self.stopping = True

    def _launch(self, watch: Watch) -> None:
        watch.restart_at = None
        watch.started = time.monotonic()
        watch.child = Child(watch.program)
        self._selector.register(watch.child, selectors.EVENT_READ, watch)

    def _pass_output(self, seconds: float) -> None:
        if not self._selector.get_map():
            time.sleep(seconds)
        for key, _ in self._selector.select(seconds):
            self._print(key.data)

    def _unwatch(self, child: Child) -> None:
        with suppress(KeyError):
            self._selector.unregister(child)

    def _print(self, watch: Watch) -> None:
        if watch.child:
            for line in watch.child.lines():
                self._write(f"{watch.program.name:<6} | {line}")
            if watch.child.silent:
                self._unwatch(watch.child)

    def _look_after(self, watch: Watch) -> None:
        if watch.child is None:
            if watch.restart_at is not None and time.monotonic() >= watch.restart_at and not self.stopping:
                self._launch(watch)
        elif (code := watch.child.exit_code()) is not None:
            watch.child.kill_group()
            self._forget(watch)
            self._after_end(watch, code)

    def _after_end(self, watch: Watch, code: int) -> None:
        if self.stopping:
            return
        if not watch.program.lasting:
            self._write(f"{watch.program.name:<6} | ended with code {code}")
            return
        if time.monotonic() - watch.started > HEALTHY_SECONDS:
            watch.failures = 0
        if watch.failures >= len(BACKOFF_SECONDS):
            raise SupervisorError(
                f"{watch.program.name} ended {watch.failures + 1} times (last with code {code}): giving up."
            )
        pause = BACKOFF_SECONDS[watch.failures]
        watch.failures += 1
        watch.restart_at = time.monotonic() + pause
        self._write(f"{watch.program.name:<6} | ended with code {code}; starting it again in {pause:g} s")

    def _forget(self, watch: Watch) -> None:
        if watch.child is None:
            return
        self._print(watch)
        self._unwatch(watch.child)
        watch.child.close()
        watch.child = None
