"""Answers that are no AWS error: cut off, garbage, pages that lead nowhere, connections that break."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

from .traffic import CUT, EMPTY_PAGE, ENDLESS, GARBAGE, RESET, TRUNCATED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

Answer = tuple[int, dict[str, Any], Any]
FIRST_PAGE = base64.urlsafe_b64encode(b"demo:0").decode()  # as paging.page writes it
HEADER = "x-demo-fault"  # an answer asks the server by it to break the connection


def truncated(status: int, headers: dict[str, Any], body: Any) -> Answer:
    """Of the right length, as far as HTTP can tell."""
    return status, headers, body[: len(body) // 2]


def garbage(status: int, headers: dict[str, Any], _: Any) -> Answer:
    return status, headers, "<html>a proxy that is not AWS</html>"


def endless(status: int, headers: dict[str, Any], body: Any) -> Answer:
    """Only of pages in JSON, and of those that paging.page cuts."""
    return status, headers, json.dumps(json.loads(body) | {"NextToken": FIRST_PAGE})


def empty_page(status: int, headers: dict[str, Any], body: Any) -> Answer:
    """Of the same pages."""
    emptied = {name: [] if isinstance(value, list) else value for name, value in json.loads(body).items()}
    return status, headers, json.dumps(emptied | {"NextToken": FIRST_PAGE})


def cut(status: int, headers: dict[str, Any], body: Any) -> Answer:
    """botocore does not compare what came with the length that was promised."""
    return truncated(status, headers | {HEADER: CUT}, body)


def reset(_: int, headers: dict[str, Any], body: Any) -> Answer:
    return 500, headers | {HEADER: RESET}, body


SPOILT: dict[str, Callable[[int, dict[str, Any], Any], Answer]] = {
    TRUNCATED: truncated,
    GARBAGE: garbage,
    ENDLESS: endless,
    EMPTY_PAGE: empty_page,
    CUT: cut,
    RESET: reset,
}


def break_connection(headers: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """The headers of an answer as they are sent; raises ConnectionResetError when none is to be sent."""
    told = {name.lower(): value for name, value in headers}
    if told.get(HEADER) == RESET:
        raise ConnectionResetError
    if told.get(HEADER) != CUT:
        return list(headers)
    kept = [(name, value) for name, value in headers if name.lower() not in (HEADER, "content-length")]
    return [*kept, ("Content-Length", str(2 * int(told["content-length"]) + 1))]
