"""The runs of each pipeline, oldest first, told from now backwards."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from .reports import REPORTS

Run = dict[str, Any]  # as simulation.script.Script, with `days` or `minutes` before now in place of `start`


def ok(days: float, **more: Any) -> Run:
    return {"days": days, **more}


def ends(days: float, step: str, status: str, reason: str | None = None, **more: Any) -> Run:
    """A run that comes as far as `step`."""
    return {"days": days, "steps": {step: {"status": status, "failure_reason": reason}}, **more}


def says_no(days: float, *conditions: str, **more: Any) -> Run:
    return {"days": days, "quality": 0.1, "steps": {name: {"outcome": "False"} for name in conditions}, **more}


def cached(days: float, *steps: str, **more: Any) -> Run:
    return {"days": days, "steps": {name: {"cached": True} for name in steps}, **more}


def now_at(minutes: float, step: str, status: str = "Executing") -> Run:
    return {"days": minutes / 1440, "steps": {step: {"status": status}}}


CAPACITY = (
    "CapacityError: Unable to provision requested ML compute capacity. Please retry using a different ML instance type."
)
OUT_OF_MEMORY = "AlgorithmError: ExecuteUserScriptError: ExitCode 137: the container ran out of memory"
NO_BUCKET = "ClientError: S3 bucket acme-warehouse-2019 does not exist"
DENIED = "ClientError: Access denied to s3://acme-legal-hold-us-east-1/ledger/. Check the permissions of the role."

DEFAULT = [ok(9), ok(6), ok(3), ok(0.6)]
HISTORIES: dict[tuple[str, str], list[Run]] = {
    ("us-west-2", "churn-features-daily"): [],
    ("eu-west-1", "gdpr-erasure"): [],
    ("ap-northeast-2", "vision-shelf-automl"): [],
    ("us-east-1", "churn-features-daily"): [
        ok(5, parameters={"WindowDays": 60}),
        cached(4, "BuildFeatures"),
        ok(3),
        ends(2, "ExtractEvents", "Failed", CAPACITY),
        ok(1.9, display_name="after the capacity error"),
        cached(0.2, "BuildFeatures", display_name="nightly"),
    ],
    ("us-east-1", "churn-train-weekly"): [
        ok(28, quality=0.6, parameters={"LeastAuc": 0.75}),
        says_no(21, "IsGoodEnough"),
        ok(14, quality=0.7),
        {**cached(7, "SplitData"), "quality": 0.9},
        now_at(40, "TuneModel"),
    ],
    ("us-east-1", "churn-score-daily"): [ok(3), ends(2, "ScoreCustomers", "Failed", OUT_OF_MEMORY), ok(1), ok(0.1)],
    ("us-east-1", "churn-monitor-daily"): [ok(3), ends(1, "MonitoredScoring-monitoring", "Failed", "Violations found")],
    ("us-east-1", "customer-segments-monthly"): [ok(62), cached(31, "ClusterCustomers"), ok(2)],
    ("us-east-1", "marketing-uplift-quarterly"): [
        ok(90, quality=0.8),
        says_no(45, "HasUplift"),
        now_at(300, "ApproveCampaign"),
    ],
    ("us-east-1", "forecast-demand-nightly"): [
        ok(4, quality=0.7),
        ok(3, quality=0.8),
        says_no(2, "IsAccurate"),
        {"days": 1, "selected": ["EvaluateForecast", "IsAccurate"], "quality": 0.7},
        now_at(25, "TrainDeepAr"),
    ],
    ("us-east-1", "data-contract-checks"): [ok(8), ends(1, "CompareWithWarehouse", "Failed", NO_BUCKET)],
    ("us-east-1", "fraud-features-hourly"): [
        *[ok(hours / 24) for hours in range(12, 3, -1)],
        ends(3 / 24, "BuildFraudFeatures", "Failed", DENIED),
        ok(2 / 24),
        now_at(18, "BuildFraudFeatures"),
    ],
    ("us-east-1", "fraud-train-daily"): [
        ok(4, quality=0.5),
        says_no(3, "LaunchAllowed", parameters={"Confidence": 0.6}),
        {**cached(2, "Train"), "quality": 0.6},
        ok(1, quality=0.8),
    ],
    ("us-east-1", "fraud-graph-embeddings"): [ok(20), ends(6, "TrainEmbeddings", "Stopped")],
    ("us-east-1", "credit-risk-champion"): [
        ok(30, quality=0.9),
        says_no(15, "BeatsChampion"),
        now_at(90, "SearchModels", "Stopping"),
    ],
    ("us-east-1", "credit-risk-bias-audit"): [ok(200)],
    ("eu-west-1", "pricing-elasticity-weekly"): [
        ok(21, quality=0.6),
        says_no(14, "IsReliable"),
        {**cached(7, "TrainElasticity"), "quality": 0.7},
    ],
    ("eu-west-1", "pricing-competitor-watch"): [
        ok(3),
        ends(2, "ReviewOutliers", "Stopped"),
        now_at(120, "ReviewOutliers"),
    ],
    ("eu-west-1", "nlp-ticket-classifier"): [
        ok(12, quality=0.4),
        ends(5, "TuneClassifier", "Failed", CAPACITY),
        ok(2, quality=0.5),
    ],
    ("ap-northeast-2", "vision-augmentation"): [
        ok(10),
        {**ends(1, "Blur", "Failed", OUT_OF_MEMORY), "status": "CompletedWithFailures"},
    ],
    ("ap-northeast-2", "vision-defect-train"): [
        says_no(16, "IsPrecise"),
        {**says_no(9, "IsFast"), "quality": 0.5},
        ok(3, quality=0.9, parameters={"TrainingInstanceType": "ml.p4d.24xlarge"}),
        now_at(15, "TrainDetector"),
    ],
    ("ap-northeast-2", "vision-weekly-report"): [
        ok(14),
        ok(7),
        ends(0.3, "DrawCharts", "Failed", "NotebookError: cell 7: KeyError: 'line'"),
    ],
    ("us-west-2", "search-ranking-train"): [says_no(11, "IsBetter"), ok(8, quality=0.7), ok(2, quality=0.9)],
    ("us-west-2", "recsys-two-tower-train"): [ends(13, "TrainUserTower", "Failed", CAPACITY), ok(12), ok(5)],
    ("us-east-1", "stores-card-fraud-deploy"): [ok(8), ok(1.2)],
    ("us-east-1", "stores-offers-weekly"): [ok(15), ends(8, "PickOffers", "Failed", OUT_OF_MEMORY), ok(0.9)],
    ("us-west-2", "research-demand-foundation"): [ends(5, "TrainFoundation", "Failed", CAPACITY), ok(3)],
    ("us-west-2", "legacy-nightly-etl"): [ends(days, "CopyTables", "Failed", NO_BUCKET) for days in (4, 3, 2, 1)],
}


def runs_of(region: str, name: str, now: datetime) -> list[Run]:
    """Scripts to write down, with absolute times and reports."""
    histories = HISTORIES.get((region, name), DEFAULT)
    return [{**_script(name, run, now), "region": region, "pipeline": name} for run in histories]


def _script(name: str, run: Run, now: datetime) -> Run:
    script = dict(run)
    quality = script.pop("quality", 0.75)
    start = now - timedelta(days=script.pop("days"))
    steps = {step: dict(details) for step, details in script.pop("steps", {}).items()}
    for (pipeline, step), report in REPORTS.items():
        if pipeline == name:
            steps[step] = {"report": report(quality), **steps.get(step, {})}
    return {**script, "start": start.astimezone(UTC).isoformat(), "steps": steps}
