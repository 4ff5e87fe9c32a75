"""A few pipelines as a crawl stores them: the rows that the synthetic estate is made of."""

from __future__ import annotations

import os
import tempfile
from typing import TYPE_CHECKING

from bench.aws.estate import REGIONS
from bench.aws.names import bucket_name
from bench.aws.process import BenchAWS
from bench.estates import CREDENTIALS
from bench.measure import run_python

if TYPE_CHECKING:
    from collections.abc import Sequence

REGION = REGIONS[0]
BUCKET = bucket_name(REGION, 0)
PIPELINES = 8  # one of each size of definition
STEPS = 15
DOMAINS = 20


def crawl_template(url: str) -> None:
    """Migrate an empty database and crawl the light AWS into it."""
    shape = {"pipelines": PIPELINES, "steps": STEPS, "domains": DOMAINS, "buckets": 1}
    with tempfile.TemporaryDirectory(prefix="bench-scale-") as directory, BenchAWS() as aws:
        aws.configure(**shape)
        environment = {
            **{name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ},
            **CREDENTIALS,
            "AWS_ENDPOINT_URL": aws.url,
            "DATA_DIR": directory,
            "DATABASE_URL": url,
            "SYNC_REGIONS": REGION,
        }
        _run(("manage.py", "migrate", "--verbosity=0"), environment)
        _run(("manage.py", "sync"), environment)


def _run(arguments: Sequence[str], environment: dict[str, str]) -> None:
    cost = run_python(arguments, environment)
    if cost.status:
        raise RuntimeError(cost.output)
