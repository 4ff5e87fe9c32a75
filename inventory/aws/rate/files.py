"""Ledgers in files, for the processes of one machine that have no Redis."""

from __future__ import annotations

import fcntl
import os
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import quote

from inventory.aws.rate.ledger import decode, encode
from inventory.aws.rate.store import Change, Result, StoreLostError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MOST = 1 << 16  # bytes; a ledger takes some hundred


class FileStore:
    """One small file per ledger. The kernel releases the lock of a process that dies; a torn file is learned anew."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def update(self, name: str, change: Change[Result]) -> Result:
        try:
            with _locked(self._directory / quote(name, safe="")) as file:
                changed, result = change(decode(os.pread(file, MOST, 0)), time.time())
                data = encode(changed)
                os.pwrite(file, data, 0)
                os.ftruncate(file, len(data))
                return result
        except OSError as error:
            raise StoreLostError(str(error)) from error


@contextmanager
def _locked(path: Path) -> Iterator[int]:
    """Opened each time: descriptors that threads or forked processes share would share the lock, too."""
    file = _opened(path)
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield file
    finally:
        os.close(file)


def _opened(path: Path) -> int:
    flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC
    try:
        return os.open(path, flags, 0o600)
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
        return os.open(path, flags, 0o600)
