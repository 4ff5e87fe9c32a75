"""What runs inside steps of functions, and a Spark job that the SDK has no step for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .bench import Bench


def load_queries(source: str) -> list[str]:
    return [source]


def train_spelling(queries: list[str]) -> dict[str, str]:
    return dict(zip(queries, queries, strict=True))


def score_spelling(spelling: dict[str, str], queries: list[str]) -> float:
    return len(spelling) / len(queries)


def spark_job(bench: Bench, script: str, source: str, target: str) -> dict[str, Any]:
    monitoring = {"s3MonitoringConfiguration": {"logUri": f"{bench.artifacts}/emr-serverless/logs/"}}
    return {
        "ApplicationId": "00fabc123def4567",
        "ExecutionRoleArn": bench.role,
        "JobConfig": {
            "jobDriver": {
                "sparkSubmit": {
                    "entryPoint": f"{bench.artifacts}/code/spark/{script}",
                    "entryPointArguments": ["--source", source, "--target", target],
                }
            },
            "configurationOverrides": {"monitoringConfiguration": monitoring},
        },
    }
