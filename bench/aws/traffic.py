"""How the light AWS behaves: latency, admitted rate, faults; and what it was asked."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

LIMITED = frozenset({"sagemaker"})


@dataclass(slots=True)
class Bucket:
    """A token bucket: so many requests a second, `burst` of them at once."""

    rate: float
    burst: float
    tokens: float
    at: float

    def admits(self, moment: float) -> bool:
        self.tokens = min(self.burst, self.tokens + (moment - self.at) * self.rate)
        self.at = moment
        if self.tokens < 1:
            return False
        self.tokens -= 1
        return True


@dataclass(slots=True)
class Fault:
    """The next `count` calls of an operation (`*`: any) are answered with an error code, an HTTP status (500), a
    truncated body, not at all (hang), or with a closed connection (disconnect)."""

    code: str
    operation: str = "*"
    count: int = 1

    @property
    def status(self) -> int:
        if self.code.isdecimal():
            return int(self.code)
        return 403 if self.code in ("AccessDenied", "AccessDeniedException") else 400


@dataclass(slots=True)
class Traffic:
    """`admitted_per_second` holds for each account and region, 0 admits everything; `burst` 0 is a second's worth."""

    latency_ms: float = 0.0
    admitted_per_second: float = 0.0
    burst: float = 0.0
    faults: list[Fault] = field(default_factory=list)
    calls: Counter[str] = field(default_factory=Counter)
    throttled: Counter[str] = field(default_factory=Counter)
    faulted: Counter[str] = field(default_factory=Counter)
    limited: list[float] = field(default_factory=list)
    limited_calls: int = 0
    _buckets: dict[tuple[str, str], Bucket] = field(default_factory=dict)

    def note(self, operation: str) -> None:
        self.calls[operation] += 1

    def admits(self, service: str, operation: str, account: str, region: str) -> bool:
        """Whether the rate lets a call through. Only SageMaker's is limited."""
        if service not in LIMITED:
            return True
        moment = time.monotonic()
        self.limited_calls += 1
        self.limited = [self.limited[0], moment] if self.limited else [moment, moment]
        if not self.admitted_per_second or self._bucket(account, region, moment).admits(moment):
            return True
        self.throttled[operation] += 1
        return False

    def fault(self, operation: str) -> Fault | None:
        """The fault that strikes this call, used up by one."""
        for fault in self.faults:
            if fault.count > 0 and fault.operation in ("*", operation):
                fault.count -= 1
                self.faulted[operation] += 1
                return fault
        return None

    def configure(self, settings: dict[str, Any]) -> None:
        """Change some settings; raises TypeError for one that there is not."""
        for name, value in settings.items():
            if name == "faults":
                self.faults = [Fault(**document) for document in value]
            elif name in ("latency_ms", "admitted_per_second", "burst"):
                setattr(self, name, float(value))
            else:
                raise TypeError(f"There is no setting {name}.")
        self._buckets.clear()

    def forget(self) -> None:
        """Count from nothing, with full buckets."""
        for counter in (self.calls, self.throttled, self.faulted):
            counter.clear()
        self.limited.clear()
        self.limited_calls = 0
        self._buckets.clear()

    def report(self) -> dict[str, Any]:
        """Counts by operation, and how SageMaker's rate was used: from its first call to its last.

        `admissible` is what the accounts and regions that were asked would have admitted in that time.
        """
        seconds = self.limited[1] - self.limited[0] if self.limited else 0.0
        rate = self.admitted_per_second
        return {
            "calls": dict(self.calls),
            "throttled": dict(self.throttled),
            "faulted": dict(self.faulted),
            "limited_calls": self.limited_calls,
            "limited_seconds": seconds,
            "admissible": len(self._buckets) * ((self.burst or rate) + seconds * rate) if rate else None,
        }

    def _bucket(self, account: str, region: str, moment: float) -> Bucket:
        key = (account, region)
        if key not in self._buckets:
            burst = max(1.0, self.burst or self.admitted_per_second)
            self._buckets[key] = Bucket(self.admitted_per_second, burst, burst, moment)
        return self._buckets[key]
