"""libcurl in place of botocore's own HTTP: the same requests, the same answers, the same errors."""

from __future__ import annotations

import os
import socket
from concurrent.futures import ThreadPoolExecutor

import pytest
from botocore.awsrequest import AWSRequest
from botocore.exceptions import (
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    HTTPClientError,
    ReadTimeoutError,
    SSLError,
)
from botocore.httpsession import URLLib3Session

from inventory.aws import transport
from inventory.aws.client import Connection
from inventory.aws.sessions import Access
from inventory.aws.transport import Connections, CurlSession
from tests.aws.http_server import BODY, certified, serving

AGENT = {"User-Agent": "lineage"}
JSON = {**AGENT, "Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "SageMaker.ListPipelines", "Empty": ""}


@pytest.fixture
def server():
    with serving() as running:
        yield running


@pytest.fixture(autouse=True)
def connections(monkeypatch):
    """Connections of this test's own."""
    own = Connections()
    monkeypatch.setattr(transport, "connections", own)
    return own


def session(**options):
    return URLLib3Session(timeout=(2, 1), **options)


def prepared(url, method="POST", body=b"{}", headers=JSON):
    request = AWSRequest(method, url, headers=headers, data=body)
    return request.prepare()


@pytest.mark.parametrize(
    "request_of",
    [
        lambda url: prepared(url),
        lambda url: prepared(f"{url}/", body=b""),
        lambda url: prepared(f"{url}/", body=b"\0binary\xff" * 200_000),
        lambda url: prepared(f"{url}/a/../b//c%20d/e%2Bf?x=1&y=%20", "GET", None, {**AGENT, "Range": b"bytes=0-9"}),
        lambda url: prepared(f"{url}/key", "HEAD", None, AGENT),
    ],
    ids=["json", "empty", "large", "path", "head"],
)
def test_what_is_sent_is_what_botocore_would_send(server, request_of):
    own = session()
    own.send(request_of(server.url))
    CurlSession(own).send(request_of(server.url))

    by_botocore, by_libcurl = map(_normal, server.requests)
    assert by_libcurl == by_botocore


def _normal(request):
    """botocore's own asks for no encoding by saying so, libcurl by saying nothing."""
    line, headers, body = request
    return line, [(name.lower(), value) for name, value in headers if name != "Accept-Encoding"], body


@pytest.mark.parametrize(("method", "body"), [("POST", BODY), ("GET", BODY), ("HEAD", b"")])
def test_what_is_answered_is_what_botocore_would_answer(server, method, body):
    own = session()
    answers = [sender.send(prepared(f"{server.url}/refused", method)) for sender in (own, CurlSession(own))]

    by_botocore, by_libcurl = [
        (answer.status_code, answer.url, answer.content, dict(answer.headers) | {"Date": ""}) for answer in answers
    ]
    assert by_libcurl == by_botocore
    assert by_libcurl[:3] == (400, f"{server.url}/refused", body)
    assert answers[1].headers["x-amzn-requestid"] == "r-1"


def test_a_body_can_be_read_as_a_stream(server):
    request = prepared(server.url)
    request.stream_output = True

    assert CurlSession(session()).send(request).raw.read(5) == BODY[:5]


def test_a_redirect_is_not_followed(server):
    assert CurlSession(session()).send(prepared(f"{server.url}/redirect")).status_code == 307
    assert len(server.requests) == 1


def test_connections_are_used_again_by_whichever_client(server):
    for _ in range(3):
        CurlSession(session()).send(prepared(server.url))

    assert len(set(server.clients)) == 1


def test_threads_have_connections_of_their_own(server):
    sender = CurlSession(session())
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(sender.send, [prepared(server.url) for _ in range(80)]))

    assert [answer.content for answer in answers] == [BODY] * 80
    assert 1 <= len(set(server.clients)) <= 8


def test_a_connection_that_the_server_closed_is_opened_anew(server):
    sender = CurlSession(session())
    for _ in range(3):
        assert sender.send(prepared(f"{server.url}/last")).content == BODY


def test_few_connections_stay_open(server, connections):
    connections._most_idle = 2
    taken = [connections.take("one") for _ in range(3)]
    for curl in taken:
        connections.give_back("one", curl)

    assert connections.take("two") not in taken
    assert connections.take("one") is taken[2]
    assert connections.take("one") is taken[1]
    assert connections.take("one") is not taken[0]


def test_a_forked_process_leaves_its_parents_connections(server, monkeypatch):
    shared = Connections()
    monkeypatch.setattr(transport, "connections", shared)
    sender = CurlSession(session())
    sender.send(prepared(server.url))
    child = os.fork()
    if child == 0:
        shared.leave_to_parent()
        sender.send(prepared(server.url))
        os._exit(0)
    os.waitpid(child, 0)
    sender.send(prepared(server.url))

    mine, childs, mine_again = server.clients
    assert mine == mine_again != childs


@pytest.mark.parametrize(
    ("way", "error"),
    [("cut", ConnectionClosedError), ("nothing", ConnectionClosedError), ("silent", ReadTimeoutError)],
)
def test_an_answer_that_does_not_come_is_an_error(server, way, error):
    with pytest.raises(error):
        CurlSession(session()).send(prepared(f"{server.url}/{way}"))


def test_after_an_error_the_next_request_is_answered(server):
    sender = CurlSession(session())
    with pytest.raises(ConnectionClosedError):
        sender.send(prepared(f"{server.url}/cut"))

    assert sender.send(prepared(server.url)).content == BODY


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "http://no-such-host.invalid"])
def test_nobody_there_is_an_error(url):
    with pytest.raises(EndpointConnectionError):
        CurlSession(session()).send(prepared(url))


def test_who_does_not_take_the_call_is_waited_for_a_while():
    with socket.socket() as deaf, socket.socket() as first, socket.socket() as second:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen(0)
        for waiting in (first, second):  # fill the line, so that the next is not let in
            waiting.setblocking(False)  # noqa: FBT003  (socket's own)
            waiting.connect_ex(deaf.getsockname())
        own = URLLib3Session(timeout=(0.2, 5))
        with pytest.raises(ConnectTimeoutError):
            CurlSession(own).send(prepared(f"http://127.0.0.1:{deaf.getsockname()[1]}"))


def test_an_answer_that_is_too_large_is_an_error(server, monkeypatch):
    monkeypatch.setattr(transport, "LARGEST_ANSWER", 4)

    with pytest.raises(HTTPClientError):
        CurlSession(session()).send(prepared(server.url))


def test_a_server_must_be_who_it_says(tmp_path):
    context, certificate = certified(tmp_path)
    with serving(context) as server:
        with pytest.raises(SSLError):
            CurlSession(session()).send(prepared(server.url))
        with pytest.raises(SSLError):
            CurlSession(session(verify=str(certificate))).send(prepared(server.url.replace("localhost", "127.0.0.1")))
        assert CurlSession(session(verify=str(certificate))).send(prepared(server.url)).content == BODY
        assert CurlSession(session(verify=False)).send(prepared(server.url)).content == BODY


def test_trust_is_not_carried_over(tmp_path):
    """A connection that was opened without looking at the certificate is none for who looks."""
    context, _ = certified(tmp_path)
    with serving(context) as server:
        CurlSession(session(verify=False)).send(prepared(server.url))
        with pytest.raises(SSLError):
            CurlSession(session()).send(prepared(server.url))


def test_what_goes_through_a_proxy_is_botocores_own_to_send(server):
    proxied = session(proxies={"http": server.url})
    CurlSession(proxied).send(prepared("http://sagemaker.invalid/"))

    assert [line for line, *_ in server.requests] == ["POST http://sagemaker.invalid/ HTTP/1.1"]


def test_a_proxy_of_the_environment_is_none_where_botocore_has_none(server, monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")

    assert CurlSession(session()).send(prepared(server.url)).content == BODY


def test_clients_of_a_connection_send_by_libcurl(server, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    connection = Connection(Access("123456789012"), "us-east-1", attempts=1)
    for _ in range(2):
        assert connection.sagemaker.list_pipelines()["ResponseMetadata"]["RequestId"] == "r-1"

    assert isinstance(connection.sagemaker._endpoint.http_session, CurlSession)
    assert len(set(server.clients)) == 1
    headers = dict(server.requests[0][1])
    assert headers["Authorization"].startswith("AWS4-HMAC-SHA256")
    assert headers["X-Amz-Target"] == "SageMaker.ListPipelines"
