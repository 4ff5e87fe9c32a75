"""Connections to AWS: one per account and region, counting what they call."""

from __future__ import annotations

import platform
import threading
from collections import Counter
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

from inventory.aws.errors import KINDS, ErrorKind
from inventory.aws.gate import gate
from inventory.aws.rate.hooks import attach
from inventory.aws.sessions import sessions
from inventory.aws.transport import send_by_libcurl

if TYPE_CHECKING:
    from collections.abc import Callable

    from inventory.aws.rate.limiter import RateLimiter
    from inventory.aws.sessions import Access

ATTEMPTS = 8
MOST_CONNECTIONS = 100  # to one host: one for each thread that may ask it
# Given whole: boto3 builds its own anew for every request, which is a tenth of a call's CPU.
USER_AGENT = f"sagemaker-lineage/2 Boto3/{boto3.__version__} Python/{platform.python_version()}"


class Connection:
    """AWS as one account sees it from one region. Threads may share it."""

    def __init__(
        self,
        access: Access,
        region: str,
        *,
        attempts: int = ATTEMPTS,
        limiter: RateLimiter | None = None,
        stop: Callable[[], bool] | None = None,
    ) -> None:
        """With a `limiter`, each attempt of each call waits its turn, until `stop` says that nobody waits for it."""
        self.account_id = access.account_id
        self.region = region
        self.calls: Counter[str] = Counter()
        self.throttles = 0
        self._access = access
        self._config = _config(attempts)
        self._limiter = limiter
        self._stop = stop
        self._clients: dict[tuple[str, str], Any] = {}
        self._lock = threading.Lock()

    @property
    def sagemaker(self) -> Any:
        return self.client("sagemaker")

    @property
    def tagging(self) -> Any:
        return self.client("resourcegroupstaggingapi")

    def s3(self, region: str) -> Any:
        return self.client("s3", region)

    def client(self, service: str, region: str = "") -> Any:
        """The client of a service; of the connection's own region unless another is named."""
        key = (service, region or self.region)
        if key not in self._clients:
            with self._lock:
                if key not in self._clients:
                    self._clients[key] = self._new_client(*key)
        return self._clients[key]

    def _new_client(self, service: str, region: str) -> Any:
        client = sessions.client(self._access, service, region, self._config_of(service))
        send_by_libcurl(client)
        client.meta.events.register("before-call", gate.wait)
        client.meta.events.register("before-send", self._count)
        client.meta.events.register("needs-retry", self._watch)
        if self._limiter:
            attach(client, self._limiter, self.account_id, self._stop)
        return client

    def _config_of(self, service: str) -> Config:
        """s3control's host carries the account: where that name does not resolve, waiting for it helps nobody."""
        return _config(1) if service == "s3control" else self._config

    def _count(self, event_name: str, **_: Any) -> None:
        """Every request that is really sent, retries included. The event is named before-send.<service>.<operation>."""
        with self._lock:
            self.calls[event_name.rsplit(".", 1)[-1]] += 1

    def _watch(self, response: Any = None, **_: Any) -> None:
        code = response[1].get("Error", {}).get("Code", "") if response else ""
        if KINDS.get(code) is ErrorKind.THROTTLED:
            with self._lock:
                self.throttles += 1


def _config(attempts: int) -> Config:
    return Config(
        retries={"mode": "standard", "total_max_attempts": attempts},
        connect_timeout=5,
        read_timeout=30,
        max_pool_connections=MOST_CONNECTIONS,
        tcp_keepalive=True,
        user_agent=USER_AGENT,
    )
