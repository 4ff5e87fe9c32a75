"""As much CBOR (RFC 8949) as the tagging service's protocol needs: texts, integers, lists and maps."""

from __future__ import annotations

import struct
from typing import Any

INDEFINITE = 31


def dumps(value: Any) -> bytes:
    """
    >>> loads(dumps({"Key": "team", "Values": [1, -70000, "é"]}))
    {'Key': 'team', 'Values': [1, -70000, 'é']}
    """
    if isinstance(value, int):
        return _head(0, value) if value >= 0 else _head(1, -1 - value)
    if isinstance(value, str):
        raw = value.encode()
        return _head(3, len(raw)) + raw
    if isinstance(value, list):
        return _head(4, len(value)) + b"".join(map(dumps, value))
    return _head(5, len(value)) + b"".join(dumps(key) + dumps(item) for key, item in value.items())


def loads(data: bytes) -> Any:
    return _Reader(data).value()


def _head(major: int, number: int) -> bytes:
    if number < 24:
        return bytes([major << 5 | number])
    for code, kind in ((24, ">B"), (25, ">H"), (26, ">I")):
        if number < 1 << (8 << (code - 24)):
            return bytes([major << 5 | code]) + struct.pack(kind, number)
    return bytes([major << 5 | 27]) + struct.pack(">Q", number)


class _Reader:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def value(self) -> Any:
        first = self._take(1)[0]
        major, low = first >> 5, first & 31
        if low == INDEFINITE:
            return self._open_ended(major)
        number = low if low < 24 else int.from_bytes(self._take(1 << (low - 24)))
        if major < 2:
            return number if major == 0 else -1 - number
        if major < 4:
            raw = self._take(number)
            return raw.decode() if major == 3 else raw
        if major == 4:
            return [self.value() for _ in range(number)]
        if major == 5:
            return {self.value(): self.value() for _ in range(number)}
        return {20: False, 21: True}.get(low)

    def _open_ended(self, major: int) -> Any:
        """botocore writes maps and lists without their length: until a break."""
        items = []
        while self._data[self._at] != 0xFF:
            items.append(self.value())
        self._at += 1
        return items if major == 4 else dict(zip(items[::2], items[1::2], strict=True))

    def _take(self, count: int) -> bytes:
        self._at += count
        return self._data[self._at - count : self._at]
