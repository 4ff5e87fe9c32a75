"""A call and what it is answered with."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import orjson

JSON = "application/x-amz-json-1.1"


@dataclass(slots=True)
class Call:
    """One request: which service's operation, by whom, where. `path` and `query` matter to S3 alone."""

    service: str
    operation: str
    account: str
    region: str
    body: bytes = b""
    path: str = ""
    query: str = ""
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back over the wire."""

    body: bytes
    status: int = 200
    content_type: str = JSON
    headers: tuple[tuple[str, str], ...] = ()


class CallError(Exception):
    """AWS's refusal: a code and the HTTP status that goes with it."""

    def __init__(self, code: str, message: str = "", status: int = 400) -> None:
        super().__init__(message or code)
        self.code = code
        self.status = status


def json_error(error: CallError) -> Answer:
    return Answer(orjson.dumps({"__type": error.code, "message": str(error)}), error.status)


def xml_error(error: CallError) -> Answer:
    text = f"<Error><Code>{error.code}</Code><Message>{error}</Message><RequestId>bench</RequestId></Error>"
    return Answer(text.encode(), error.status, "application/xml")


def query_error(error: CallError) -> Answer:
    inner = f"<Error><Type>Sender</Type><Code>{error.code}</Code><Message>{error}</Message></Error>"
    text = f"<ErrorResponse>{inner}<RequestId>bench</RequestId></ErrorResponse>"
    return Answer(text.encode(), error.status, "text/xml")


def page(total: int, arguments: dict[str, Any], size: int = 10) -> tuple[range, str]:
    """The indexes on the page asked for, and the token of the next; empty at the end."""
    start = int(arguments.get("NextToken") or 0)
    end = min(total, start + int(arguments.get("MaxResults") or size))
    return range(start, end), str(end) if end < total else ""


def listing(member: str, items: list[bytes], token: str = "") -> bytes:
    following = b',"NextToken":"%s"' % token.encode() if token else b""
    return b'{"%s":[%s]%s}' % (member.encode(), b",".join(items), following)
