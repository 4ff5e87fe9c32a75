"""Errors as the contract has them: {"detail", "errors"}, and nothing that only a server should know."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse, JsonResponse
from django.views import defaults
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.settings import api_settings
from rest_framework.views import exception_handler

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django.http import HttpRequest
    from rest_framework.response import Response

OWN_ERROR_PAGES = "/admin/"


class AmbiguousAccountError(APIException):
    """More than one account has what was asked for: 409 with the candidates."""

    status_code = HTTPStatus.CONFLICT
    default_code = "ambiguous"

    def __init__(self, subject: str, candidates: Sequence[Mapping[str, Any]]) -> None:
        super().__init__(f"More than one account has {subject}. Choose one with 'account'.")
        self.candidates = candidates


class UnsyncedError(APIException):
    """What was asked for was never synced: 503, and when to ask again."""

    status_code = HTTPStatus.SERVICE_UNAVAILABLE
    default_code = "unsynced"

    def __init__(self, detail: str, retry_after: int = 300) -> None:
        super().__init__(detail)
        self.wait = retry_after


class ConflictError(APIException):
    """The thing is no longer in a state that allows it."""

    status_code = HTTPStatus.CONFLICT
    default_code = "conflict"


def error_response(error: Exception, context: dict[str, Any]) -> Response | None:
    """The response to an exception of a view; None leaves a bug to Django, which logs it."""
    response = exception_handler(error, context)
    if response is None:
        return None
    if isinstance(error, ValidationError):
        response.data = _validation_body(response.data)
    elif isinstance(error, AmbiguousAccountError):
        response.data = {"detail": error.detail, "candidates": error.candidates}
    return response


def _validation_body(data: Any) -> dict[str, Any]:
    errors = data if isinstance(data, dict) else {api_settings.NON_FIELD_ERRORS_KEY: data}
    name, messages = next(iter(errors.items()))
    first = messages[0] if isinstance(messages, list) else messages
    detail = first if name == api_settings.NON_FIELD_ERRORS_KEY else f"{name}: {first}"
    return {"detail": detail, "errors": errors}


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """No such path."""
    if request.path.startswith(OWN_ERROR_PAGES):
        return defaults.page_not_found(request, exception)
    return JsonResponse({"detail": f"There is nothing at {request.path}."}, status=HTTPStatus.NOT_FOUND)


def server_error(request: HttpRequest) -> HttpResponse:
    """A bug: its traceback is in the log, not in the answer."""
    if request.path.startswith(OWN_ERROR_PAGES):
        return defaults.server_error(request)
    detail = "The server failed to answer. The reason is in its log."
    return JsonResponse({"detail": detail}, status=HTTPStatus.INTERNAL_SERVER_ERROR)
