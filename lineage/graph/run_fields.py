"""The fields of one step's run as they are served."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from .model import Node, StepRun, Text, first_text, mapping, sequence
from .security import render_compute

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

_ARNS = ("Arn", "CheckJobArn")
_NAMES = (
    "ProcessingJobName",
    "TrainingJobName",
    "TransformJobName",
    "HyperParameterTuningJobName",
    "AutoMLJobName",
    "ModelName",
    "EndpointName",
    "EndpointConfigName",
    "InferenceComponentName",
)


def render_run(node: Node, run: StepRun, text: Text) -> dict[str, Any]:
    """One run; what is not known is null, never an empty string."""
    job = mapping(run.job)
    arn = first_text(mapping(member).get(key) for member in run.metadata.values() for key in _ARNS)
    return {
        "status": run.status,
        "startTime": _iso(run.start_time),
        "endTime": _iso(run.end_time),
        "elapsedSec": elapsed(run.start_time, run.end_time),
        "jobArn": arn,
        "jobName": first_text(job.get(name) for name in _NAMES) or _name_in(arn),
        "metrics": _metrics(job, run.metrics),
        "reportObject": run.report_object or None,
        "failureReason": run.failure_reason or None,
        "attempts": run.attempts,
        "cacheHit": bool(run.cache_source),
        "cacheSource": run.cache_source or None,
        "selectiveSource": run.selective_source or None,
        "outcome": outcome(run),
        "parameters": _parameters(job),
        **render_compute(node, text),
        "billableSec": _number(job.get("BillableTimeInSeconds")),
        "detailError": run.detail_error or None,
    }


def outcome(run: StepRun) -> str | None:
    """What a Condition came to: "True" or "False"."""
    value = mapping(run.metadata.get("Condition")).get("Outcome")
    return value if isinstance(value, str) and value else None


def elapsed(start: datetime | None, end: datetime | None) -> int | None:
    """Whole seconds, never negative; None while one of the times is not known."""
    return None if start is None or end is None else max(0, int(end.timestamp() - start.timestamp()))


def _iso(time: datetime | None) -> str | None:
    return time.isoformat() if time else None


def _name_in(arn: str | None) -> str | None:
    """The last part of an ARN, in which AWS lower-cases names."""
    return arn.split(":", 5)[-1].partition("/")[2] or None if arn else None


def _parameters(job: Mapping[str, Any]) -> dict[str, Any]:
    tuned = mapping(job.get("BestTrainingJob")).get("TunedHyperParameters")
    return dict(mapping(job.get("HyperParameters")) or mapping(tuned))


def _metrics(job: Mapping[str, Any], reported: Mapping[str, float]) -> dict[str, float]:
    """Metrics of the job and of its report; whatever is not a finite number is left out."""
    pairs = [*((item.get("MetricName"), item.get("Value")) for item in _job_metrics(job)), *reported.items()]
    found = {name: _number(value) for name, value in pairs if isinstance(name, str)}
    return {name: value for name, value in found.items() if value is not None}


def _job_metrics(job: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield from map(mapping, sequence(job.get("FinalMetricDataList")))
    yield mapping(mapping(job.get("BestTrainingJob")).get("FinalHyperParameterTuningJobObjectiveMetric"))
    candidate = mapping(job.get("BestCandidate"))
    yield mapping(candidate.get("FinalAutoMLJobObjectiveMetric"))
    metrics = mapping(candidate.get("CandidateProperties")).get("CandidateMetrics")
    yield from map(mapping, sequence(metrics))


def _number(value: object) -> float | None:
    """A finite number; JSON has no other, and true is none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value if isinstance(value, int) or math.isfinite(value) else None
