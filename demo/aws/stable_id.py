"""Ids that look drawn by lot and are the same each time the estate is loaded: a second start brings no strangers."""

from __future__ import annotations

import hashlib
import string

LOWER = string.ascii_lowercase + string.digits
MIXED = string.ascii_letters + string.digits


def stable_id(length: int, *origin: object, alphabet: str = LOWER) -> str:
    """`length` characters (at most 32) that follow from `origin`."""
    digest = hashlib.sha256("\0".join(map(str, origin)).encode()).digest()
    return "".join(alphabet[byte % len(alphabet)] for byte in digest[:length])
