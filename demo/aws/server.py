"""The demo AWS as an HTTP server on loopback, in a thread or as a process of its own."""

from __future__ import annotations

import socket
import struct
import threading
from typing import TYPE_CHECKING, Any, Self

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from werkzeug.serving import BaseWSGIServer, make_server

from . import control, extension
from .spoil import break_connection

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from types import TracebackType

HOST = "127.0.0.1"


class DemoApplication(DomainDispatcherApplication):
    """AWS's services, and the demo's own paths."""

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ.get("PATH_INFO", "").startswith(control.PREFIX):
            return control.application(environ, start_response)

        def start(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            return start_response(status, break_connection(headers), *more)

        answer: Iterable[bytes] = super().__call__(environ, start)
        return answer


class QuietRequestHandler(MotoRequestHandler):
    """Keeps connections open, and logs no requests."""

    protocol_version = "HTTP/1.1"

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Silent: a crawl makes thousands of requests."""

    def connection_dropped(self, error: BaseException, environ: Any = None) -> None:
        """A connection that a fault breaks is reset, rather than kept for the next request."""
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()


def make(port: int, host: str = HOST) -> BaseWSGIServer:
    """A server that listens but does not serve yet; port 0 takes a free one."""
    extension.install()
    return make_server(
        host, port, DemoApplication(create_backend_app), threaded=True, request_handler=QuietRequestHandler
    )


class DemoServer:
    """A server in a thread: `with DemoServer() as server: boto3.client(..., endpoint_url=server.url)`."""

    def __init__(self, port: int = 0) -> None:
        self._server = make(port)
        self._server.daemon_threads = True  # type: ignore[attr-defined]
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self._server.server_port}"

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def reset(self) -> None:
        extension.reset()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
