"""What the listings of the registries and of deployment have in common: a line tells what to describe again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from inventory.aws.errors import member, translated_errors
from inventory.aws.masking import masked, plain
from inventory.aws.paging import PAGE_SIZE, pages
from inventory.aws.registry_records import SummaryRecord

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from inventory.aws.client import Connection
    from inventory.aws.jobs import Described

TIMES = frozenset({"CreationTime", "LastModifiedTime"})


def summaries(
    operation: str,
    call: Callable[..., Any],
    name: str,
    kind: str,
    states: Mapping[str, str],
) -> Iterator[SummaryRecord]:
    """Yield every line of a listing; `states` are the members that tell a change, and what records call them."""
    for page in pages(operation, call, name, MaxResults=PAGE_SIZE):
        yield from (summary(raw, kind, states) for raw in page)


def summary(raw: Mapping[str, Any], kind: str, states: Mapping[str, str]) -> SummaryRecord:
    """`kind` is the prefix of the members that name it: Model of ModelName and ModelArn."""
    return SummaryRecord(raw[f"{kind}Arn"].lower(), raw[f"{kind}Name"], state_of(raw, states))


def state_of(raw: Mapping[str, Any], states: Mapping[str, str]) -> dict[str, Any]:
    """Times may be absent; an absent text is empty."""
    return {name: raw.get(outer) if outer in TIMES else raw.get(outer) or "" for outer, name in states.items()}


def crawl_raw(connection: Connection, described: Described, name: str) -> Mapping[str, Any]:
    """What Describe answers; raises AWSError where it was cut off."""
    with translated_errors(described.operation):
        raw = described.call(connection.sagemaker, name)
    member(raw, described.arn, described.operation)
    return dict(raw)


def stored(raw: Mapping[str, Any]) -> dict[str, Any]:
    """An answer as it is kept: JSON, secrets masked."""
    description: dict[str, Any] = masked(plain(dict(raw)))
    return description


def sibling(arn: str, kind: str, name: str) -> str | None:
    """The ARN of what is called `name` beside `arn`; None without a name.

    >>> sibling("arn:aws:sagemaker:us-east-1:123456789012:endpoint/churn", "endpoint-config", "Churn-2")
    'arn:aws:sagemaker:us-east-1:123456789012:endpoint-config/churn-2'
    """
    return f"{arn.rsplit(':', 1)[0]}:{kind}/{name}".lower() if name else None
