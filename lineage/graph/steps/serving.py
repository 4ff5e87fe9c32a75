"""Models, the model registry, and what serves them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .registry import Field, fields, parses, ports, reads, writes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lineage.graph.model import Port, Step


def _container(path: str) -> tuple[Field, ...]:
    return (
        reads(f"{path}.ModelDataUrl", "model"),
        reads(f"{path}.ModelDataSource.S3DataSource.S3Uri", "model"),
        reads(f"{path}.ModelDataSource.S3DataSource.ManifestS3Uri", "model"),
        reads(f"{path}.AdditionalModelDataSources[].S3DataSource.S3Uri", "model"),
        reads(f"{path}.AdditionalModelDataSources[].S3DataSource.ManifestS3Uri", "model"),
        reads(f"{path}.AdditionalS3DataSource.S3Uri", "data"),
        reads(f"{path}.ModelPackageName", "model", kind="model_package"),
        reads(f"{path}.Environment.SAGEMAKER_SUBMIT_DIRECTORY", "code"),
        reads(f"{path}.Image", "image", kind="image"),
    )


def _metrics(*paths: str) -> tuple[Field, ...]:
    return tuple(reads(f"ModelMetrics.{path}.S3Uri", "report") for path in paths)


def _baselines(*paths: str) -> tuple[Field, ...]:
    return tuple(reads(f"DriftCheckBaselines.{path}.S3Uri", "baseline") for path in paths)


_QUALITY = ("ModelQuality.Statistics", "ModelQuality.Constraints")
_DATA_QUALITY = ("ModelDataQuality.Statistics", "ModelDataQuality.Constraints")
_VALIDATION = "ValidationSpecification.ValidationProfiles[].TransformJobDefinition"

_MODEL = fields(
    *_container("PrimaryContainer"),
    *_container("Containers[]"),
    writes("ModelName", "model", kind="model"),
)
_REGISTER_MODEL = fields(
    *_container("InferenceSpecification.Containers[]"),
    *_container("AdditionalInferenceSpecifications[].Containers[]"),
    *_container("SourceAlgorithmSpecification.SourceAlgorithms[]"),
    *_metrics(*_QUALITY, *_DATA_QUALITY),
    *_metrics("Bias.Report", "Bias.PreTrainingReport", "Bias.PostTrainingReport", "Explainability.Report"),
    *_baselines(*_QUALITY, *_DATA_QUALITY),
    *_baselines("Bias.ConfigFile", "Bias.PreTrainingConstraints", "Bias.PostTrainingConstraints"),
    *_baselines("Explainability.Constraints", "Explainability.ConfigFile"),
    reads("SamplePayloadUrl", "data"),
    reads("SourceUri", "model"),
    reads(f"{_VALIDATION}.TransformInput.DataSource.S3DataSource.S3Uri"),
    writes(f"{_VALIDATION}.TransformOutput.S3OutputPath"),
    writes("ModelPackageGroupName", "model", kind="model_package_group"),
)
_ENDPOINT_CONFIG = fields(
    reads("ProductionVariants[].ModelName", "model", kind="model"),
    reads("ShadowProductionVariants[].ModelName", "model", kind="model"),
    reads("ExplainerConfig.ClarifyExplainerConfig.ShapConfig.ShapBaselineConfig.ShapBaselineUri", "baseline"),
    writes("AsyncInferenceConfig.OutputConfig.S3OutputPath"),
    writes("AsyncInferenceConfig.OutputConfig.S3FailurePath"),
    writes("DataCaptureConfig.DestinationS3Uri", "capture"),
    writes("ProductionVariants[].CoreDumpConfig.DestinationS3Uri", "log"),
    writes("ShadowProductionVariants[].CoreDumpConfig.DestinationS3Uri", "log"),
    writes("EndpointConfigName", "config", kind="endpoint_config"),
)
_ENDPOINT = fields(
    reads("EndpointConfigName", "config", kind="endpoint_config"),
    writes("EndpointName", "model", kind="endpoint"),
)


def _component(path: str) -> tuple[Field, ...]:
    return (
        reads(f"{path}.ModelName", "model", kind="model"),
        reads(f"{path}.Container.ArtifactUrl", "model"),
        reads(f"{path}.Container.Image", "image", kind="image"),
    )


_INFERENCE_COMPONENT = fields(
    *_component("Specification"),
    *_component("Specifications[]"),
    reads("EndpointName", "model", kind="endpoint"),
)


@parses("Model")
def model(step: Step) -> Iterable[Port]:
    """A model takes its data from one container or several; its name is what others refer to."""
    return ports(step, _MODEL)


@parses("RegisterModel")
def register_model(step: Step) -> Iterable[Port]:
    """A model package reads models, reports and baselines, and becomes a version of its group."""
    return ports(step, _REGISTER_MODEL)


@parses("EndpointConfig")
def endpoint_config(step: Step) -> Iterable[Port]:
    """An endpoint configuration names the models to serve and where captured and asynchronous output goes."""
    return ports(step, _ENDPOINT_CONFIG)


@parses("Endpoint")
def endpoint(step: Step) -> Iterable[Port]:
    """An endpoint serves a configuration."""
    return ports(step, _ENDPOINT)


@parses("InferenceComponent")
def inference_component(step: Step) -> Iterable[Port]:
    """An inference component puts a model on an endpoint."""
    return ports(step, _INFERENCE_COMPONENT)
