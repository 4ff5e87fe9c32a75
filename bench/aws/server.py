"""The light AWS: every request to its service, every answer through the traffic's settings."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from bench.aws import accounts, control, http
from bench.aws.answers import Answer, Call, CallError, json_error, query_error, xml_error
from bench.aws.estate import Estate, Shape
from bench.aws.routing import routed
from bench.aws.sagemaker import SageMaker
from bench.aws.storage import Storage

if TYPE_CHECKING:
    from bench.aws.http import Reply, Request
    from bench.aws.traffic import Fault, Traffic

HOST = "127.0.0.1"
ERRORS = {"s3": xml_error, "s3control": xml_error, "sts": query_error, "ec2": query_error}
Service = Callable[[Call], Answer]


class Application:
    """The estate, its traffic, and who answers for which service."""

    traffic: Traffic
    estate: Estate

    def __init__(self, shape: Shape, traffic: Traffic) -> None:
        self.traffic = traffic
        self.build(shape)

    def build(self, shape: Shape) -> None:
        """Begin an estate of that shape, untouched."""
        self.estate = Estate(shape)
        storage = Storage(self.estate).answer
        self._services: dict[str, Service] = {
            "sagemaker": SageMaker(self.estate).answer,
            "s3": storage,
            "s3control": storage,
            "sts": accounts.sts,
            "ec2": accounts.ec2,
            "account": accounts.account,
            "tagging": accounts.Tagging(self.estate).answer,
        }

    def reply(self, request: Request) -> Reply:
        if request.target.startswith(control.PREFIX):
            return _wired(request, control.answer(self, request.method, request.target, request.body))
        call = routed(request)
        self.traffic.note(call.operation)
        seconds = self.traffic.latency_ms / 1000
        if fault := self.traffic.fault(call.operation):
            return self._broken(request, call, fault, seconds)
        return _wired(request, self._answer(call), seconds)

    def _answer(self, call: Call) -> Answer:
        if not self.traffic.admits(call.service, call.operation, call.account, call.region):
            return _refused(call, CallError("ThrottlingException", "Rate exceeded"))
        try:
            return self._services.get(call.service, _unknown)(call)
        except CallError as error:
            return _refused(call, error)

    def _broken(self, request: Request, call: Call, fault: Fault, seconds: float) -> Reply:
        if fault.code == "hang":
            return http.Reply(b"", None)
        if fault.code == "disconnect":
            return http.Reply(b"", None, seconds, close=True)
        if fault.code == "truncated":
            whole = self._answer(call)
            return _wired(
                request, Answer(whole.body[: len(whole.body) // 2], whole.status, whole.content_type), seconds
            )
        code = "InternalFailure" if fault.code.isdecimal() else fault.code
        return _wired(request, _refused(call, CallError(code, "As asked for.", fault.status)), seconds)


def _unknown(call: Call) -> Answer:
    raise CallError("UnknownOperationException", f"The bench does not know the service {call.service!r}.")


def _refused(call: Call, error: CallError) -> Answer:
    return ERRORS.get(call.service, json_error)(error)


def _wired(request: Request, answer: Answer, seconds: float = 0.0) -> Reply:
    head = http.head(answer.status, answer.content_type, len(answer.body), answer.headers)
    return http.Reply(head, b"" if request.method == "HEAD" else answer.body, seconds)


async def serve(application: Application, port: int) -> None:
    """Listen on loopback until cancelled; port 0 takes a free one. Prints the address when ready."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(partial(http.Connection, application.reply), HOST, port)
    print(f"ready http://{HOST}:{server.sockets[0].getsockname()[1]}", flush=True)  # noqa: T201  (who started it waits)
    await loop.create_future()  # serve_forever would wait for clients to close what they keep alive
