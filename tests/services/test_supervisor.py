"""The supervisor, with real processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import pytest

from lineage_site import supervisor as module
from lineage_site.program import Program
from lineage_site.supervisor import Supervisor, SupervisorError

FOREVER = "import time; print('here', flush=True); time.sleep(600)"
STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('here', flush=True); time.sleep(600)"
)
PARENT = (
    "import subprocess, sys, time\n"
    "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
    "print(child.pid, flush=True)\n"
)


def python(code, name="web", **options):
    return Program(name, (sys.executable, "-c", code), **options)


def alive(pid):
    """A zombie is not: its parent has only not looked yet."""
    state = Path(f"/proc/{pid}/stat")
    with suppress(OSError):
        os.kill(pid, 0)
        return not state.exists() or ") Z " not in state.read_text()
    return False


def eventually(condition, seconds=10):
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.05)
    return condition()


@pytest.fixture
def lines():
    return []


@pytest.fixture
def supervisor(lines, monkeypatch):
    monkeypatch.setattr(module, "BACKOFF_SECONDS", (0.05, 0.05))
    monkeypatch.setattr(module, "TICK_SECONDS", 0.05)
    monkeypatch.setattr(module, "TERMINATION_SECONDS", 1.0)
    with Supervisor(lines.append) as supervisor:
        yield supervisor


def wait_for(supervisor, condition):
    assert supervisor.wait_until(condition, 10, "the test")


def test_output_carries_the_name_of_its_program(supervisor, lines):
    supervisor.start(python(FOREVER))
    wait_for(supervisor, lambda: "web    | here" in lines)


def test_the_last_words_of_a_program_are_passed_on(supervisor, lines):
    supervisor.start(python("print('good'); print('bye', end='')", lasting=False))
    wait_for(supervisor, lambda: "web    | ended with code 0" in lines)
    assert lines[:2] == ["web    | good", "web    | bye"]


def test_a_program_gets_its_environment(supervisor, lines):
    supervisor.start(python("import os; print(os.environ['COLOUR'])", environment={"COLOUR": "red"}, lasting=False))
    wait_for(supervisor, lambda: "web    | red" in lines)


def test_a_program_that_dies_is_started_again(supervisor, lines):
    supervisor.start(python("import os; print(os.getpid())"))
    wait_for(supervisor, lambda: len({line for line in lines if "ended" not in line}) == 2)


def test_a_program_that_keeps_dying_is_given_up(supervisor):
    supervisor.start(python("raise SystemExit(7)"))
    with pytest.raises(SupervisorError, match=r"web ended 3 times \(last with code 7\)"):
        supervisor.run()


def test_failures_long_ago_are_forgiven(supervisor, lines, monkeypatch):
    monkeypatch.setattr(module, "HEALTHY_SECONDS", -1.0)
    supervisor.start(python("raise SystemExit(7)"))
    wait_for(supervisor, lambda: len(lines) == 5)


def test_a_program_that_runs_once_is_not_started_again(supervisor, lines):
    supervisor.start(python("raise SystemExit(3)", lasting=False))
    wait_for(supervisor, lambda: lines == ["web    | ended with code 3"])
    supervisor.tick()
    assert len(lines) == 1


def test_a_closed_output_does_not_end_a_program(supervisor, lines):
    supervisor.start(python("import os, time; os.close(1); os.close(2); time.sleep(600)"))
    for _ in range(5):
        supervisor.tick()
    assert lines == []


def test_the_end_takes_every_process_along(supervisor, lines):
    supervisor.start(python(PARENT + "time.sleep(600)"))
    wait_for(supervisor, lambda: lines)
    grandchild = int(lines[0].split("| ")[1])
    supervisor.stop()
    assert eventually(lambda: not alive(grandchild))


def test_what_a_dead_program_leaves_behind_is_killed(supervisor, lines):
    supervisor.start(python(PARENT, lasting=False))
    wait_for(supervisor, lambda: len(lines) == 2)
    assert eventually(lambda: not alive(int(lines[0].split("| ")[1])))


def test_a_program_that_ignores_sigterm_is_killed(supervisor, lines):
    supervisor.start(python("import os; print(os.getpid(), flush=True)\n" + STUBBORN))
    wait_for(supervisor, lambda: len(lines) == 2)
    supervisor.stop()
    assert not alive(int(lines[0].split("| ")[1]))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_the_run(supervisor, number):
    supervisor.start(python(FOREVER))
    threading.Timer(0.3, os.kill, (os.getpid(), number)).start()
    supervisor.run()
    assert supervisor.stopping


def test_signals_mean_what_they_meant_afterwards():
    before = signal.getsignal(signal.SIGTERM)
    with Supervisor(str):
        assert signal.getsignal(signal.SIGTERM) != before
    assert signal.getsignal(signal.SIGTERM) == before


def test_a_wait_in_vain_is_an_error(supervisor):
    with pytest.raises(SupervisorError, match="The web server did not answer within 0 s"):
        supervisor.wait_until(lambda: False, 0.1, "The web server")


def test_a_signal_ends_a_wait(supervisor):
    supervisor.stopping = True
    assert not supervisor.wait_until(lambda: True, 10, "The web server")


def test_a_program_is_run_to_its_end(supervisor):
    assert supervisor.run_to_end(python("raise SystemExit(3)")) == 3


@pytest.mark.parametrize("code", [FOREVER, STUBBORN])
def test_a_signal_ends_what_is_run_to_its_end(supervisor, code):
    threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGTERM)).start()
    assert supervisor.run_to_end(python(code)) is None


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child of its parent's death")
def test_a_killed_supervisor_takes_its_children_along():
    code = (
        "import sys\n"
        "from lineage_site.program import Program\n"
        "from lineage_site.supervisor import Supervisor\n"
        "with Supervisor(lambda line: print(line, flush=True)) as supervisor:\n"
        "    sleeper = 'import os, time; print(os.getpid(), flush=True); time.sleep(600)'\n"
        "    supervisor.start(Program('web', (sys.executable, '-c', sleeper)))\n"
        "    supervisor.run()\n"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as process:
        child = int(process.stdout.readline().split("| ")[1])
        process.kill()
    assert eventually(lambda: not alive(child))
