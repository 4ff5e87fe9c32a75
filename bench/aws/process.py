"""The light AWS as a process of its own, and its interface from outside."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self
from urllib.request import Request, urlopen

if TYPE_CHECKING:
    from types import TracebackType

PROJECT = Path(__file__).resolve().parents[2]


class BenchAWS:
    """`with BenchAWS(pipelines=200) as aws: boto3.client("sagemaker", endpoint_url=aws.url, ...)`."""

    def __init__(self, **options: float) -> None:
        self._arguments = [f"--{name.replace('_', '-')}={value}" for name, value in options.items()]
        self._process: subprocess.Popen[str] | None = None
        self.url = ""

    def __enter__(self) -> Self:
        command = [sys.executable, "-m", "bench.aws", *self._arguments]
        self._process = subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True)  # noqa: S603
        assert self._process.stdout is not None  # noqa: S101  (it is a pipe)
        said = self._process.stdout.readline().split()
        if said[:1] != ["ready"]:
            self._end()
            raise RuntimeError("The light AWS did not start.")
        self.url = said[1]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def configure(self, **settings: Any) -> dict[str, Any]:
        """Set latency, rate, faults or shape; the answer is the shape."""
        return self._ask("settings", settings)

    def touch(self, **counts: int) -> None:
        self._ask("touch", counts)

    def reset(self) -> None:
        self._ask("reset", {})

    def calls(self) -> dict[str, Any]:
        """Calls, throttled and faulted by operation since the last reset."""
        return self._ask("calls")

    def _ask(self, what: str, document: dict[str, Any] | None = None) -> dict[str, Any]:
        data = None if document is None else json.dumps(document).encode()
        with urlopen(Request(f"{self.url}/bench-api/{what}", data), timeout=30) as response:  # noqa: S310  (loopback)
            answer: dict[str, Any] = json.load(response)
        return answer

    def _end(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.communicate(timeout=10)
