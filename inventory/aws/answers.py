"""AWS's JSON answers: botocore's parser rebuilds all of an answer for the sake of the times in it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import orjson
from botocore.parsers import JSONParser, ResponseParserFactory

from inventory.aws.timestamps import parse_timestamp

if TYPE_CHECKING:
    from collections.abc import Callable

    from botocore.model import Shape

    Conversion = Callable[[Any], Any]


class AnswerParserFactory(ResponseParserFactory):
    """Of a session's clients: the one parser of JSON, and botocore's own of the other protocols."""

    def __init__(self) -> None:
        super().__init__()
        self.set_parser_defaults(timestamp_parser=parse_timestamp)
        self._json = AnswerParser(timestamp_parser=parse_timestamp)

    def create_parser(self, protocol_name: str) -> Any:
        return self._json if protocol_name == "json" else super().create_parser(protocol_name)


class AnswerParser(JSONParser):
    """Keeps what orjson read, and converts in place what the model says is a time or bytes.

    So members that the model does not know yet stay, which botocore drops. What orjson does not read, and an answer
    with a null in it, of which botocore makes an absent member, is botocore's to parse.
    """

    def __init__(self, **parsers: Any) -> None:
        super().__init__(**parsers)
        self._conversions: dict[str, Conversion | None] = {}

    def _handle_json_body(self, raw_body: bytes, shape: Shape) -> Any:
        answer = None if b"null" in raw_body else _read(raw_body)
        if not isinstance(answer, dict):
            return super()._handle_json_body(raw_body, shape)  # type: ignore[misc]  # no stub has it
        conversion = self._conversion(shape)
        return conversion(answer) if conversion else answer

    def _conversion(self, shape: Shape) -> Conversion | None:
        """What to do with an answer of the shape; None when it is as it should be."""
        if shape.name not in self._conversions:
            self._conversions[shape.name] = self._conversion_within((), shape)
        return self._conversions[shape.name]

    def _conversion_within(self, outer: tuple[str, ...], shape: Any) -> Conversion | None:
        if shape.type_name in ("timestamp", "blob") or shape.name in outer:
            return lambda value: self._parse_shape(shape, value)  # type: ignore[attr-defined]  # no stub has it
        inner = partial(self._conversion_within, (*outer, shape.name))
        if shape.type_name == "structure":
            return _of_members({name: found for name, member in shape.members.items() if (found := inner(member))})
        if shape.type_name == "list":
            return _of_items(inner(shape.member))
        return _of_values(inner(shape.value)) if shape.type_name == "map" else None


def _read(raw_body: bytes) -> Any:
    try:
        return orjson.loads(raw_body)
    except orjson.JSONDecodeError:
        return None


def _of_members(conversions: dict[str, Conversion]) -> Conversion | None:
    def convert(value: dict[str, Any]) -> dict[str, Any]:
        for name, conversion in conversions.items():
            if name in value:
                value[name] = conversion(value[name])
        return value

    return convert if conversions else None


def _of_items(conversion: Conversion | None) -> Conversion | None:
    return conversion and (lambda values: [conversion(value) for value in values])


def _of_values(conversion: Conversion | None) -> Conversion | None:
    return conversion and (lambda values: {name: conversion(value) for name, value in values.items()})
