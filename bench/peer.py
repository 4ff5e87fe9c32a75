"""`python -m bench.peer URL THREADS`: unmodified boto3 making the calls of a first crawl and keeping nothing.

What it costs is the floor: nobody who asks AWS by boto3 pays less.
"""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

if TYPE_CHECKING:
    from collections.abc import Callable

BUCKET_CALLS = (
    "get_bucket_encryption",
    "get_bucket_versioning",
    "get_public_access_block",
    "get_bucket_policy_status",
    "get_bucket_tagging",
    "get_bucket_ownership_controls",
)
Describe = tuple[str, str]
DESCRIBE: dict[str, Describe] = {
    "ProcessingJob": ("describe_processing_job", "ProcessingJobName"),
    "TrainingJob": ("describe_training_job", "TrainingJobName"),
    "TransformJob": ("describe_transform_job", "TransformJobName"),
    "Model": ("describe_model", "ModelName"),
    "RegisterModel": ("describe_model_package", "ModelPackageName"),
}


def crawl(url: str, threads: int) -> None:
    client = partial(
        boto3.Session().client, endpoint_url=url, region_name="us-east-1", config=Config(max_pool_connections=threads)
    )
    sagemaker: Any = client("sagemaker")
    s3: Any = client("s3")
    client("sts").get_caller_identity()
    sagemaker.list_domains(MaxResults=100)
    pipelines = _all(sagemaker, "list_pipelines", "PipelineSummaries")
    _all(sagemaker, "search", "Results", Resource="Pipeline")
    found = _all(sagemaker, "search", "Results", Resource="PipelineExecution")
    latest = {each["PipelineExecution"]["PipelineArn"]: each["PipelineExecution"] for each in reversed(found)}
    with ThreadPoolExecutor(threads) as pool:
        reading = [pool.submit(_read, sagemaker, s3, row, latest.get(row["PipelineArn"])) for row in pipelines]
        for future in reading:
            future.result()
        if pipelines:
            list(pool.map(partial(_look, s3), [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]))


def _all(client: Any, operation: str, member: str, **arguments: Any) -> list[Any]:
    pages = client.get_paginator(operation).paginate(**arguments, PaginationConfig={"PageSize": 100})
    return [item for page in pages for item in page[member]]


def _read(sagemaker: Any, s3: Any, pipeline: dict[str, Any], execution: dict[str, Any] | None) -> None:
    sagemaker.describe_pipeline(PipelineName=pipeline["PipelineArn"])
    if execution is None:
        return
    arn = execution["PipelineExecutionArn"]
    answer = sagemaker.list_pipeline_execution_steps(PipelineExecutionArn=arn, MaxResults=100)
    for step in answer["PipelineExecutionSteps"]:
        kind, metadata = next(iter(step["Metadata"].items()))
        if kind in DESCRIBE:
            job = _describe(sagemaker, kind, metadata["Arn"])
            _read_report(s3, job)


def _describe(sagemaker: Any, kind: str, arn: str) -> dict[str, Any]:
    operation, member = DESCRIBE[kind]
    call: Callable[..., dict[str, Any]] = getattr(sagemaker, operation)
    return call(**{member: arn if kind == "RegisterModel" else arn.rsplit("/", 1)[-1]})


def _read_report(s3: Any, job: dict[str, Any]) -> None:
    """The reports that a crawl reads: of the evaluation, and as the model package names it."""
    outputs = job.get("ProcessingOutputConfig", {}).get("Outputs", [])
    uris = [f"{raw['S3Output']['S3Uri']}/evaluation.json" for raw in outputs if raw["OutputName"] == "evaluation"]
    if quality := job.get("ModelMetrics", {}).get("ModelQuality"):
        uris.append(quality["Statistics"]["S3Uri"])
    for uri in uris:
        bucket, _, key = uri.removeprefix("s3://").partition("/")
        s3.get_object(Bucket=bucket, Key=key, Range="bytes=0-1048575")["Body"].read()


def _look(s3: Any, bucket: str) -> None:
    for call in BUCKET_CALLS:
        getattr(s3, call)(Bucket=bucket)


if __name__ == "__main__":
    crawl(sys.argv[1], int(sys.argv[2]))
