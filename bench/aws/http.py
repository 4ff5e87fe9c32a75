"""HTTP/1.1 with open connections, no more of it than boto3 speaks: written for speed."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

REASONS = {200: "OK", 206: "Partial Content", 400: "Bad Request", 403: "Forbidden", 404: "Not Found"}


@dataclass(frozen=True, slots=True)
class Request:
    """`headers` have lower-case names; `target` is path and query."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Reply:
    """`body` None: none will ever come. `seconds`: how long it takes. `close`: the connection ends with it."""

    head: bytes
    body: bytes | None
    seconds: float = 0.0
    close: bool = False


def head(status: int, content_type: str, length: int, headers: tuple[tuple[str, str], ...] = ()) -> bytes:
    more = "".join(f"{name}: {value}\r\n" for name, value in headers)
    reason = REASONS.get(status, "Status")
    text = f"HTTP/1.1 {status} {reason}\r\nContent-Type: {content_type}\r\nContent-Length: {length}\r\n"
    return f"{text}x-amzn-RequestId: bench\r\n{more}\r\n".encode()


class Connection(asyncio.Protocol):
    """One connection. Requests on it are answered in turn: boto3 sends the next only after the answer."""

    def __init__(self, reply: Callable[[Request], Reply]) -> None:
        self._reply = reply
        self._received = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101  (TCP's are)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        while request := self._next():
            reply = self._reply(request)
            if reply.seconds:
                asyncio.get_running_loop().call_later(reply.seconds, self._send, reply)
            else:
                self._send(reply)

    def _next(self) -> Request | None:
        """The next whole request, if it is here."""
        end = self._received.find(b"\r\n\r\n")
        if end < 0:
            return None
        first, *lines = self._received[:end].decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        start, length = end + 4, int(headers.get("content-length", 0))
        if len(self._received) < start + length:
            return None
        body, self._received = self._received[start : start + length], self._received[start + length :]
        method, target, _ = first.split(" ", 2)
        return Request(method, target, headers, body)

    def _send(self, reply: Reply) -> None:
        if self._transport is None or self._transport.is_closing():
            return
        if reply.body is not None:
            self._transport.write(reply.head + reply.body)
        if reply.close:
            self._transport.close()
