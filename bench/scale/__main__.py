"""`python -m bench.scale --database-url postgres://…`: fill an empty database, and explain the hottest queries."""

from __future__ import annotations

import sys
from argparse import ArgumentParser

from bench.scale.estate import Size, fill
from bench.scale.template import crawl_template


def main() -> int:
    arguments = ArgumentParser(prog="python -m bench.scale", description=__doc__)
    arguments.add_argument("--database-url", required=True, help="of an empty PostgreSQL database")
    arguments.add_argument("--fraction", type=float, default=1.0, help="of 20,000 pipelines with 50 executions each")
    options = arguments.parse_args()
    crawl_template(options.database_url)
    fill(options.database_url, Size().times(options.fraction), lambda line: sys.stdout.write(line + "\n"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
