"""Connections to AWS: one per account and region, counting what they call."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.config import Config

from inventory.aws.errors import KINDS, ErrorKind, translated_errors

ATTEMPTS = 8
_sessions: dict[str, boto3.Session] = {}
_sessions_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class Identity:
    """Whose credentials these are."""

    account_id: str
    partition: str
    arn: str


def identify(profile: str = "") -> Identity:
    """Ask STS whose credentials these are."""
    with translated_errors("GetCallerIdentity"):
        client = _session(profile).client("sts", config=_config(ATTEMPTS), region_name=_home_region(profile))
        answer = client.get_caller_identity()
    arn = answer["Arn"]
    return Identity(answer["Account"], arn.split(":")[1], arn)


class Connection:
    """AWS as one account sees it from one region. Threads may share it."""

    def __init__(self, account_id: str, region: str, profile: str = "", *, attempts: int = ATTEMPTS) -> None:
        self.account_id = account_id
        self.region = region
        self.calls: Counter[str] = Counter()
        self.throttles = 0
        self._profile = profile
        self._config = _config(attempts)
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
        with self._lock:
            if key not in self._clients:
                self._clients[key] = self._new_client(*key)
            return self._clients[key]

    def _new_client(self, service: str, region: str) -> Any:
        with translated_errors(f"a client of {service}"), _sessions_lock:
            client = _session_unlocked(self._profile).client(
                service, region_name=region, config=self._config_of(service)
            )  # type: ignore[call-overload]
        client.meta.events.register("before-send", self._count)
        client.meta.events.register("needs-retry", self._watch)
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
        max_pool_connections=32,
        tcp_keepalive=True,
        user_agent_extra="sagemaker-lineage/2",
    )


def _session(profile: str) -> boto3.Session:
    """A new session costs 390 ms and 18 MB: one per profile serves the process."""
    with _sessions_lock:
        return _session_unlocked(profile)


def _session_unlocked(profile: str) -> boto3.Session:
    if profile not in _sessions:
        _sessions[profile] = boto3.Session(profile_name=profile or None)
    return _sessions[profile]


def _home_region(profile: str) -> str:
    return _session(profile).region_name or "us-east-1"
