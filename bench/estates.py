"""One estate crawled by the service as it stands: a first time, unchanged, and after some changes."""

from __future__ import annotations

import json
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.database import fresh_database, stored
from bench.measure import run_python

if TYPE_CHECKING:
    from bench.aws.process import BenchAWS
    from bench.measure import Cost
    from bench.size import Size

PEERS = {"boto3": "bare boto3", "ours": "our client"}
CHANGES = {"definitions": 5, "executions": 20}  # in every region
CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "bench",
    "AWS_SECRET_ACCESS_KEY": "bench",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
}


@dataclass(frozen=True, slots=True)
class Crawl:
    """One crawl: of what, what it cost, what AWS saw of it, and what was stored in the end."""

    size: Size
    latency_ms: float
    kind: str
    cost: Cost
    traffic: dict[str, Any]
    stored: dict[str, int]

    @property
    def calls(self) -> int:
        return int(sum(self.traffic["calls"].values()))

    @property
    def throttled_share(self) -> float:
        """The share of the limited calls that were throttled."""
        return float(sum(self.traffic["throttled"].values()) / max(1, self.traffic["limited_calls"]))

    @property
    def admitted_share(self) -> float:
        """How much of what the rate admits, from the first limited call to the last, was made use of."""
        admitted = self.traffic["limited_calls"] - sum(self.traffic["throttled"].values())
        return float(admitted / (self.traffic["admissible"] or admitted or 1))

    @property
    def problem(self) -> str:
        """Why the crawl is not to be counted; empty when all of the estate is stored."""
        if self.cost.status:
            return f"exit status {self.cost.status}: {self.cost.output[-500:]}"
        wanting = {name: count for name, count in self.stored.items() if count < self.size.expected[name]}
        return f"incomplete: {wanting}" if wanting else ""


def crawl_estate(
    aws: BenchAWS, size: Size, latency_ms: float, kinds: tuple[str, ...], server_url: str, **settings: float
) -> list[Crawl]:
    """Crawl a fresh estate into a fresh database, once for each kind: first, unchanged, changed."""
    aws.configure(pipelines=size.per_region, latency_ms=latency_ms, **settings)
    with tempfile.TemporaryDirectory(prefix="bench-crawl-") as name, fresh_database(server_url, Path(name)) as url:
        environment = _environment(aws, size, Path(name), url)
        migrated = run_python(["manage.py", "migrate", "--verbosity=0"], environment)
        if migrated.status:
            raise RuntimeError(migrated.output)
        return [_crawl(aws, size, latency_ms, kind, environment) for kind in kinds]


def run_peer(aws: BenchAWS, client: str, size: Size, calls: dict[str, int], threads: int) -> Crawl:
    """The same number of the same calls by a client of `bench.peer`, keeping nothing, at no latency, in one region."""
    shape = aws.configure(pipelines=size.per_region, latency_ms=0)
    aws.reset()
    region = {"pipelines": size.per_region, "buckets": shape["buckets"]}
    plan = json.dumps({**region, "regions": size.regions, "calls": calls})
    environment = {**_inherited(), **CREDENTIALS, "AWS_ENDPOINT_URL": aws.url}
    cost = run_python(["-m", "bench.peer", client, str(threads), plan], environment)
    if cost.status:
        raise RuntimeError(cost.output)
    return Crawl(size, 0.0, PEERS[client], cost, aws.calls(), {})


def _crawl(aws: BenchAWS, size: Size, latency_ms: float, kind: str, environment: dict[str, str]) -> Crawl:
    if kind == "changed":
        aws.touch(**CHANGES)
    aws.reset()
    cost = run_python(["manage.py", "sync"], environment)
    return Crawl(size, latency_ms, kind, cost, aws.calls(), stored(environment["DATABASE_URL"]))


def _environment(aws: BenchAWS, size: Size, directory: Path, url: str) -> dict[str, str]:
    return {
        **_inherited(),
        **CREDENTIALS,
        "AWS_ENDPOINT_URL": aws.url,
        "DATA_DIR": str(directory),
        "DATABASE_URL": url,
        "SYNC_REGIONS": ",".join(size.region_names),
    }


def _inherited() -> dict[str, str]:
    """Nothing that would change what is measured; SYNC_THREADS may."""
    return {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "SYNC_THREADS") if name in os.environ}
