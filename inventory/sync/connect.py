"""Connections whose calls wait their turn, so that all workers together keep to what AWS admits."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from django.conf import settings

from inventory.aws.client import Connection
from inventory.aws.rate.classes import RateSettings
from inventory.aws.rate.limiter import RateLimiter
from inventory.aws.rate.sturdy import shared_store

if TYPE_CHECKING:
    from collections.abc import Callable

    from inventory.models import Account


def connect(account: Account, region: str, stop: Callable[[], bool] | None = None) -> Connection:
    """AWS as `account` sees it from `region`. Calls that wait their turn give up once `stop` says so."""
    return Connection(account.access, region, limiter=rate_limiter(), stop=stop)


@cache
def rate_limiter() -> RateLimiter:
    """The limiter of this process: it shares what it learns through Redis, or the data directory."""
    bounds = RateSettings(
        start=settings.AWS_CALLS_PER_SECOND,
        floor=settings.AWS_CALLS_PER_SECOND_FLOOR,
        ceiling=settings.AWS_CALLS_PER_SECOND_CEILING,
        per_operation=settings.AWS_CALLS_PER_SECOND_OF,
    )
    return RateLimiter(shared_store(settings.REDIS_URL, settings.DATA_DIR / "rates"), bounds)
