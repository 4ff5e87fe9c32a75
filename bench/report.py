"""The benchmark's tables in Markdown, and their place in docs/benchmarks.md."""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from bench.document import DOCS, Section

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bench.estates import Crawl

TABLES = Section(DOCS / "benchmarks.md", "crawl")
COSTS = (
    "pipelines", "regions", "latency", "crawl", "calls", "wall s", "bound s", "wall/bound", "floor s", "CPU s",
    "CPU ms/call", "CPU ms/pipeline", "peak MB", "throttled",
)  # fmt: skip
CURVE = ("pipelines", "regions", "CPU ms/pipeline", "without start", "to 200", "peak MB")


@dataclass(frozen=True, slots=True)
class Bound:
    """The least wall time that calls can take: by latency, by their CPU, by the admitted rate."""

    concurrency: int
    cores: int
    rate: float = 0.0

    def seconds(self, calls: int, latency_ms: float, cpu_per_call: float) -> float:
        waiting = calls * latency_ms / 1000 / self.concurrency
        admitted = calls / self.rate if self.rate else 0.0
        return max(waiting, calls * cpu_per_call / self.cores, admitted)


@dataclass(frozen=True, slots=True)
class Costs:
    """What crawls are compared with: the bound, and bare boto3's seconds of CPU for a call."""

    bound: Bound
    bare_cpu_per_call: float


def cost_table(crawls: Iterable[Crawl], costs: Costs) -> str:
    return _table(COSTS, [_cost_row(crawl, costs) for crawl in crawls])


def client_line(bare: float, ours: float) -> str:
    """What a call costs by itself, given in seconds of CPU."""
    return f"CPU of a call, start left out: our client {1000 * ours:.2f} ms, bare boto3 {1000 * bare:.2f} ms."


def _cost_row(crawl: Crawl, costs: Costs) -> list[str]:
    cost, calls = crawl.cost, crawl.calls
    least = costs.bound.seconds(calls, crawl.latency_ms, cost.cpu / max(1, calls))
    floor = costs.bound.seconds(calls, crawl.latency_ms, costs.bare_cpu_per_call)
    return [
        *_size(crawl),
        f"{crawl.latency_ms:.0f} ms",
        crawl.kind + (" (INCOMPLETE)" if crawl.problem else ""),
        f"{calls:,}",
        f"{cost.wall:.1f}",
        f"{least:.1f}",
        f"{cost.wall / least:.2f}" if crawl.size.pipelines and crawl.kind == "first" else "",
        f"{floor:.1f}",
        f"{cost.cpu:.1f}",
        f"{1000 * cost.cpu / max(1, calls):.2f}",
        f"{1000 * cost.cpu / max(1, crawl.size.pipelines):.1f}",
        f"{cost.peak_mb:.0f}",
        f"{crawl.throttled_share:.1%}",
    ]


def _size(crawl: Crawl) -> list[str]:
    return [f"{crawl.size.pipelines:,}", str(crawl.size.regions)]


def curve_table(crawls: Sequence[Crawl], start_cpu: float, kind: str) -> str:
    """Cost per pipeline as the estate grows, at no latency; `start_cpu` is what a crawl of nothing costs."""
    rows = [crawl for crawl in crawls if crawl.kind == kind and crawl.latency_ms == 0 and crawl.size.pipelines]
    base = next((crawl for crawl in rows if crawl.size.pipelines == 200), None)
    return _table(CURVE, [_curve_row(crawl, base, start_cpu) for crawl in rows])


def _curve_row(crawl: Crawl, base: Crawl | None, start_cpu: float) -> list[str]:
    each = _beyond_start(crawl, start_cpu)
    least = _beyond_start(base, start_cpu) if base else 0.0
    relative = f"{each / least:.2f}" if least > 0 else ""
    total = 1000 * crawl.cost.cpu / crawl.size.pipelines
    return [*_size(crawl), f"{total:.2f}", f"{each:.2f}", relative, f"{crawl.cost.peak_mb:.0f}"]


def _beyond_start(crawl: Crawl, start_cpu: float) -> float:
    return 1000 * (crawl.cost.cpu - start_cpu) / crawl.size.pipelines


def rate_line(crawl: Crawl, rate: float) -> str:
    calls, seconds = crawl.traffic["limited_calls"], crawl.traffic["limited_seconds"]
    pipelines, regions = crawl.size.pipelines, crawl.size.regions
    where = "1 region" if regions == 1 else f"{regions} regions side by side"
    parts = [
        f"At {rate:g} admitted SageMaker calls a second, {pipelines} pipelines in {where}: "
        f"{calls} calls in {seconds:.0f} s",
        f"{crawl.throttled_share:.1%} throttled (at most 3% wanted)",
        f"{crawl.admitted_share:.0%} of the admitted rate (at least 90% wanted)",
    ]
    return ", ".join([*parts, "INCOMPLETE"] if crawl.problem else parts) + "."


def machine(database: str) -> str:
    packages = ", ".join(f"{name} {version(name)}" for name in ("Django", "boto3", "botocore"))
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, {_processor()}, {os.cpu_count()} cores, {memory:.0f} GB; "
        f"Python {platform.python_version()}, {packages}, {database}."
    )


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(heads) + " |", "|" + "---:|" * len(heads)]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows)])
