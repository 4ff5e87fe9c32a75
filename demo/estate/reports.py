"""What evaluation steps report: nested as the SDK's examples have it, or flat; better from run to run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

Report = dict[str, Any]


def _nested(family: str, **metrics: float) -> Report:
    return {family: {name: {"value": value, "standard_deviation": "NaN"} for name, value in metrics.items()}}


def _churn(quality: float) -> Report:
    report = _nested("binary_classification_metrics", auc=round(0.7 + 0.2 * quality, 4), accuracy=0.88, recall=0.71)
    matrix = {"0": {"0": 8123, "1": 377}, "1": {"0": 410, "1": 1090}}
    report["binary_classification_metrics"]["confusion_matrix"] = matrix
    return report


def _vision(quality: float) -> Report:
    return {
        "detection": {
            "map50": round(0.5 + 0.3 * quality, 3),
            "classes": [{"name": "scratch", "ap": 0.71}, {"name": "dent", "ap": 0.64}],
        },
        "latency": {"p50": 31.0, "p95": round(110 - 50 * quality, 1)},
        "size": {"megabytes": 212},
    }


# (pipeline, step): the report of a run of this quality (0 to 1)
REPORTS: dict[tuple[str, str], Callable[[float], Report]] = {
    ("churn-train-weekly", "EvaluateModel"): _churn,
    ("marketing-uplift-quarterly", "EvaluateUplift"): lambda quality: {"metrics": {"qini": round(0.3 * quality, 3)}},
    ("forecast-demand-nightly", "EvaluateForecast"): lambda quality: _nested(
        "regression_metrics", rmse=round(15 - 5 * quality, 2), mape=round(0.2 - 0.1 * quality, 3)
    ),
    ("fraud-train-daily", "Evaluate"): lambda quality: {
        "metrics": {"auc": round(0.8 + 0.15 * quality, 4), "precision": 0.62, "rows": 1_200_000, "calibrated": True}
    },
    ("credit-risk-champion", "CompareWithChampion"): lambda quality: _nested(
        "binary_classification_metrics", f1=round(0.6 + 0.2 * quality, 3)
    ),
    ("pricing-elasticity-weekly", "EvaluateElasticity"): lambda quality: _nested(
        "regression_metrics", r2=round(0.5 + 0.4 * quality, 3), mse=round(4 - quality, 3)
    ),
    ("nlp-ticket-classifier", "Evaluate"): lambda quality: {"f1_macro": round(0.6 + 0.25 * quality, 3), "loss": 0.41},
    ("vision-defect-train", "EvaluateDetector"): _vision,
    ("search-ranking-train", "EvaluateRanker"): lambda quality: {
        "ranking": {"ndcg10": round(0.38 + 0.1 * quality, 4), "mrr": 0.51}
    },
    ("search-eval-offline", "ScoreJudgements"): lambda quality: {"metrics": {"ndcg10": round(0.4 + 0.1 * quality, 4)}},
}
