"""A boto3 client that waits its turn before each attempt and learns from each answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from inventory.aws.errors import KINDS, ErrorKind

if TYPE_CHECKING:
    from inventory.aws.rate.classes import RateKey
    from inventory.aws.rate.limiter import RateLimiter
    from inventory.aws.rate.permits import Stop

# To HEAD, S3 answers a status and no code; the other codes botocore retries as throttles, too.
THROTTLES = {"429", "503", "EC2ThrottledException", "RequestThrottled", "RequestThrottledException"}
TOO_MANY_REQUESTS = 429
SERVER_ERROR = 500


def attach(client: Any, limiter: RateLimiter, account_id: str, stop: Stop | None = None) -> None:
    """Limit every attempt of every call of a client. Calls raise StoppedWaitingError when `stop` says so."""
    model = client.meta.service_model
    hooks = _Hooks(limiter, account_id, client.meta.region_name, model.service_name, stop)
    service = model.service_id.hyphenize()
    # Before the signer, which listens to the same event: a signature shall not grow old while the call waits.
    client.meta.events.register_first(f"request-created.{service}", hooks.wait)
    client.meta.events.register(f"response-received.{service}", hooks.learn)


class _Hooks:
    def __init__(self, limiter: RateLimiter, account_id: str, region: str, service: str, stop: Stop | None) -> None:
        self._limiter = limiter
        self._place = (account_id, region, service)
        self._stop = stop
        self._keys: dict[str, RateKey] = {}

    def wait(self, operation_name: str, **_: Any) -> None:
        self._limiter.acquire(self._key(operation_name), self._stop)

    def learn(self, event_name: str, parsed_response: dict[str, Any] | None = None, **_: Any) -> None:
        """An answer that is missing, or the server's own failure, says nothing about the rate."""
        if parsed_response is None:
            return
        key = self._key(event_name.rsplit(".", 1)[-1])
        status = parsed_response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        if is_throttle(status, parsed_response.get("Error", {}).get("Code", "")):
            self._limiter.throttled(key)
        elif status < SERVER_ERROR:
            self._limiter.succeeded(key)

    def _key(self, operation: str) -> RateKey:
        if operation not in self._keys:
            self._keys[operation] = self._limiter.key(*self._place, operation)
        return self._keys[operation]


def is_throttle(status: int, code: str) -> bool:
    return status == TOO_MANY_REQUESTS or code in THROTTLES or KINDS.get(code) is ErrorKind.THROTTLED
