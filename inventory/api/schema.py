"""The OpenAPI document: paths as the contract writes them."""

from __future__ import annotations

from typing import Any

Endpoint = tuple[str, str, str, Any]


def without_trailing_slash(endpoints: list[Endpoint]) -> list[Endpoint]:
    """A trailing slash is tolerated, not promised."""
    return [(path.rstrip("/"), regex, method, view) for path, regex, method, view in endpoints]
