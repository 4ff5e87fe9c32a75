"""Puts the report of an evaluation step in S3, where a reader of the resolved URI finds it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from moto.s3.models import s3_backends

from .expressions import walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from moto.sagemaker.models import SageMakerModelBackend

    from .results import StepRun

DEFAULT_FILE = "evaluation.json"


def put_report(backend: SageMakerModelBackend, run: StepRun, report: Any) -> None:
    """A bucket that does not exist gets nothing."""
    s3 = s3_backends[backend.account_id][backend.partition]
    body = report if isinstance(report, str) else json.dumps(report, indent=2)
    for uri in report_uris(run):
        bucket, _, key = uri.removeprefix("s3://").partition("/")
        if bucket in s3.buckets:
            s3.put_object(bucket, key, body.encode())


def report_uris(run: StepRun) -> Iterator[str]:
    outputs = run.arguments.get("ProcessingOutputConfig", {}).get("Outputs", [])
    files = [(file["OutputName"], file["FilePath"]) for file in run.definition.get("PropertyFiles") or []]
    if not files and outputs:
        files = [(outputs[0].get("OutputName"), DEFAULT_FILE)]
    for output, path in files:
        if uri := walk(outputs, f"['{output}'].S3Output.S3Uri"):
            yield f"{uri.rstrip('/')}/{path}"
