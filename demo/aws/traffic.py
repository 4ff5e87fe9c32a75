"""What the demo AWS counts and breaks: every call made, and the faults asked for."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import asdict, dataclass, fields
from typing import Any

# Answers that are no AWS error code.
TRUNCATED = "Truncated"  # a 200 whose body ends in the middle
HANG = "Hang"  # answers rightly, but only after `seconds`
RESET = "Reset"  # the connection is reset before anything is answered
CUT = "Cut"  # a 200 whose connection ends before the body does
GARBAGE = "Garbage"  # a 200 with a body that no AWS service sends
ENDLESS = "Endless"  # a page whose token leads to the first page, each time
EMPTY_PAGE = "EmptyPage"  # a page without items, whose token leads to the first page

STATUS_OF_CODE = {
    "AccessDenied": 403,
    "AuthFailure": 401,
    "ExpiredToken": 403,
    "InternalFailure": 500,
    "InternalError": 500,
    "InvalidAccessKeyId": 403,
    "InvalidClientTokenId": 403,
    "NoSuchKey": 404,
    "ServiceUnavailable": 503,
    "SlowDown": 503,
}
MESSAGE_OF_CODE = {
    "AccessDenied": "Access Denied",
    "AccessDeniedException": "User is not authorized to perform this action",
    "ThrottlingException": "Rate exceeded",
    "UnrecognizedClientException": "The security token included in the request is invalid.",
}


@dataclass(frozen=True)
class Call:
    """One request, as far as faults and counters tell requests apart."""

    account: str
    region: str
    service: str
    action: str
    resource: str = ""


@dataclass
class Fault:
    """A rule: calls that match get `code` instead of their answer, `times` times (None: always).

    `code` is an AWS error code or one of the answers above (Hang with `seconds`). `resource` is any part of the
    request's path and body: a bucket, a pipeline name, an ARN. The first `after` calls that match are spared.
    """

    code: str
    service: str | None = None
    region: str | None = None
    action: str | None = None
    account: str | None = None
    resource: str | None = None
    times: int | None = None
    after: int = 0
    seconds: float = 0.0
    message: str | None = None

    def matches(self, call: Call) -> bool:
        wanted = ((self.service, call.service), (self.region, call.region), (self.account, call.account))
        return (
            self.times != 0
            and all(expected in {None, actual} for expected, actual in wanted)
            and self.action in {None, call.action}
            and (self.resource is None or self.resource in call.resource)
        )

    def strikes(self) -> bool:
        """Whether this call, which matches, is struck; counted down."""
        if self.after:
            self.after -= 1
            return False
        if self.times is not None:
            self.times -= 1
        return True

    @property
    def status(self) -> int:
        return STATUS_OF_CODE.get(self.code, 400)

    @property
    def text(self) -> str:
        return self.message or MESSAGE_OF_CODE.get(self.code, "A fault of the demo AWS")


class Faults:
    """The rules in force, in the order they were added; the first that matches decides."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rules: list[Fault] = []

    def add(self, code: str, **rule: Any) -> Fault:
        fault = Fault(code, **rule)
        with self._lock:
            self._rules.append(fault)
        return fault

    def take(self, call: Call) -> Fault | None:
        """The fault that strikes this call, counted down."""
        with self._lock:
            for fault in self._rules:
                if fault.matches(call) and fault.strikes():
                    return fault
        return None

    def clear(self) -> None:
        with self._lock:
            self._rules.clear()

    def as_json(self) -> list[dict[str, Any]]:
        with self._lock:
            return [asdict(fault) for fault in self._rules]


class Calls:
    """How often each (account, region, service, action) was called, faults included."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counter: Counter[tuple[str, str, str, str]] = Counter()

    def record(self, call: Call) -> None:
        with self._lock:
            self._counter[call.account, call.region, call.service, call.action] += 1

    def count(self, **wanted: str) -> int:
        """The calls whose account, region, service and action are as given: `count(action="Search")`."""
        rows = self.as_json()
        return sum(row["count"] for row in rows if all(row[name] == value for name, value in wanted.items()))

    def by_action(self, service: str = "sagemaker") -> dict[str, int]:
        totals: Counter[str] = Counter()
        for row in self.as_json():
            if row["service"] == service:
                totals[row["action"]] += row["count"]
        return dict(totals)

    def clear(self) -> None:
        with self._lock:
            self._counter.clear()

    def as_json(self) -> list[dict[str, Any]]:
        names = [field.name for field in fields(Call)][:4]
        with self._lock:
            return [dict(zip(names, key, strict=True), count=count) for key, count in sorted(self._counter.items())]


FAULTS = Faults()
CALLS = Calls()
