"""Documents with blanks, encoded once: an answer costs a join, not an encoding."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from collections.abc import Mapping

NUMBER = re.compile(rb'"#(\w+)#"')
BLANK = re.compile(rb"@(\w+)@")
Values = dict[str, str]


class Template:
    """`@name@` inside a string is a text to fill in; a whole string `#name#` is a number to fill in."""

    def __init__(self, document: Any) -> None:
        text = document if isinstance(document, bytes) else orjson.dumps(document)
        self._parts = BLANK.split(NUMBER.sub(rb"@\1@", text))
        self._names = [name.decode() for name in self._parts[1::2]]

    def fill(self, values: Mapping[str, str]) -> bytes:
        parts = self._parts.copy()
        parts[1::2] = [values[name].encode() for name in self._names]
        return b"".join(parts)
