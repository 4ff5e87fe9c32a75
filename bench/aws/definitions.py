"""A pipeline definition as the SDK writes them: prepare, train, evaluate, and on success register and deploy."""

from __future__ import annotations

from typing import Any

import orjson

Document = dict[str, Any]
IMAGE = "@account@.dkr.ecr.@region@.amazonaws.com/bench/toolbox:1.4"
ROLE = "arn:aws:iam::@account@:role/bench-pipelines"
KEY = "arn:aws:kms:@region@:@account@:key/1234abcd-12ab-34cd-56ef-1234567890ab"
MOST_ENTRIES = 100  # SageMaker's limit on hyperparameters and on the environment
JOBS_OF_BASE = 6


def step_names(steps: int) -> list[str]:
    """The steps of a pipeline of so many; the further ones prepare features.

    >>> step_names(9)
    ['Preprocess', 'Features1', 'Train', 'Evaluate', 'CheckQuality', 'Register', 'CreateModel', 'Score', 'Notify']
    """
    features = [f"Features{number}" for number in range(1, steps - 7)]
    return ["Preprocess", *features, "Train", "Evaluate", "CheckQuality", "Register", "CreateModel", "Score", "Notify"]


def definition(steps: int, size: int) -> str:
    """The definition's JSON with blanks; padded to about `size` bytes with entries that real ones have many of."""
    features = [processing(name, "Preprocess") for name in step_names(steps)[1 : steps - 7]]
    prepare, train, evaluate = (
        processing("Preprocess"),
        training(features[-1]["Name"] if features else "Preprocess"),
        evaluation(),
    )
    document = {
        "Version": "2020-12-01",
        "Metadata": {"Version": "@version@"},
        "Parameters": [
            {"Name": "InputData", "Type": "String", "DefaultValue": "s3://@data@/raw/@name@/"},
            {"Name": "InstanceType", "Type": "String", "DefaultValue": "ml.m5.xlarge"},
            {"Name": "LeastAccuracy", "Type": "Float", "DefaultValue": 0.8},
            {"Name": "ModelApprovalStatus", "Type": "String", "DefaultValue": "PendingManualApproval"},
        ],
        "PipelineExperimentConfig": {
            "ExperimentName": {"Get": "Execution.PipelineName"},
            "TrialName": {"Get": "Execution.PipelineExecutionId"},
        },
        "Steps": [prepare, *features, train, evaluate, check()],
    }
    _pad(
        document,
        size,
        [train["Arguments"]["HyperParameters"], *(step["Arguments"]["Environment"] for step in (prepare, evaluate))],
    )
    return orjson.dumps(document).decode()


def _pad(document: Document, size: int, places: list[Document]) -> None:
    missing = size - len(orjson.dumps(document))
    entry = len('"feature_column_00": "@name@/column/00/standardised",')
    for number in range(max(0, min(missing // entry, MOST_ENTRIES * len(places)))):
        place, index = divmod(number, MOST_ENTRIES)
        places[place][f"feature_column_{index:02d}"] = f"@name@/column/{index:02d}/standardised"


def joined(*values: Any) -> Document:
    return {
        "Std:Join": {
            "On": "/",
            "Values": ["s3:/", "@bucket@", "@name@", {"Get": "Execution.PipelineExecutionId"}, *values],
        }
    }


def s3_input(name: str, uri: Any) -> Document:
    return {
        "InputName": name,
        "AppManaged": False,
        "S3Input": {
            "S3Uri": uri,
            "LocalPath": f"/opt/ml/processing/input/{name}",
            "S3DataType": "S3Prefix",
            "S3InputMode": "File",
            "S3DataDistributionType": "FullyReplicated",
            "S3CompressionType": "None",
        },
    }


def s3_output(name: str, uri: Any) -> Document:
    where = {"S3Uri": uri, "LocalPath": f"/opt/ml/processing/output/{name}", "S3UploadMode": "EndOfJob"}
    return {"OutputName": name, "AppManaged": False, "S3Output": where}


def processing_arguments(step: str, inputs: list[Document], outputs: list[Document]) -> Document:
    return {
        "ProcessingResources": {
            "ClusterConfig": {
                "InstanceType": "ml.m5.xlarge",
                "InstanceCount": 1,
                "VolumeSizeInGB": 30,
                "VolumeKmsKeyId": KEY,
            }
        },
        "AppSpecification": {
            "ImageUri": IMAGE,
            "ContainerEntrypoint": ["python3", f"/opt/ml/processing/input/code/{step.lower()}.py"],
            "ContainerArguments": ["--window-days", "90"],
        },
        "RoleArn": ROLE,
        "ProcessingInputs": inputs,
        "ProcessingOutputConfig": {"Outputs": outputs, "KmsKeyId": KEY},
        "NetworkConfig": {
            "EnableNetworkIsolation": False,
            "EnableInterContainerTrafficEncryption": True,
            "VpcConfig": {"SecurityGroupIds": ["sg-0a1b2c3d"], "Subnets": ["subnet-0a1b2c3d", "subnet-1a2b3c4d"]},
        },
        "Environment": {"STAGE": "production", "TEAM": "bench"},
    }


def _output_of(step: str, name: str) -> Document:
    return {"Get": f"Steps.{step}.ProcessingOutputConfig.Outputs['{name}'].S3Output.S3Uri"}


def processing(step: str, before: str = "") -> Document:
    source = _output_of(before, "train") if before else {"Get": "Parameters.InputData"}
    inputs = [s3_input("data", source), s3_input("code", f"s3://@bucket@/code/@name@/{step.lower()}.py")]
    outputs = [s3_output(name, joined(step, "output", name)) for name in ("train", "test")]
    return {
        "Name": step,
        "Type": "Processing",
        "Arguments": processing_arguments(step, inputs, outputs),
        "CacheConfig": {"Enabled": True, "ExpireAfter": "P7D"},
    }


def channel(name: str, uri: Any) -> Document:
    source = {"S3DataType": "S3Prefix", "S3Uri": uri, "S3DataDistributionType": "FullyReplicated"}
    return {"ChannelName": name, "ContentType": "text/csv", "DataSource": {"S3DataSource": source}}


def training_arguments(channels: list[Document], output: Any) -> Document:
    return {
        "AlgorithmSpecification": {"TrainingImage": IMAGE, "TrainingInputMode": "File"},
        "OutputDataConfig": {"S3OutputPath": output, "KmsKeyId": KEY},
        "StoppingCondition": {"MaxRuntimeInSeconds": 86400},
        "ResourceConfig": {"InstanceType": "ml.m5.4xlarge", "InstanceCount": 1, "VolumeSizeInGB": 50},
        "RoleArn": ROLE,
        "InputDataConfig": channels,
        "HyperParameters": {"objective": "binary:logistic", "num_round": "200", "max_depth": "6", "eta": "0.2"},
        "EnableManagedSpotTraining": True,
    }


def training(before: str) -> Document:
    channels = [channel("train", _output_of(before, "train")), channel("validation", _output_of(before, "test"))]
    return {"Name": "Train", "Type": "Training", "Arguments": training_arguments(channels, joined("Train", "model"))}


def evaluation() -> Document:
    model = {"Get": "Steps.Train.ModelArtifacts.S3ModelArtifacts"}
    inputs = [s3_input("model", model), s3_input("test", _output_of("Preprocess", "test"))]
    outputs = [s3_output("evaluation", joined("Evaluate", "output", "evaluation"))]
    return {
        "Name": "Evaluate",
        "Type": "Processing",
        "Arguments": processing_arguments("Evaluate", inputs, outputs),
        "PropertyFiles": [{"PropertyFileName": "Report", "OutputName": "evaluation", "FilePath": "evaluation.json"}],
    }


def check() -> Document:
    left = {
        "Std:JsonGet": {
            "PropertyFile": {"Get": "Steps.Evaluate.PropertyFiles.Report"},
            "Path": "metrics.accuracy.value",
        }
    }
    right = {"Get": "Parameters.LeastAccuracy"}
    return {
        "Name": "CheckQuality",
        "Type": "Condition",
        "Arguments": {
            "Conditions": [{"Type": "GreaterThanOrEqualTo", "LeftValue": left, "RightValue": right}],
            "IfSteps": [registration(), model(), transform(), notification()],
            "ElseSteps": [],
        },
    }


def registration() -> Document:
    statistics = {"Std:Join": {"On": "/", "Values": [_output_of("Evaluate", "evaluation"), "evaluation.json"]}}
    model = {"Image": IMAGE, "ModelDataUrl": {"Get": "Steps.Train.ModelArtifacts.S3ModelArtifacts"}}
    return {
        "Name": "Register",
        "Type": "RegisterModel",
        "Arguments": {
            "ModelPackageGroupName": "@name@",
            "ModelApprovalStatus": {"Get": "Parameters.ModelApprovalStatus"},
            "ModelMetrics": {"ModelQuality": {"Statistics": {"ContentType": "application/json", "S3Uri": statistics}}},
            "InferenceSpecification": {
                "Containers": [model],
                "SupportedContentTypes": ["text/csv"],
                "SupportedResponseMIMETypes": ["text/csv"],
                "SupportedRealtimeInferenceInstanceTypes": ["ml.m5.large"],
                "SupportedTransformInstanceTypes": ["ml.m5.large"],
            },
        },
    }


def model() -> Document:
    container = {
        "Image": IMAGE,
        "ModelDataUrl": {"Get": "Steps.Train.ModelArtifacts.S3ModelArtifacts"},
        "Environment": {},
    }
    return {
        "Name": "CreateModel",
        "Type": "Model",
        "Arguments": {"ExecutionRoleArn": ROLE, "PrimaryContainer": container},
    }


def transform_arguments(model_name: Any, source: Any, output: Any) -> Document:
    data = {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": source}}
    return {
        "ModelName": model_name,
        "TransformInput": {"DataSource": data, "ContentType": "text/csv", "SplitType": "Line"},
        "TransformOutput": {"S3OutputPath": output, "KmsKeyId": KEY},
        "TransformResources": {"InstanceType": "ml.m5.xlarge", "InstanceCount": 1},
    }


def transform() -> Document:
    arguments = transform_arguments(
        {"Get": "Steps.CreateModel.ModelName"}, "s3://@data@/score/@name@/", joined("Score")
    )
    return {"Name": "Score", "Type": "Transform", "Arguments": arguments}


def notification() -> Document:
    return {
        "Name": "Notify",
        "Type": "Lambda",
        "FunctionArn": "arn:aws:lambda:@region@:@account@:function:bench-notify",
        "Arguments": {"package": {"Get": "Steps.Register.ModelPackageArn"}, "pipeline": "@name@"},
        "OutputParameters": [{"OutputName": "status", "OutputType": "String"}],
    }
