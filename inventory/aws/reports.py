"""Evaluation reports in S3: where they are, and the numbers in them."""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from inventory.aws.errors import AWSError, ErrorKind, translated_errors
from inventory.aws.records import ReportRecord

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from inventory.aws.client import Connection
    from inventory.aws.records import StepRecord

MOST_BYTES = 1_048_576
MOST_METRICS = 500
MOST_DEPTH = 12
MOST_KEY = 200
FILE_NAMES = ("evaluation.json", "report.json", "metrics.json", "evaluation_metrics.json")
ORIGINAL_FILE_NAMES = ("report.json", "evaluation.json", "metrics.json")
EVALUATING_STEP = re.compile(r"(?i)eval|report|metric|validat")
EVALUATING_OUTPUTS = frozenset({"report", "evaluation", "metrics", "evaluation_metrics"})
DENIED = ("denied", "denied-kms")
S3_URI = re.compile(r"^s3://([^/]+)/(.+)$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class ReportCandidate:
    """Where a step's report may be: the first URI that exists is it."""

    step_name: str
    uris: tuple[str, ...]


def report_candidates(
    definition: Mapping[str, Any], steps: Sequence[StepRecord], jobs: Mapping[str, Mapping[str, Any]]
) -> list[ReportCandidate]:
    """Where the reports of these steps may be, from exact knowledge to habit; one candidate a step at most.

    `jobs` are the descriptions behind the steps, by step name.
    """
    property_files = {
        step["Name"]: step["PropertyFiles"] for step in _all_steps(definition) if step.get("PropertyFiles")
    }
    found = []
    for step in steps:
        job = jobs.get(step.name) or {}
        uris = [*_property_files(property_files.get(step.name), job), *_model_metrics(job), *_check_results(step)]
        uris = uris or list(_by_habit(step, job))
        if uris:
            found.append(ReportCandidate(step.name, tuple(dict.fromkeys(uris))[:4]))
    return found


def crawl_report(connection: Connection, candidate: ReportCandidate) -> ReportRecord:
    """Read the first report that is there; `missing` when none is, `denied` when we may not look."""
    denied = None
    for uri in candidate.uris:
        try:
            return _read(connection, candidate.step_name, uri)
        except AWSError as error:
            if error.code == "InvalidRange":  # an empty object has no first byte
                return ReportRecord(candidate.step_name, uri, "malformed", size=0)
            if error.kind is ErrorKind.DENIED:
                status = "denied-kms" if "kms" in str(error.__cause__).lower() else "denied"
                denied = ReportRecord(candidate.step_name, uri, status)
            elif error.kind is not ErrorKind.NOT_FOUND:
                raise
    return denied or ReportRecord(candidate.step_name, candidate.uris[0], "missing")


def parse_report(body: bytes) -> tuple[dict[str, float], int]:
    """The numbers of a report by `eval.<dotted path>`, and how many were left out beyond the cap.

    Raises ValueError or RecursionError when it is not JSON.
    """
    report = json.loads(body.decode(), parse_constant=lambda _: None)
    if isinstance(report, dict) and set(report) == {"metrics"} and isinstance(report["metrics"], dict):
        report = report["metrics"]
    metrics: dict[str, float] = {}
    truncated = 0
    for path, number in _numbers(report):
        key = "eval." + path
        if len(metrics) < MOST_METRICS and len(key) <= MOST_KEY:
            metrics[key] = number
        else:
            truncated += 1
    return metrics, truncated


def _read(connection: Connection, step_name: str, uri: str) -> ReportRecord:
    match = S3_URI.match(uri)
    if match is None:
        return ReportRecord(step_name, uri, "missing")
    with translated_errors("GetObject"):
        whole = f"bytes=0-{MOST_BYTES - 1}"
        answer = connection.s3(connection.region).get_object(Bucket=match[1], Key=match[2], Range=whole)
        size = int(answer.get("ContentRange", "/-1").rsplit("/", 1)[-1])
        facts = {"etag": answer.get("ETag", "").strip('"'), "version_id": answer.get("VersionId") or ""}
        if size > MOST_BYTES:
            return ReportRecord(step_name, uri, "too-large", size=size, **facts)
        body = answer["Body"].read()
    try:
        metrics, truncated = parse_report(body)
    except (ValueError, RecursionError):
        return ReportRecord(step_name, uri, "malformed", size=len(body), **facts)
    return ReportRecord(step_name, uri, "ok", metrics, truncated, size=len(body), **facts)


def _all_steps(definition: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    stack = [definition.get("Steps")]
    while stack:
        for step in _list(stack.pop()):
            if isinstance(step, dict) and isinstance(step.get("Name"), str):
                yield step
                arguments = step.get("Arguments")
                if isinstance(arguments, dict):
                    stack += [arguments.get("IfSteps"), arguments.get("ElseSteps")]


def _outputs(job: Mapping[str, Any]) -> dict[str, str]:
    outputs = (job.get("ProcessingOutputConfig") or {}).get("Outputs") or []
    return {raw.get("OutputName", ""): (raw.get("S3Output") or {}).get("S3Uri", "") for raw in outputs}


def _property_files(files: Any, job: Mapping[str, Any]) -> Iterator[str]:
    outputs = _outputs(job)
    for file in _list(files):
        where = outputs.get(file.get("OutputName", "")) if isinstance(file, dict) else None
        if where and str(file.get("FilePath", "")).endswith(".json"):
            yield f"{where.rstrip('/')}/{file['FilePath']}"


def _model_metrics(job: Mapping[str, Any]) -> Iterator[str]:
    """The statistics that a model package names."""
    metrics = job.get("ModelMetrics") or {}
    for family in ("ModelQuality", "ModelDataQuality"):
        uri = ((metrics.get(family) or {}).get("Statistics") or {}).get("S3Uri")
        if uri:
            yield uri if uri.endswith(".json") else f"{uri.rstrip('/')}/{FILE_NAMES[0]}"


def _check_results(step: StepRecord) -> Iterator[str]:
    check = step.metadata.get("QualityCheck") or step.metadata.get("ClarifyCheck") or {}
    for name in ("ViolationReport", "CalculatedBaselineStatistics"):
        if check.get(name):
            yield check[name]


def _by_habit(step: StepRecord, job: Mapping[str, Any]) -> Iterator[str]:
    """The rule of the original service, and its generalisation."""
    outputs = _outputs(job)
    if step.name == "Evaluate" and outputs.get("report"):
        yield from _in(outputs["report"], ORIGINAL_FILE_NAMES)
        return
    for name, where in outputs.items():
        if where and (name in EVALUATING_OUTPUTS or (EVALUATING_STEP.search(step.name) and len(outputs) == 1)):
            yield from _in(where, FILE_NAMES)
            return


def _in(where: str, names: Sequence[str]) -> Iterator[str]:
    if where.endswith(".json"):
        yield where
    else:
        yield from (f"{where.rstrip('/')}/{name}" for name in names)


def _numbers(report: Any) -> Iterator[tuple[str, float]]:
    """Every finite number with its dotted path, to a depth."""
    stack: list[tuple[str, Any, int]] = [("", report, 0)]
    while stack:
        path, value, depth = stack.pop()
        if isinstance(value, bool):
            continue
        if isinstance(value, (int, float)):
            if path and _is_finite(value):
                yield path, value
        elif depth < MOST_DEPTH:
            stack += reversed(
                [(f"{path}.{name}" if path else name, child, depth + 1) for name, child in _children(value)]
            )


def _is_finite(value: float) -> bool:
    try:
        return math.isfinite(value)
    except OverflowError:
        return False


def _children(value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        yield from value.items()
    for index, child in enumerate(_list(value)):
        yield str(child.get("name", index)) if isinstance(child, dict) else str(index), child


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
