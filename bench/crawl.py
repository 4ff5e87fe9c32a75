"""`python -m bench.crawl`: what crawls cost as the estate grows, beside bare boto3 and the least possible."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from bench import report
from bench.aws.process import BenchAWS
from bench.database import version
from bench.estates import PEERS, crawl_estate, run_peer
from bench.report import Bound, Costs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.estates import Crawl

SIZES = (20, 200, 2_000, 20_000)
LATENCIES = (0.0, 30.0, 100.0)
LARGEST_BESIDE_PEERS = 2_000
START = "start"
PROCESSES = max(4, min(os.cpu_count() or 1, 8))  # that `manage.py sync` deals a region out to
KINDS = ("first", "unchanged", "changed")


def parser() -> ArgumentParser:
    arguments = ArgumentParser(prog="python -m bench.crawl", description=__doc__)
    arguments.add_argument("--pipelines", type=int, nargs="+", default=SIZES, help="sizes of the estates")
    arguments.add_argument(
        "--latency", type=float, nargs="+", default=LATENCIES, help="of every answer, in ms, beside 0"
    )
    arguments.add_argument("--database-url", default="", help="of a PostgreSQL server; SQLite without it")
    arguments.add_argument("--rate", type=float, default=5.0, help="admitted calls a second in the last crawl; 0: none")
    arguments.add_argument("--rate-pipelines", type=int, default=60, help="its estate")
    arguments.add_argument("--quick", action="store_true", help="20 and 200 pipelines at no latency: a minute")
    arguments.add_argument("--write", action="store_true", help="put the tables into docs/benchmarks.md")
    return arguments


def main() -> int:
    options = parser().parse_args()
    if options.quick:
        options.pipelines, options.latency, options.rate_pipelines = (20, 200), (0.0,), 12
    with BenchAWS() as aws:
        crawls = []
        for crawl in _crawls(aws, options):
            _say(_progress(crawl))
            crawls.append(crawl)
        [limited] = _limited(aws, options) if options.rate else [None]
    text = _text(crawls, limited, options)
    _say(text)
    if options.write:
        report.write(text)
    problems = [f"{crawl.pipelines} {crawl.kind}: {crawl.problem}" for crawl in crawls if crawl.problem]
    _say("\n".join(problems))
    return 1 if problems else 0


def _crawls(aws: BenchAWS, options: Namespace) -> Iterator[Crawl]:
    """The start alone; then every estate at no latency, beside the peers, and at the others."""
    yield from crawl_estate(aws, 0, 0.0, (START, START), options.database_url)
    yield from _peers(aws, 0, {})
    for pipelines in options.pipelines:
        first, *others = crawl_estate(aws, pipelines, 0.0, KINDS, options.database_url)
        yield first
        if pipelines <= LARGEST_BESIDE_PEERS:
            yield from _peers(aws, pipelines, first.traffic["calls"])
        yield from others
        for latency in filter(None, options.latency):
            yield from crawl_estate(aws, pipelines, latency, KINDS[:2], options.database_url)


def _peers(aws: BenchAWS, pipelines: int, calls: dict[str, int]) -> Iterator[Crawl]:
    for client in PEERS:
        yield run_peer(aws, client, pipelines, calls, _threads())


def _limited(aws: BenchAWS, options: Namespace) -> list[Crawl]:
    return crawl_estate(
        aws, options.rate_pipelines, 0.0, ("first",), options.database_url, admitted_per_second=options.rate
    )


def _text(crawls: list[Crawl], limited: Crawl | None, options: Namespace) -> str:
    start = min(crawl.cost.cpu for crawl in crawls if crawl.kind == START)
    bare, ours = (_cpu_per_call(crawls, kind) for kind in PEERS.values())
    costs = Costs(Bound(_threads() * PROCESSES, os.cpu_count() or 1), bare)
    parts = [
        f"Measured {report.machine(version(options.database_url))}",
        report.cost_table(crawls, costs),
        report.client_line(bare, ours),
        "First crawl, cost per pipeline as the estate grows:",
        report.curve_table(crawls, start, "first"),
        "Unchanged crawl:",
        report.curve_table(crawls, start, "unchanged"),
    ]
    if limited:
        parts.append(report.rate_line(limited, options.rate))
    return "\n\n".join(parts)


def _cpu_per_call(crawls: list[Crawl], kind: str) -> float:
    """Seconds of CPU that a peer takes for a call, its start left out."""
    empty, *peers = [crawl for crawl in crawls if crawl.kind == kind]
    largest = max(peers, key=lambda crawl: crawl.pipelines)
    return (largest.cost.cpu - empty.cost.cpu) / (largest.calls - empty.calls)


def _threads() -> int:
    return int(os.environ.get("SYNC_THREADS") or 16)


def _progress(crawl: Crawl) -> str:
    cost = crawl.cost
    return (
        f"{crawl.pipelines:>6} pipelines, {crawl.latency_ms:.0f} ms, {crawl.kind}: {crawl.calls} calls, "
        f"{cost.wall:.1f} s, CPU {cost.cpu:.1f} s, {cost.peak_mb:.0f} MB {crawl.problem}"
    )


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
