"""The service on one machine: its three programs, its port, and whether it answers."""

from __future__ import annotations

import http.client
import socket
import sys

from lineage_site.program import Program
from lineage_site.settings import PROJECT_DIR

START_SECONDS = 60
PROBE_SECONDS = 2
MANAGE = (sys.executable, str(PROJECT_DIR / "manage.py"))
CELERY = (sys.executable, "-m", "celery", "--quiet", "-A", "lineage_site")


def service_programs(host: str, port: int) -> tuple[Program, ...]:
    return (
        Program("web", _web(host, port)),
        Program("worker", (*CELERY, "worker", "--pool=prefork", f"--hostname=worker-{port}@%h")),
        Program("beat", (*CELERY, "beat", "--pidfile=")),
    )


def _web(host: str, port: int) -> tuple[str, ...]:
    granian = (sys.executable, "-m", "granian", "--interface=wsgi", "--workers=1", "--blocking-threads=4", "--no-ws")
    lifetime = ("--respawn-failed-workers", "--workers-kill-timeout=3")
    return (*granian, *lifetime, f"--host={host}", f"--port={port}", "lineage_site.wsgi:application")


def port_is_free(host: str, port: int) -> bool:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def any_free_port(host: str = "127.0.0.1") -> int:
    with socket.socket() as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


def answers(host: str, port: int, path: str) -> bool:
    """Whether a GET is answered with 200."""
    connection = http.client.HTTPConnection(reachable(host), port, timeout=PROBE_SECONDS)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def reachable(host: str) -> str:
    """An address to ask for a server that listens on every interface."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104  (compared, not bound)


def base_url(host: str, port: int) -> str:
    name = reachable(host)
    return f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"
