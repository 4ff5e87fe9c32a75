"""What is limited together: the classes of operations, and the rates an operator gives them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from inventory.aws.rate.law import Bounds

if TYPE_CHECKING:
    from collections.abc import Mapping

CLASSES = (("Search", "search"), ("List", "list"), ("Describe", "describe"), ("BatchDescribe", "describe"))


class RateKey(NamedTuple):
    """One limiter. The classes of a service share the account's rate until AWS throttles one out of proportion."""

    account_id: str
    region: str
    operation_class: str
    service: str = "sagemaker"

    @property
    def shared(self) -> str:
        """The name of what all classes of the service share."""
        return f"{self.account_id}:{self.region}:{self.service}"


@dataclass(frozen=True, slots=True)
class RateSettings:
    """Calls per second and account, region and service.

    `start` is where a rate begins (`per_service` where the service has much higher limits), `floor` and `ceiling` what
    it never leaves. An operation or class in `per_operation` has a rate of its own that begins there and stays below.
    """

    start: float = 10.0
    floor: float = 0.5
    ceiling: float = 1000.0
    per_operation: Mapping[str, float] = field(default_factory=dict)
    per_service: Mapping[str, float] = field(default_factory=lambda: {"s3": 100.0})

    def bounds(self, service: str) -> Bounds:
        return _bounds(self.per_service.get(service, self.start), self.floor, self.ceiling)

    def class_bounds(self, operation_class: str) -> Bounds | None:
        """None when the class has no limit of its own that is known beforehand."""
        given = self.per_operation.get(operation_class)
        return None if given is None else _bounds(given, min(self.floor, given), min(given, self.ceiling))

    def key(self, account_id: str, region: str, service: str, operation: str) -> RateKey:
        named = operation in self.per_operation
        return RateKey(account_id, region, operation if named else operation_class(operation, service), service)


def operation_class(operation: str, service: str = "sagemaker") -> str:
    """The class of an operation of SageMaker; of another service, the service itself.

    >>> operation_class("DescribeTrainingJob"), operation_class("ListTags"), operation_class("ListBuckets", "s3")
    ('describe', 'list', 's3')
    """
    if service != "sagemaker":
        return service
    return next((name for prefix, name in CLASSES if operation.startswith(prefix)), "other")


def parse_rates(text: str) -> dict[str, float]:
    """Calls per second by operation or class; ValueError names the part that is none.

    >>> parse_rates("Search=1, ListPipelines=2.5")
    {'Search': 1.0, 'ListPipelines': 2.5}
    """
    return dict(_parse_rate(part.strip()) for part in text.split(",") if part.strip())


def _parse_rate(part: str) -> tuple[str, float]:
    name, _, value = part.partition("=")
    try:
        rate = float(value)
    except ValueError:
        rate = 0.0
    if not name.strip().isidentifier() or not 0 < rate < float("inf"):
        example = "AWS_CALLS_PER_SECOND_OF=Search=1"
        raise ValueError(f"{part!r} is not an operation and its calls per second, as in {example}")
    return name.strip(), rate


def _bounds(start: float, floor: float, ceiling: float) -> Bounds:
    return Bounds(min(max(start, floor), ceiling), floor, ceiling)
