"""`python -m bench.peer CLIENT THREADS PLAN`: the same number of the same calls as a crawl's, keeping nothing.

CLIENT is `boto3`, unmodified, or `ours`: the clients that a crawl uses, each call of which waits its turn and is
counted. What boto3 costs is the floor: nobody who asks AWS by it pays less. PLAN is JSON: the pipelines
and buckets of a region, in how many regions the crawl made the calls, and the calls by operation. All go to one region.
"""

from __future__ import annotations

import json
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from itertools import repeat
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
from botocore import xform_name
from botocore.config import Config

from bench.aws.names import bucket_name, pipeline_name
from inventory.aws.client import Connection
from inventory.aws.rate.classes import RateSettings
from inventory.aws.rate.files import FileStore
from inventory.aws.rate.limiter import RateLimiter
from inventory.aws.sessions import Access

if TYPE_CHECKING:
    from collections.abc import Callable

ACCOUNT = "arn:aws:sagemaker:us-east-1:123456789012"
REGION = "us-east-1"
NAMES = ("sagemaker", "s3", "sts", "account")
PAGE_SIZE = 100
SEARCHED = ("Pipeline", "PipelineExecution", "ModelPackage", "Model")
SERVICES = {
    "GetCallerIdentity": "sts",
    "ListRegions": "account",
    "ListBuckets": "s3",
    "GetObject": "s3",
    "HeadBucket": "s3",
}
WITHOUT_ARGUMENTS = frozenset({"GetCallerIdentity", "ListRegions", "ListBuckets"})


def _job(step: str) -> Callable[[int], str]:
    return lambda index: f"pipelines-{index:06d}000000-{step}-bench"


def _pipeline(index: int) -> str:
    return f"{ACCOUNT}:pipeline/{pipeline_name(index)}"


def _execution(index: int) -> str:
    return f"{_pipeline(index)}/execution/{index:06d}000000"


def _package(index: int) -> str:
    return f"{ACCOUNT}:model-package/{pipeline_name(index)}/1"


OF_ONE_PIPELINE: dict[str, tuple[str, tuple[Callable[[int], str], ...]]] = {
    "DescribePipeline": ("PipelineName", (_pipeline,)),
    "ListPipelineExecutionSteps": ("PipelineExecutionArn", (_execution,)),
    "DescribePipelineDefinitionForExecution": ("PipelineExecutionArn", (_execution,)),
    "DescribeProcessingJob": ("ProcessingJobName", (_job("Preprocess"), _job("Evaluate"))),
    "DescribeTrainingJob": ("TrainingJobName", (_job("Train"),)),
    "DescribeTransformJob": ("TransformJobName", (_job("Score"),)),
    "DescribeModel": ("ModelName", (_job("CreateModel"),)),
    "DescribeModelPackage": ("ModelPackageName", (_package,)),
}


def clients_of_boto3(threads: int) -> dict[str, Any]:
    session: Any = boto3.Session(region_name=REGION)
    return {name: session.client(name, config=Config(max_pool_connections=threads)) for name in NAMES}


def clients_of_ours(_: int) -> dict[str, Any]:
    limiter = RateLimiter(FileStore(Path(tempfile.mkdtemp())), RateSettings(start=1000.0, per_service={}))
    connection = Connection(Access("123456789012"), REGION, limiter=limiter)
    return {name: connection.client(name) for name in NAMES}


CLIENTS = {"boto3": clients_of_boto3, "ours": clients_of_ours}


def repeat_calls(clients: dict[str, Any], threads: int, plan: dict[str, Any]) -> None:
    pipelines, buckets = plan["pipelines"], plan["buckets"]
    with ThreadPoolExecutor(threads) as pool:
        for operation, count in plan["calls"].items():
            call = getattr(clients[_service(operation)], xform_name(operation))
            arguments = (_arguments(operation, index // plan["regions"], pipelines, buckets) for index in range(count))
            list(pool.map(_call, repeat(call), arguments))


def _service(operation: str) -> str:
    is_of_bucket = operation.startswith("GetBucket") or operation == "GetPublicAccessBlock"
    return SERVICES.get(operation, "s3" if is_of_bucket else "sagemaker")


def _arguments(operation: str, index: int, pipelines: int, buckets: int) -> dict[str, Any]:
    """Of the call of that number; a listing's next page follows the last."""
    if operation in OF_ONE_PIPELINE:
        member, names = OF_ONE_PIPELINE[operation]
        pipeline, which = divmod(index, len(names))
        return {member: names[which](pipeline % pipelines)}
    if operation == "GetObject":
        pipeline = index % pipelines
        key = f"{pipeline_name(pipeline)}/{pipeline:06d}000000/Evaluate/output/evaluation/evaluation.json"
        return {"Bucket": bucket_name(REGION, pipeline % buckets), "Key": key, "Range": "bytes=0-1048575"}
    if operation == "Search":
        page, which = divmod(index, len(SEARCHED))
        return {"Resource": SEARCHED[which], **_page(page)}
    if _service(operation) == "sagemaker":
        return _page(index)
    return {} if operation in WITHOUT_ARGUMENTS else {"Bucket": bucket_name(REGION, index % buckets)}


def _page(number: int) -> dict[str, Any]:
    following = {"NextToken": str(PAGE_SIZE * number)} if number else {}
    return {"MaxResults": PAGE_SIZE, **following}


def _call(call: Callable[..., dict[str, Any]], arguments: dict[str, Any]) -> None:
    body = call(**arguments).get("Body")
    if body is not None:
        body.read()


if __name__ == "__main__":
    repeat_calls(CLIENTS[sys.argv[1]](int(sys.argv[2])), int(sys.argv[2]), json.loads(sys.argv[3]))
