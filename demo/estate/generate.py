"""`python -m demo.estate.generate`: writes definitions/[<account>/]<region>/<name>.json with the SageMaker Python SDK.

Needs requirements-estate.txt in an environment of its own; the estate is loaded from the files and needs none of it.
A file called <name>.handwritten.json holds a step of a type that the SDK lacks.
"""

from __future__ import annotations

import json
import logging
import os
import sys
from typing import Any

os.environ.setdefault("SAGEMAKER_SUPPRESS_V2_WARNING", "1")
os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")

import sagemaker.utils
from sagemaker.workflow import _steps_compiler
from sagemaker.workflow.pipeline import Pipeline

from demo.estate.blueprints import customers, pricing, research, risk, search, stores, vision  # noqa: F401 (they register)
from demo.estate.blueprints.bench import BLUEPRINTS, Bench
from demo.estate.blueprints.raw import RawStep
from demo.estate.catalog import definitions_of

TIMESTAMP = "2026-01-05-06-00-00-000"  # the SDK builds names from the time; the files must not change with it


def main() -> int:
    logging.disable(logging.WARNING)
    for module in (sagemaker.utils, _steps_compiler):
        module.sagemaker_timestamp = lambda: TIMESTAMP
    for (account, region, name), (team, builder) in sorted(BLUEPRINTS.items()):
        write(Bench(region, team, account), name, builder)
    sys.stdout.write(f"{len(BLUEPRINTS)} definitions\n")
    return 0


def write(bench: Bench, name: str, builder: Any) -> None:
    steps = builder(bench)
    pipeline = Pipeline(
        name=name, parameters=list(bench.parameters.values()), steps=steps, sagemaker_session=bench.session
    )
    definition = json.loads(pipeline.definition())
    raw = {step.name: step.kind for step in steps if isinstance(step, RawStep)}
    for step in definition["Steps"]:
        step["Type"] = raw.get(step["Name"], step["Type"])
    suffix = ".handwritten.json" if raw else ".json"
    path = definitions_of(bench.account) / bench.region / f"{name}{suffix}"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(definition, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    sys.exit(main())
