"""`python -m bench.scale --database-url postgres://…`: fill an empty database, and explain the hottest queries."""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path

import django

from bench.database import version
from bench.document import DOCS, Section
from bench.report import machine
from bench.scale.estate import Size, fill
from bench.scale.shown import Shown, folded, once
from bench.scale.template import crawl_template

PLANS = Section(DOCS / "operations.md", "plans")


def main() -> int:
    arguments = ArgumentParser(prog="python -m bench.scale", description=__doc__)
    arguments.add_argument("--database-url", required=True, help="of an empty PostgreSQL database")
    arguments.add_argument("--fraction", type=float, default=1.0, help="of 20,000 pipelines with 50 executions each")
    arguments.add_argument("--filled", action="store_true", help="explain what an earlier run filled")
    arguments.add_argument("--json", action="store_true", help="print only the plans, as JSON")
    arguments.add_argument("--write", action="store_true", help="put the hottest ten's plans into docs/operations.md")
    options = arguments.parse_args()
    if not options.filled:
        started = time.monotonic()
        crawl_template(options.database_url)
        say = _say if not options.json else _silent
        fill(options.database_url, Size().times(options.fraction), say)
        say(f"filled in {time.monotonic() - started:.0f} s")
    with tempfile.TemporaryDirectory(prefix="bench-scale-") as directory:
        _set_up(options.database_url, directory)
        _print_plans() if options.json else _explain()
        if options.write:
            _write(options.database_url)
    return 0


def _set_up(url: str, directory: str) -> None:
    os.environ |= {"DJANGO_SETTINGS_MODULE": "lineage_site.settings", "DATABASE_URL": url, "DATA_DIR": directory}
    os.environ |= {"API_ANONYMOUS_READ": "true", "DJANGO_DEBUG": "false", "LOG_LEVEL": "ERROR"}
    (Path(directory) / "static").mkdir()  # WhiteNoise warns of a folder that is not there
    django.setup()


def _explain() -> None:
    """Each piece of code once to warm up, once on the clock, and once under EXPLAIN (ANALYZE, BUFFERS)."""
    from bench.scale.hot import hot_queries
    from bench.scale.plans import explained, rolled_back
    from bench.scale.sizes import sizes

    _say(sizes())
    for name, run in hot_queries().items():
        rolled_back(run)
        started = time.perf_counter()
        rolled_back(run)
        taken = 1000 * (time.perf_counter() - started)
        plans = explained(run)
        pages = sum(plan.pages for plan in plans)
        queried = sum(plan.milliseconds for plan in plans)
        _say(f"\n{name}: {taken:.1f} ms, {queried:.1f} ms of it in {len(plans)} queries, {pages:,} pages")
        for plan in plans:
            _say(f"    {plan}")


def _print_plans() -> None:
    """Name -> the scans of all its statements: kind, table, index, rows."""
    from bench.scale.hot import hot_queries
    from bench.scale.plans import explained

    plans = {name: explained(run) for name, run in hot_queries().items()}
    scans = {name: [asdict(scan) for plan in found for scan in plan.scans] for name, found in plans.items()}
    _say(json.dumps(scans))


def _write(url: str) -> None:
    """What the hottest queries ask, and the plans as PostgreSQL prints them."""
    from bench.scale.hot import HOTTEST, hot_queries
    from bench.scale.plans import explained, printed, telling
    from inventory.models import Execution, Pipeline

    queries = hot_queries()
    asked = {name: once(plan.statement for plan in telling(explained(queries[name]))) for name in HOTTEST}
    shown = {name: [Shown(statement, printed(statement)) for statement in found] for name, found in asked.items()}
    size = f"{Pipeline.objects.count():,} pipelines and {Execution.objects.count():,} executions"
    PLANS.write(f"Of {size}, {machine(version(url))}\n\n{folded(shown)}")


def _silent(text: str) -> None:
    """Nothing."""


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
