"""Cached documents over HTTP: ETag, Last-Modified, and 304 before a body is built."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING

import orjson
from django.http import HttpResponse, HttpResponseNotModified
from django.utils.http import http_date, parse_etags

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from typing import Any

    from rest_framework.request import Request


def entity_tag(*parts: Any) -> str:
    """A strong ETag of everything that the body depends on."""
    return f'"{blake2b(orjson.dumps(parts), digest_size=16).hexdigest()}"'


def cached_document(request: Request, etag: str, modified: datetime | None, build: Callable[[], bytes]) -> HttpResponse:
    """304 when the client has this one already, else the JSON that `build` returns."""
    unchanged = _has(request.headers.get("If-None-Match", ""), etag)
    response = HttpResponseNotModified() if unchanged else HttpResponse(build(), content_type="application/json")
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-cache"
    if modified:
        response["Last-Modified"] = http_date(modified.timestamp())
    return response


def _has(if_none_match: str, etag: str) -> bool:
    """Compared weakly, as RFC 9110 wants: compression on the way makes a strong ETag weak."""
    known = parse_etags(if_none_match) if if_none_match else []
    return "*" in known or etag in (tag.removeprefix("W/") for tag in known)
