"""Memory that threads free: counted in a process of its own, for what a process made stays."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

MODULE = Path(__file__).parents[2] / "inventory" / "sync" / "arenas.py"

ARENAS = """
import ctypes, runpy, sys, tempfile, threading

share_arenas = runpy.run_path(sys.argv[1])["share_arenas"]
libc = ctypes.CDLL(None)
libc.malloc.restype = libc.fopen.restype = ctypes.c_void_p
libc.malloc_info.argtypes, libc.fclose.argtypes = (ctypes.c_int, ctypes.c_void_p), (ctypes.c_void_p,)
{first}
together = threading.Barrier(8)

def allocate():
    together.wait()
    libc.malloc(100_000)
    together.wait()

threads = [threading.Thread(target=allocate) for _ in range(8)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
with tempfile.NamedTemporaryFile() as written:
    file = libc.fopen(written.name.encode(), b"w")
    libc.malloc_info(0, file)
    libc.fclose(file)
    print(written.read().count(b"<heap nr="))
"""


def arenas(first: str) -> int:
    """Of a process in which eight threads allocate at once."""
    program = [sys.executable, "-c", ARENAS.format(first=first), str(MODULE)]
    run = subprocess.run(program, capture_output=True, text=True, check=True)
    return int(run.stdout)


@pytest.mark.skipif(sys.platform != "linux", reason="other C libraries have no arenas that can be counted")
def test_threads_share_few_arenas():
    assert arenas("") > 2
    assert arenas("share_arenas()") <= 2
