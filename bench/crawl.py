"""`python -m bench.crawl`: what crawls cost as the estate grows, beside bare boto3 and the least possible."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from bench import report
from bench.aws.estate import REGIONS
from bench.aws.process import BenchAWS
from bench.database import version
from bench.estates import PEERS, crawl_estate, run_peer
from bench.report import Bound, Costs
from bench.size import PER_REGION, Size

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.estates import Crawl

SIZES = (20, 200, 2_000, 20_000)
LATENCIES = (0.0, 30.0, 100.0)
LARGEST_BESIDE_PEERS = 2_000
RATE_PER_REGION = 60  # pipelines, where many regions have a rate
START, EMPTY = "start", Size(0)
PROCESSES = max(6, min(os.cpu_count() or 1, 8))  # of `manage.py sync`
THREADS = int(os.environ.get("SYNC_THREADS") or 32)  # of each of them
KINDS = ("first", "unchanged", "changed")


def parser() -> ArgumentParser:
    arguments = ArgumentParser(prog="python -m bench.crawl", description=__doc__)
    arguments.add_argument("--pipelines", type=int, nargs="+", default=SIZES, help="sizes of the estates")
    arguments.add_argument("--per-region", type=int, default=PER_REGION, help="the most pipelines of one region")
    arguments.add_argument(
        "--latency", type=float, nargs="+", default=LATENCIES, help="of every answer, in ms, beside 0"
    )
    arguments.add_argument("--database-url", default="", help="of a PostgreSQL server; SQLite without it")
    arguments.add_argument(
        "--rate", type=float, default=5.0, help="admitted calls a second in the last crawls; 0: none"
    )
    arguments.add_argument("--rate-pipelines", type=int, default=60, help="of one region; of each of 20 at most 60")
    arguments.add_argument("--quick", action="store_true", help="20 and 200 pipelines at no latency: a minute")
    arguments.add_argument("--write", action="store_true", help="put the tables into docs/benchmarks.md")
    return arguments


def main() -> int:
    options = _options()
    with BenchAWS() as aws:
        crawls = []
        for crawl in _crawls(aws, options):
            _say(_progress(crawl))
            crawls.append(crawl)
        limited = list(_limited(aws, options)) if options.rate else []
    text = _text(crawls, limited, options)
    _say(text)
    if options.write:
        report.TABLES.write(text)
    problems = [f"{crawl.size.pipelines} {crawl.kind}: {crawl.problem}" for crawl in crawls + limited if crawl.problem]
    _say("\n".join(problems))
    return 1 if problems else 0


def _options() -> Namespace:
    """With `sizes`: what estates of so many pipelines are by region."""
    arguments = parser()
    options = arguments.parse_args()
    if options.quick:
        options.pipelines, options.latency, options.rate_pipelines = (20, 200), (0.0,), 12
    try:
        options.sizes = [Size.of(pipelines, options.per_region) for pipelines in options.pipelines]
    except ValueError as error:
        arguments.error(str(error))
    return options


def _crawls(aws: BenchAWS, options: Namespace) -> Iterator[Crawl]:
    """The start alone; then every estate at no latency, beside the peers, and at the others."""
    yield from crawl_estate(aws, EMPTY, 0.0, (START, START), options.database_url)
    yield from _peers(aws, EMPTY, {})
    for size in options.sizes:
        first, *others = crawl_estate(aws, size, 0.0, KINDS, options.database_url)
        yield first
        if size.pipelines <= LARGEST_BESIDE_PEERS:
            yield from _peers(aws, size, first.traffic["calls"])
        yield from others
        for latency in filter(None, options.latency):
            yield from crawl_estate(aws, size, latency, KINDS[:2], options.database_url)


def _peers(aws: BenchAWS, size: Size, calls: dict[str, int]) -> Iterator[Crawl]:
    for client in PEERS:
        yield run_peer(aws, client, size, calls, THREADS)


def _limited(aws: BenchAWS, options: Namespace) -> Iterator[Crawl]:
    """Of one region, and of all that there are: each has a rate of its own."""
    rate = options.rate
    for regions in (1, len(REGIONS)):
        size = Size(options.rate_pipelines if regions == 1 else min(options.rate_pipelines, RATE_PER_REGION), regions)
        yield from crawl_estate(aws, size, 0.0, ("first",), options.database_url, admitted_per_second=rate)


def _text(crawls: list[Crawl], limited: list[Crawl], options: Namespace) -> str:
    start = min(crawl.cost.cpu for crawl in crawls if crawl.kind == START)
    bare, ours = (_cpu_per_call(crawls, kind) for kind in PEERS.values())
    costs = Costs(Bound(THREADS * PROCESSES, os.cpu_count() or 1), bare)
    parts = [
        f"Measured {report.machine(version(options.database_url))}",
        report.cost_table(crawls, costs),
        report.client_line(bare, ours),
        "First crawl, cost per pipeline as the estate grows:",
        report.curve_table(crawls, start, "first"),
        "Unchanged crawl:",
        report.curve_table(crawls, start, "unchanged"),
    ]
    parts += [report.rate_line(crawl, options.rate) for crawl in limited]
    return "\n\n".join(parts)


def _cpu_per_call(crawls: list[Crawl], kind: str) -> float:
    """Seconds of CPU that a peer takes for a call, its start left out."""
    empty, *peers = [crawl for crawl in crawls if crawl.kind == kind]
    largest = max(peers, key=lambda crawl: crawl.size.pipelines)
    return (largest.cost.cpu - empty.cost.cpu) / (largest.calls - empty.calls)


def _progress(crawl: Crawl) -> str:
    cost, size = crawl.cost, crawl.size
    return (
        f"{size.pipelines:>6} pipelines, regions: {size.regions}, {crawl.latency_ms:.0f} ms, {crawl.kind}: "
        f"{crawl.calls} calls, {cost.wall:.1f} s, CPU {cost.cpu:.1f} s, {cost.peak_mb:.0f} MB {crawl.problem}"
    )


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
