"""What an execution's steps are, and how SageMaker describes the jobs behind them; all with blanks."""

from __future__ import annotations

from typing import Any

from bench.aws.definitions import (
    IMAGE,
    ROLE,
    channel,
    processing_arguments,
    s3_input,
    s3_output,
    step_names,
    training_arguments,
    transform_arguments,
)

Document = dict[str, Any]
SAGEMAKER = "arn:aws:sagemaker:@region@:@account@"
RUN = "s3://@bucket@/@name@/@id@"
MODEL_DATA = f"{RUN}/Train/model/pipelines-@id@-Train-bench/output/model.tar.gz"
CONTEXT = {
    "UserProfileArn": f"{SAGEMAKER}:user-profile/@domain@/analyst",
    "UserProfileName": "analyst",
    "DomainId": "@domain@",
}
KINDS = {
    "Train": ("TrainingJob", "training-job"),
    "CreateModel": ("Model", "model"),
    "Score": ("TransformJob", "transform-job"),
}


def execution_steps(steps: int) -> list[Document]:
    """PipelineExecutionSteps, in the order they began; the numbers #t0#, #t1# … are their times."""
    return [_step(position, name) for position, name in enumerate(step_names(steps))]


def _step(position: int, name: str) -> Document:
    return {
        "StepName": name,
        "StepStatus": "Succeeded",
        "StartTime": f"#t{position}#",
        "EndTime": f"#t{position + 1}#",
        "AttemptCount": 1,
        "Metadata": _metadata(name),
    }


def _metadata(name: str) -> Document:
    if name == "CheckQuality":
        return {"Condition": {"Outcome": "True"}}
    if name == "Notify":
        outputs = [{"Name": "status", "Value": "200"}]
        return {
            "Lambda": {"Arn": "arn:aws:lambda:@region@:@account@:function:bench-notify", "OutputParameters": outputs}
        }
    if name == "Register":
        return {"RegisterModel": {"Arn": f"{SAGEMAKER}:model-package/@name@/@package@"}}
    kind, resource = KINDS.get(name, ("ProcessingJob", "processing-job"))
    return {kind: {"Arn": f"{SAGEMAKER}:{resource}/pipelines-@id@-{name}-bench"}}


def _job(kind: str, resource: str, arguments: Document) -> Document:
    return {
        **arguments,
        f"{kind}Name": "@job@",
        f"{kind}Arn": f"{SAGEMAKER}:{resource}/@job@",
        f"{kind}Status": "Completed",
        "CreationTime": "#start#",
        "LastModifiedTime": "#end#",
    }


def processing_job() -> Document:
    inputs = [s3_input("data", "s3://@data@/raw/@name@/"), s3_input("code", "s3://@bucket@/code/@name@/@step@.py")]
    outputs = [s3_output(name, f"{RUN}/@step@/output/{name}") for name in ("train", "test")]
    return _processing_job("@step@", inputs, outputs)


def evaluation_job() -> Document:
    inputs = [s3_input("model", MODEL_DATA), s3_input("test", f"{RUN}/Preprocess/output/test")]
    return _processing_job("Evaluate", inputs, [s3_output("evaluation", f"{RUN}/Evaluate/output/evaluation")])


def _processing_job(step: str, inputs: list[Document], outputs: list[Document]) -> Document:
    job = _job("ProcessingJob", "processing-job", processing_arguments(step, inputs, outputs))
    return {**job, "ProcessingStartTime": "#start#", "ProcessingEndTime": "#end#"}


def training_job() -> Document:
    channels = [channel(name, f"{RUN}/Preprocess/output/{name}") for name in ("train", "test")]
    metric = {"MetricName": "validation:auc", "Value": 0.91, "Timestamp": "#end#"}
    return {
        **_job("TrainingJob", "training-job", training_arguments(channels, f"{RUN}/Train/model")),
        "ModelArtifacts": {"S3ModelArtifacts": MODEL_DATA},
        "SecondaryStatus": "Completed",
        "TrainingStartTime": "#start#",
        "TrainingEndTime": "#end#",
        "TrainingTimeInSeconds": 600,
        "BillableTimeInSeconds": 240,
        "FinalMetricDataList": [metric],
        "SecondaryStatusTransitions": [
            {
                "Status": status,
                "StartTime": "#start#",
                "EndTime": "#end#",
                "StatusMessage": f"{status} the training job",
            }
            for status in ("Starting", "Downloading", "Training", "Uploading", "Completed")
        ],
    }


def tuning_job() -> Document:
    limits = {"MaxNumberOfTrainingJobs": 4, "MaxParallelTrainingJobs": 2}
    return {
        **_job("HyperParameterTuningJob", "hyper-parameter-tuning-job", {}),
        "HyperParameterTuningJobConfig": {"Strategy": "Bayesian", "ResourceLimits": limits},
        "TrainingJobStatusCounters": {"Completed": 4, "InProgress": 0, "RetryableError": 0, "NonRetryableError": 0},
        "ObjectiveStatusCounters": {"Succeeded": 4, "Pending": 0, "Failed": 0},
    }


def transform_job() -> Document:
    arguments = transform_arguments("pipelines-@id@-CreateModel-bench", "s3://@data@/score/@name@/", f"{RUN}/Score")
    return {
        **_job("TransformJob", "transform-job", arguments),
        "TransformStartTime": "#start#",
        "TransformEndTime": "#end#",
    }


def model() -> Document:
    return {
        "ModelName": "@job@",
        "ModelArn": f"{SAGEMAKER}:model/@job@",
        "PrimaryContainer": {
            "Image": IMAGE,
            "ModelDataUrl": MODEL_DATA,
            "Environment": {"SAGEMAKER_PROGRAM": "serve.py"},
        },
        "ExecutionRoleArn": ROLE,
        "CreationTime": "#start#",
        "EnableNetworkIsolation": False,
    }


def model_package() -> Document:
    report = {"ContentType": "application/json", "S3Uri": f"{RUN}/Evaluate/output/evaluation/evaluation.json"}
    return {
        "ModelPackageName": "@name@",
        "ModelPackageGroupName": "@name@",
        "ModelPackageVersion": "#package#",
        "ModelPackageArn": f"{SAGEMAKER}:model-package/@name@/@package@",
        "CreationTime": "#start#",
        "InferenceSpecification": {
            "Containers": [{"Image": IMAGE, "ImageDigest": "sha256:0a1b2c", "ModelDataUrl": MODEL_DATA}],
            "SupportedContentTypes": ["text/csv"],
            "SupportedResponseMIMETypes": ["text/csv"],
        },
        "ModelPackageStatus": "Completed",
        "ModelPackageStatusDetails": {"ValidationStatuses": [], "ImageScanStatuses": []},
        "ModelApprovalStatus": "PendingManualApproval",
        "ModelMetrics": {"ModelQuality": {"Statistics": report}},
        "MetadataProperties": {"GeneratedBy": f"{SAGEMAKER}:pipeline/@name@/execution/@id@"},
        "CreatedBy": CONTEXT,
    }


def endpoint() -> Document:
    variant = {"VariantName": "all", "CurrentWeight": 1.0, "DesiredWeight": 1.0, "CurrentInstanceCount": 1}
    return {
        "EndpointName": "@endpoint@",
        "EndpointArn": f"{SAGEMAKER}:endpoint/@endpoint@",
        "EndpointConfigName": "@endpoint@",
        "EndpointStatus": "InService",
        "ProductionVariants": [variant],
        "CreationTime": "#start#",
        "LastModifiedTime": "#end#",
    }


def endpoint_config() -> Document:
    variant = {"VariantName": "all", "ModelName": "pipelines-@id@-CreateModel-bench", "InitialInstanceCount": 1}
    return {
        "EndpointConfigName": "@endpoint@",
        "EndpointConfigArn": f"{SAGEMAKER}:endpoint-config/@endpoint@",
        "ProductionVariants": [{**variant, "InstanceType": "ml.m5.large"}],
        "CreationTime": "#start#",
    }
