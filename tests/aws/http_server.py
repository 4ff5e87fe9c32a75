"""A server on loopback that notes what it is sent, and misbehaves as it is told."""

from __future__ import annotations

import socket
import ssl
import threading
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BODY = b'{"Pipelines": []}'


class Handler(BaseHTTPRequestHandler):
    """The last part of the path says how to answer."""

    protocol_version = "HTTP/1.1"
    server: Server
    timeout = 5

    def do_GET(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        body = self.rfile.read(length)
        self.server.requests.append((self.requestline, sorted(self.headers.items()), body))
        self.server.clients.append(self.client_address)
        way = self.path.split("?")[0].rsplit("/", 1)[-1]
        getattr(self, f"answer_{way}", self.answer)()

    do_POST = do_HEAD = do_GET  # noqa: N815  (names of http.server)

    def answer(self, status: int = 200, length: int = len(BODY)) -> None:
        self.send_response(status)
        self.send_header("X-Amzn-RequestId", "r-1")
        self.send_header("Content-Length", str(length))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(BODY)

    def answer_refused(self) -> None:
        self.answer(400)

    def answer_cut(self) -> None:
        self.answer(length=2 * len(BODY))
        self.close_connection = True

    def answer_silent(self) -> None:
        self.server.released.wait(10)

    def answer_nothing(self) -> None:
        self.close_connection = True

    def answer_last(self) -> None:
        """Close the connection without saying so: who uses it again finds it dead."""
        self.answer()
        self.wfile.flush()
        self.connection.shutdown(socket.SHUT_RDWR)
        self.close_connection = True

    def answer_redirect(self) -> None:
        self.send_response(307)
        self.send_header("Location", f"{self.server.url}/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Quiet."""


class Server(ThreadingHTTPServer):
    """`requests`: request line, sorted headers and body of each; `clients`: the address each came from."""

    daemon_threads = True

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.requests: list[tuple[str, list[tuple[str, str]], bytes]] = []
        self.clients: list[tuple[str, int]] = []
        self.released = threading.Event()
        self.url = f"{'https' if context else 'http'}://localhost:{self.server_port}"
        if context:
            self.socket = context.wrap_socket(self.socket, server_side=True)

    def handle_error(self, *_: object) -> None:
        """A client that goes away, or trusts nobody, is what is tested."""


@contextmanager
def serving(context: ssl.SSLContext | None = None) -> Iterator[Server]:
    server = Server(context)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.released.set()
        server.shutdown()
        server.server_close()


def certified(directory: Path) -> tuple[ssl.SSLContext, Path]:
    """A server's TLS for localhost, and the certificate that vouches for it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name, moment = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")]), datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(moment - timedelta(days=1))
        .not_valid_after(moment + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    secret, public = directory / "key.pem", directory / "certificate.pem"
    secret.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    public.write_bytes(certificate.public_bytes(Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(public, secret)
    return context, public
