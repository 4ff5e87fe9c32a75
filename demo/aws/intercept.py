"""Puts counting and faults in front of every service of moto, in `mock_aws` and in the server alike."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote, urlencode

from moto.core import responses
from moto.core.errors import COMMON_ERROR_CODES
from moto.core.exceptions import ServiceException
from moto.core.responses import ActionResult, BaseResponse
from moto.core.utils import method_names_from_class
from moto.s3.responses import S3Response

from .accounts import trust_fault
from .regions import disabled_fault
from .spoil import SPOILT, Answer
from .traffic import CALLS, FAULTS, HANG, Call, Fault

Proceed = Callable[[], Any]


class FaultError(ServiceException):
    """An error that was asked for. moto reads from the module of the class which service it belongs to: here none."""


def install() -> None:
    """Idempotent: the wrapped methods replace the originals once."""
    if hasattr(BaseResponse.call_action, "__wrapped__"):
        return
    # moto inspects the class anew for each request, which costs more than most of the answers.
    setattr(responses, "method_names_from_class", functools.cache(method_names_from_class))  # noqa: B010 (not exported)
    _wrap(BaseResponse, "call_action")
    _wrap(S3Response, "_bucket_response")
    _wrap(S3Response, "_key_response")


def _wrap(owner: type[BaseResponse], name: str) -> None:
    original = getattr(owner, name)

    @functools.wraps(original)
    def wrapped(response: BaseResponse, *args: Any) -> Any:
        return _answer(response, lambda: original(response, *args))

    setattr(owner, name, wrapped)


def _answer(response: BaseResponse, proceed: Proceed) -> Any:
    call = call_of(response)
    CALLS.record(call)
    fault = FAULTS.take(call) or disabled_fault(call) or trust_fault(call)
    if fault is None:
        return _proceed(response, proceed)
    if fault.code == HANG:
        time.sleep(fault.seconds)
        return proceed()
    if spoil := SPOILT.get(fault.code):
        return spoil(*_parts(_proceed(response, proceed)))
    return _error(response, fault)


def _proceed(response: BaseResponse, proceed: Proceed) -> Any:
    try:
        return proceed()
    except NotImplementedError as error:
        return _error(response, Fault("UnknownOperationException", message=str(error)))


def call_of(response: BaseResponse) -> Call:
    body = response.raw_body if isinstance(response.raw_body, bytes) else str(response.raw_body).encode()
    if not body and response.method == "POST":  # a form, which the server has parsed already
        body = urlencode(response.querystring or {}, doseq=True).encode()
    path = unquote(response.parsed_url.path)
    return Call(
        account=response.current_account,
        region=response.region,
        service=response.service_name or "",
        action=_action_of(response),
        resource=""
        if response.service_name == "s3" and not path.strip("/")
        else path + body[:10_000].decode(errors="replace"),
    )


def _action_of(response: BaseResponse) -> str:
    if response.service_name == "s3":  # not `_get_action`: S3 has its own idea of it
        return response._get_action_from_method_and_request_uri(response.normalized_request) or "Unknown"
    return response._get_action() or "Unknown"


def _parts(answer: Any) -> Answer:
    return answer if isinstance(answer, tuple) else (200, {}, answer)


def _error(response: BaseResponse, fault: Fault) -> Answer:
    if fault.code not in COMMON_ERROR_CODES:
        COMMON_ERROR_CODES.append(fault.code)  # else moto warns that the service's model does not name it
    _, headers, body = response.serialized(ActionResult(FaultError(fault.code, fault.text)))
    headers["status"] = str(fault.status)
    return fault.status, headers, "" if response.method == "HEAD" else body
