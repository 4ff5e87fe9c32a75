"""Ledgers in Redis, for workers on any number of machines."""

from __future__ import annotations

import time
from typing import Any

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from inventory.aws.rate.law import FORGOTTEN_AFTER
from inventory.aws.rate.ledger import decode, encode
from inventory.aws.rate.store import Change, Result, StoreLostError

TIMEOUT = 1.0  # s
ATTEMPTS = 100  # lost races in a row; some worker wins each of them
# The law exists once, in Python: Redis only replaces what nobody replaced since it was read.
REPLACE = """
local held = redis.call('GET', KEYS[1]) or ''
local now = redis.call('TIME')
if held ~= ARGV[1] then return {0, held, now[1], now[2]} end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return {1, '', now[1], now[2]}
"""


class RedisStore:
    """Usually one round trip: what was seen last is tried first. All instants are of Redis's clock."""

    def __init__(self, url: str, prefix: str = "aws-rate:") -> None:
        client = redis.Redis.from_url(
            url,
            socket_timeout=TIMEOUT,
            socket_connect_timeout=TIMEOUT,
            retry=Retry(NoBackoff(), 1),
            decode_responses=False,
        )
        self._redis = client
        self._replace = client.register_script(REPLACE)
        self._prefix = prefix
        self._seen: dict[str, bytes] = {}
        self._ahead: float | None = None  # of Redis's clock before the monotonic one of this process

    def update(self, name: str, change: Change[Result]) -> Result:
        try:
            return self._update(name, change)
        except redis.RedisError as error:
            raise StoreLostError(str(error)) from error

    def close(self) -> None:
        self._redis.close()

    def _update(self, name: str, change: Change[Result]) -> Result:
        seen = self._seen.get(name, b"")
        for _ in range(ATTEMPTS):
            changed, result = change(decode(seen), self._now())
            data = encode(changed)
            replaced, held, *now = self._try(name, seen, data)
            self._seen[name] = seen = data if replaced else held
            self._set_clock(*now)
            if replaced:
                return result
        raise StoreLostError(f"{ATTEMPTS} other changes came first")

    def _try(self, name: str, seen: bytes, data: bytes) -> Any:
        return self._replace(keys=[self._prefix + name], args=[seen, data, int(FORGOTTEN_AFTER * 1000)])

    def _now(self) -> float:
        if self._ahead is None:
            self._set_clock(*self._redis.time())
        return time.monotonic() + (self._ahead or 0.0)

    def _set_clock(self, seconds: int | bytes, microseconds: int | bytes) -> None:
        self._ahead = int(seconds) + int(microseconds) / 1e6 - time.monotonic()
