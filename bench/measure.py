"""What a child process cost, as the kernel accounts for it."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

PROJECT = Path(__file__).resolve().parent.parent
MAXRSS_IN_MB = 2**20 if sys.platform == "darwin" else 2**10  # macOS counts bytes, Linux KB


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds of wall and CPU time (user and system), the peak of resident memory in MB, exit status and output."""

    wall: float
    cpu: float
    peak_mb: float
    status: int
    output: str


def run_python(arguments: Sequence[str], environment: Mapping[str, str]) -> Cost:
    """Run this Python with arguments in the project's directory, and wait for its end."""
    with tempfile.TemporaryFile() as output:
        started = time.perf_counter()
        process = subprocess.Popen(  # noqa: S603  (this Python, with the bench's own arguments)
            [sys.executable, *arguments], cwd=PROJECT, env=dict(environment), stdout=output, stderr=subprocess.STDOUT
        )
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        said = output.read().decode(errors="replace")
    return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / MAXRSS_IN_MB, process.returncode, said)
