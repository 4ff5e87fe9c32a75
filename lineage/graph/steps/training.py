"""Training and tuning jobs, AutoML, and batch transform."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .processing import is_model_reference
from .registry import below, fields, parses, ports, reads, writes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from lineage.graph.model import Port, Step

_CODE_CHANNELS = (
    "code",
    "sagemaker_remote_function",
    "pre_exec_script_and_dependencies",
    "sagemaker_headless_execution",
    "sagemaker_wheel",
)


def _channel_role(name: str, item: Mapping[str, Any], value: Any) -> str:
    if name.startswith(_CODE_CHANNELS):
        return "code"
    return "model" if name == "model" or is_model_reference(value) else "data"


_JOB = (
    reads("InputDataConfig[].DataSource.S3DataSource.S3Uri", _channel_role, name="ChannelName"),
    reads("InputDataConfig[].DataSource.FileSystemDataSource.DirectoryPath", kind="file_system", name="ChannelName"),
    reads("InputDataConfig[].DataSource.DatasetSource.DatasetArn", kind="dataset", name="ChannelName"),
    reads("HyperParameters.sagemaker_submit_directory", "code"),
    reads("AlgorithmSpecification.TrainingImage", "image", kind="image"),
    writes("OutputDataConfig.S3OutputPath", "model"),
    # A checkpoint location is read and written; it is listed once.
    writes("CheckpointConfig.S3Uri", "checkpoint"),
    writes("DebugHookConfig.S3OutputPath", "debug"),
    writes("DebugRuleConfigurations[].S3OutputPath", "debug"),
    writes("TensorBoardOutputConfig.S3OutputPath", "debug"),
    writes("ProfilerConfig.S3OutputPath", "debug"),
    writes("ProfilerRuleConfigurations[].S3OutputPath", "debug"),
)
_TRAINING = fields(*_JOB)
_TUNED = (*_JOB, reads("StaticHyperParameters.sagemaker_submit_directory", "code"))
_TUNING = fields(*below("TrainingJobDefinition", _TUNED), *below("TrainingJobDefinitions[]", _TUNED))

_TRANSFORM = fields(
    reads("TransformInput.DataSource.S3DataSource.S3Uri"),
    reads("ModelName", "model", kind="model"),
    writes("TransformOutput.S3OutputPath"),
    writes("DataCaptureConfig.DestinationS3Uri", "capture"),
)
_PROBLEM = "AutoMLProblemTypeConfig"
_AUTOML = fields(
    reads("InputDataConfig[].DataSource.S3DataSource.S3Uri", name="ChannelName"),
    reads("AutoMLJobInputDataConfig[].DataSource.S3DataSource.S3Uri", name="ChannelName"),
    reads("AutoMLJobConfig.CandidateGenerationConfig.FeatureSpecificationS3Uri", "config"),
    reads(f"{_PROBLEM}.TimeSeriesForecastingJobConfig.FeatureSpecificationS3Uri", "config"),
    reads(f"{_PROBLEM}.TabularJobConfig.FeatureSpecificationS3Uri", "config"),
    writes("OutputDataConfig.S3OutputPath", "model"),
)


@parses("Training")
def training(step: Step) -> Iterable[Port]:
    """A training job reads its channels and its code, and writes a model, checkpoints and debug data."""
    return ports(step, _TRAINING)


@parses("Tuning")
def tuning(step: Step) -> Iterable[Port]:
    """A tuning job is one or several training definitions, run many times."""
    return ports(step, _TUNING)


@parses("Transform")
def transform(step: Step) -> Iterable[Port]:
    """A batch transform reads data and a model, and writes predictions."""
    return ports(step, _TRANSFORM)


@parses("AutoML")
def automl(step: Step) -> Iterable[Port]:
    """An AutoML job, in the request of either version."""
    return ports(step, _AUTOML)
