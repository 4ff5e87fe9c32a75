"""One child process: its own process group, its output line by line, its end."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

PR_SET_PDEATHSIG = 1
CHUNK = 65_536


@dataclass(frozen=True)
class Program:
    """What to run. `lasting` is restarted when it ends; the others run once."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    lasting: bool = True


class Child:
    """A running program. Read `lines()` whenever `fileno()` is readable, until `silent`: a full pipe would stop it."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.silent = False
        self._rest = b""
        self._process = subprocess.Popen(  # noqa: S603  (the commands are this project's own)
            program.command,
            env={**os.environ, **program.environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            process_group=0,
            preexec_fn=DIE_WITH_PARENT,
        )
        if self._process.stdout is None:
            raise AssertionError("a pipe was asked for")
        self._stdout = self._process.stdout
        os.set_blocking(self.fileno(), False)

    @property
    def pid(self) -> int:
        return self._process.pid

    def fileno(self) -> int:
        return self._stdout.fileno()

    def exit_code(self) -> int | None:
        """None while it runs; negative is the signal that ended it."""
        return self._process.poll()

    def lines(self) -> Iterator[str]:
        """The complete lines that have come since; at the end of all output also an incomplete one."""
        with suppress(BlockingIOError):
            while chunk := os.read(self.fileno(), CHUNK):
                *lines, self._rest = (self._rest + chunk).split(b"\n")
                for line in lines:
                    yield line.decode(errors="replace")
            self.silent = True
            if self._rest:
                yield self._rest.decode(errors="replace")
                self._rest = b""

    def terminate(self) -> None:
        self._process.terminate()

    def kill_group(self) -> None:
        """Also what a dead leader has left behind."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)

    def close(self) -> None:
        """After its end, or SIGKILL."""
        self._process.wait()
        self._stdout.close()


def _die_with_parent() -> Callable[[], None] | None:
    """For a child to run between fork and exec: it gets SIGTERM when its parent dies, however that happens."""
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    return lambda: prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


DIE_WITH_PARENT = _die_with_parent()
