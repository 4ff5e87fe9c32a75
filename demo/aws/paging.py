"""Pages as AWS cuts them: an opaque token, ten items unless asked for more."""

from __future__ import annotations

import base64
from typing import Any, TypeVar

from moto.sagemaker.exceptions import ValidationError

Item = TypeVar("Item")
DEFAULT_PAGE = 10


def page(
    items: list[Item], token: str | None, size: Any, *, default: int = DEFAULT_PAGE
) -> tuple[list[Item], str | None]:
    """One page of `items` and the token of the next; raises ValidationError for a token that is none of ours."""
    start = _start(token) if token else 0
    end = start + (int(size) if size else default)
    return items[start:end], _token(end) if end < len(items) else None


def _token(start: int) -> str:
    return base64.urlsafe_b64encode(f"demo:{start}".encode()).decode()


def _start(token: str) -> int:
    try:
        return int(base64.urlsafe_b64decode(token).decode().removeprefix("demo:"))
    except ValueError as error:
        raise ValidationError("Invalid pagination token") from error
