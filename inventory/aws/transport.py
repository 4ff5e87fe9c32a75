"""Requests of boto3's clients, sent by libcurl: a quarter of the CPU that Python's own HTTP and TLS take."""

from __future__ import annotations

import io
import os
import threading
from collections import deque
from typing import TYPE_CHECKING, Any

import pycurl
from botocore.awsrequest import AWSResponse
from botocore.exceptions import (
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    HTTPClientError,
    ReadTimeoutError,
    SSLError,
)
from botocore.httpsession import get_cert_path

if TYPE_CHECKING:
    from botocore.awsrequest import AWSPreparedRequest

MOST_IDLE = 64  # connections that a process keeps open, of all clients: with TLS, some 50 MB
LARGEST_ANSWER = 64 << 20  # bytes; AWS's are below 10 MB, and of an object at most 1 MiB is asked for
UNREACHABLE = {pycurl.E_COULDNT_RESOLVE_HOST, pycurl.E_COULDNT_CONNECT}
CLOSED = {pycurl.E_GOT_NOTHING, pycurl.E_SEND_ERROR, pycurl.E_RECV_ERROR, pycurl.E_PARTIAL_FILE}
INSECURE = {
    pycurl.E_SSL_CONNECT_ERROR,
    pycurl.E_PEER_FAILED_VERIFICATION,
    pycurl.E_SSL_CACERT_BADFILE,
    pycurl.E_SSL_CIPHER,
    pycurl.E_SSL_ISSUER_ERROR,
}
METHODS = {"POST", "GET", "HEAD"}
COUNTED = "content-length"  # of the request: libcurl counts for itself


class Connections:
    """The process's open connections, each in a handle of libcurl; who is done leaves its own for the next."""

    def __init__(self, most_idle: int = MOST_IDLE) -> None:
        self._most_idle = most_idle
        self._idle: deque[tuple[str, pycurl.Curl]] = deque()
        self._lock = threading.Lock()

    def take(self, host: str) -> pycurl.Curl:
        """The one to the host that was used last; a new one where none is idle."""
        with self._lock:
            for place in range(len(self._idle) - 1, -1, -1):
                if self._idle[place][0] == host:
                    curl = self._idle[place][1]
                    del self._idle[place]
                    return curl
        return pycurl.Curl()

    def give_back(self, host: str, curl: pycurl.Curl) -> None:
        curl.reset()  # keeps its connection
        with self._lock:
            self._idle.append((host, curl))
            dropped = self._idle.popleft()[1] if len(self._idle) > self._most_idle else None
        if dropped:
            dropped.close()

    def leave_to_parent(self) -> None:
        """In a forked process: what is open is the parent's. It is not closed here, which would end it there."""
        self._parents, self._idle = self._idle, deque()
        self._lock = threading.Lock()


connections = Connections()
os.register_at_fork(after_in_child=connections.leave_to_parent)


def send_by_libcurl(client: Any) -> None:
    """Give a client of boto3 a session of libcurl in place of its own."""
    client._endpoint.http_session = CurlSession(client._endpoint.http_session)


class Answer(io.BytesIO):
    """A body that has arrived, as botocore reads one."""

    def stream(self) -> tuple[bytes]:
        return (self.getvalue(),)


class CurlSession:
    """All that botocore's endpoint asks of an HTTP session.

    `own` is the session that botocore made for the client: its timeouts and certificates hold here, too. What goes
    through a proxy, shows a certificate of the client's or has a body that is no bytes is left to it.
    """

    def __init__(self, own: Any) -> None:
        self._own = own
        self._certificates = get_cert_path(own._verify) if own._verify else None
        self._connect_timeout = int(own._timeout.connect_timeout * 1000)
        self._read_timeout = int(own._timeout.read_timeout * 1000)

    def send(self, request: AWSPreparedRequest) -> AWSResponse:
        """Raises what botocore's own session would, so that its retries are the same."""
        if not self._can_send(request):
            sent: AWSResponse = self._own.send(request)
            return sent
        host = request.url.split("/", 3)[2]
        curl = connections.take(host)
        try:
            response = self._perform(curl, request)
        except pycurl.error as error:
            failure = _failure(error, curl, request)
            curl.close()
            raise failure from error
        except BaseException:
            curl.close()
            raise
        connections.give_back(host, curl)
        return response

    def close(self) -> None:
        """Connections are the process's: they stay for other clients."""
        self._own.close()

    def _can_send(self, request: AWSPreparedRequest) -> bool:
        is_plain = request.method in METHODS and isinstance(request.body, (bytes, str, type(None)))
        return is_plain and not self._own._cert_file and not self._own._proxy_config.proxy_url_for(request.url)

    def _perform(self, curl: pycurl.Curl, request: AWSPreparedRequest) -> AWSResponse:
        lines: list[bytes] = []
        body = Answer()
        self._set_up(curl)
        _set_request(curl, request)
        curl.setopt(pycurl.HEADERFUNCTION, lines.append)
        curl.setopt(pycurl.WRITEDATA, body)
        curl.perform()
        body.seek(0)
        return AWSResponse(request.url, curl.getinfo(pycurl.RESPONSE_CODE), _headers(lines), body)

    def _set_up(self, curl: pycurl.Curl) -> None:
        curl.setopt(pycurl.NOSIGNAL, 1)  # else libcurl's timeouts are no threads' own
        curl.setopt(pycurl.PROXY, "")  # none from the environment: botocore has decided
        curl.setopt(pycurl.HTTP_VERSION, pycurl.CURL_HTTP_VERSION_1_1)
        curl.setopt(pycurl.TCP_KEEPALIVE, 1)
        curl.setopt(pycurl.CONNECTTIMEOUT_MS, self._connect_timeout)
        curl.setopt(pycurl.TIMEOUT_MS, self._read_timeout)  # of the whole answer: libcurl has none between two reads
        curl.setopt(pycurl.MAXFILESIZE_LARGE, LARGEST_ANSWER)
        if self._certificates:
            curl.setopt(pycurl.CAINFO, self._certificates)
        else:
            curl.setopt(pycurl.SSL_VERIFYPEER, 0)
            curl.setopt(pycurl.SSL_VERIFYHOST, 0)


def _set_request(curl: pycurl.Curl, request: AWSPreparedRequest) -> None:
    curl.setopt(pycurl.URL, request.url)
    curl.setopt(pycurl.PATH_AS_IS, 1)  # what is signed is what is sent
    curl.setopt(pycurl.HTTPHEADER, ["Expect:", "Accept:", *_lines(request.headers)])
    if request.method == "POST":
        curl.setopt(pycurl.POSTFIELDS, request.body or b"")
    elif request.method == "HEAD":
        curl.setopt(pycurl.NOBODY, 1)


def _lines(headers: Any) -> list[str]:
    """A header without a value is written with a semicolon: libcurl takes "name:" for one to leave out."""
    texts = ((name, value.decode() if isinstance(value, bytes) else value) for name, value in headers.items())
    return [f"{name}: {text}" if text else f"{name};" for name, text in texts if name.lower() != COUNTED]


def _headers(lines: list[bytes]) -> Any:
    """Of the answer; those of an interim one before it, which begins with a status line, too, are not."""
    headers: dict[str, str] = {}
    for line in lines:
        name, colon, value = line.decode("latin-1").partition(":")
        if colon:
            headers[name] = value.strip()
        elif name.startswith("HTTP/"):
            headers.clear()
    return headers


def _failure(error: pycurl.error, curl: pycurl.Curl, request: AWSPreparedRequest) -> Exception:
    code, url = error.args[0], request.url
    if code in UNREACHABLE:
        return EndpointConnectionError(endpoint_url=url, error=error)
    if code == pycurl.E_OPERATION_TIMEDOUT:
        timeout = ReadTimeoutError if curl.getinfo(pycurl.REQUEST_SIZE) else ConnectTimeoutError
        return timeout(endpoint_url=url, error=error)
    if code in CLOSED:
        return ConnectionClosedError(endpoint_url=url, request=request, error=error)
    return SSLError(endpoint_url=url, error=error) if code in INSECURE else HTTPClientError(error=error)
