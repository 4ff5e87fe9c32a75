"""What stands behind a step's metadata: each kind's Describe call."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from inventory.aws.errors import AWSError, member, translated_errors
from inventory.aws.masking import masked
from inventory.aws.records import JobRecord

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from inventory.aws.client import Connection
    from inventory.aws.records import StepRecord

TERMINAL = frozenset({"Completed", "Failed", "Stopped"})
IMMUTABLE = frozenset({"Model", "EndpointConfig"})


@dataclass(frozen=True, slots=True)
class Described:
    """How a kind is described: what it is called, the call, the members that hold its ARN, name and status."""

    kind: str
    operation: str
    call: Callable[[Any, str], Mapping[str, Any]]
    arn: str
    name: str
    status: str


KINDS = {
    "ProcessingJob": Described(
        "ProcessingJob",
        "DescribeProcessingJob",
        lambda client, name: client.describe_processing_job(ProcessingJobName=name),
        "ProcessingJobArn",
        "ProcessingJobName",
        "ProcessingJobStatus",
    ),
    "TrainingJob": Described(
        "TrainingJob",
        "DescribeTrainingJob",
        lambda client, name: client.describe_training_job(TrainingJobName=name),
        "TrainingJobArn",
        "TrainingJobName",
        "TrainingJobStatus",
    ),
    "TransformJob": Described(
        "TransformJob",
        "DescribeTransformJob",
        lambda client, name: client.describe_transform_job(TransformJobName=name),
        "TransformJobArn",
        "TransformJobName",
        "TransformJobStatus",
    ),
    "TuningJob": Described(
        "TuningJob",
        "DescribeHyperParameterTuningJob",
        lambda client, name: client.describe_hyper_parameter_tuning_job(HyperParameterTuningJobName=name),
        "HyperParameterTuningJobArn",
        "HyperParameterTuningJobName",
        "HyperParameterTuningJobStatus",
    ),
    "AutoMLJob": Described(
        "AutoMLJob",
        "DescribeAutoMLJobV2",
        lambda client, name: client.describe_auto_ml_job_v2(AutoMLJobName=name),
        "AutoMLJobArn",
        "AutoMLJobName",
        "AutoMLJobStatus",
    ),
    "Model": Described(
        "Model",
        "DescribeModel",
        lambda client, name: client.describe_model(ModelName=name),
        "ModelArn",
        "ModelName",
        "",
    ),
    "EndpointConfig": Described(
        "EndpointConfig",
        "DescribeEndpointConfig",
        lambda client, name: client.describe_endpoint_config(EndpointConfigName=name),
        "EndpointConfigArn",
        "EndpointConfigName",
        "",
    ),
    "Endpoint": Described(
        "Endpoint",
        "DescribeEndpoint",
        lambda client, name: client.describe_endpoint(EndpointName=name),
        "EndpointArn",
        "EndpointName",
        "EndpointStatus",
    ),
    "InferenceComponent": Described(
        "InferenceComponent",
        "DescribeInferenceComponent",
        lambda client, name: client.describe_inference_component(InferenceComponentName=name),
        "InferenceComponentArn",
        "InferenceComponentName",
        "InferenceComponentStatus",
    ),
    "RegisterModel": Described(
        "ModelPackage",
        "DescribeModelPackage",
        lambda client, arn: _describe_model_package(client, arn),
        "ModelPackageArn",
        "ModelPackageName",
        "ModelPackageStatus",
    ),
}
KINDS["QualityCheck"] = KINDS["ClarifyCheck"] = KINDS["ProcessingJob"]


def crawl_job(connection: Connection, step: StepRecord) -> JobRecord | None:
    """Describe what stands behind a step; None where the metadata itself is all there is."""
    described = KINDS.get(step.kind)
    if described is None or not step.resource_arn:
        return None
    named = step.resource_arn if described.kind == "ModelPackage" else step.resource_arn.rsplit("/", 1)[-1]
    with translated_errors(described.operation):
        raw = described.call(connection.sagemaker, named)
    member(raw, described.arn, described.operation)
    record = parse_job(described, raw)
    return _with_best_training_job(connection, record) if described.kind == "TuningJob" else record


def parse_job(described: Described, raw: Mapping[str, Any]) -> JobRecord:
    status = str(raw.get(described.status) or "")
    return JobRecord(
        arn=raw[described.arn],
        kind=described.kind,
        name=raw.get(described.name) or raw[described.arn].split("/", 1)[-1],
        status=status,
        created_at=raw.get("CreationTime"),
        is_terminal=described.kind in IMMUTABLE or (described.kind.endswith("Job") and status in TERMINAL),
        description=masked(dict(raw)),
    )


def _with_best_training_job(connection: Connection, record: JobRecord) -> JobRecord:
    """The best training job of a tuning job holds its model and metrics; one that is gone or denied does not matter."""
    name = (record.description.get("BestTrainingJob") or {}).get("TrainingJobName")
    if not name:
        return record
    try:
        with translated_errors("DescribeTrainingJob"):
            raw = connection.sagemaker.describe_training_job(TrainingJobName=name)
    except AWSError as error:
        if error.is_transient:
            raise
        return record
    best = masked(dict(raw))
    return JobRecord(
        record.arn,
        record.kind,
        record.name,
        record.status,
        record.created_at,
        record.is_terminal,
        {**record.description, "BestTrainingJobDescription": best},
    )


def _describe_model_package(client: Any, arn: str) -> Any:
    """MetadataOnly needs no kms:Decrypt."""
    shape = client.meta.service_model.operation_model("DescribeModelPackage").input_shape
    more = {"IncludedData": "MetadataOnly"} if "IncludedData" in shape.members else {}
    return client.describe_model_package(ModelPackageName=arn, **more)
