"""S3 locations: how a text is taken apart, and which texts mean the same place."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .model import Port

_S3 = re.compile(r"s3://([^/]+)(?:/(.*))?", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True)
class Location:
    """`uri` as first written; `bucket` is None while it is not known."""

    uri: str
    bucket: str | None
    key: str | None

    @cached_property
    def identity(self) -> str:
        """What two uses of one place have in common."""
        return f"s3{self.uri[2:]}".rstrip("/") if self.uri[:2].lower() == "s3" else self.uri.rstrip("/")


@lru_cache(maxsize=4096)  # a place is named by several ports, and each is looked at from several sides
def parse_location(text: str) -> Location | None:
    """The S3 location a text stands for, None if it is none.

    >>> parse_location("s3://bucket/a/b/")
    Location(uri='s3://bucket/a/b/', bucket='bucket', key='a/b/')
    >>> parse_location('"s3://bucket/code.tar.gz"').uri
    's3://bucket/code.tar.gz'
    >>> parse_location("s3://${Parameters.Bucket}/a").bucket is None
    True
    """
    text = text[1:-1] if len(text) > 2 and text[0] == text[-1] == '"' else text
    match = _S3.fullmatch(text)
    if match is None:
        return Location(text, None, None) if text.startswith("${") else None
    bucket, key = match.groups()
    return Location(text, None if "${" in bucket else bucket, key or "")


def location_of(port: Port) -> Location | None:
    """Where a port's data lies; None for what is not in S3, such as an image or a feature group."""
    return parse_location(port.uri) if port.kind == "s3" else None


def prefixes(identity: str) -> list[str]:
    """The location itself and every folder above it, without the bare bucket.

    >>> prefixes("s3://b/x/y")
    ['s3://b/x/y', 's3://b/x']
    """
    parts = identity.split("/")
    return ["/".join(parts[:length]) for length in range(len(parts), 3, -1)]
