"""Endpoints, their configurations and inference components."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sagemaker.workflow.endpoint_step import EndpointConfigStep, EndpointStep
from sagemaker.workflow.inference_component_step import InferenceComponentStep

if TYPE_CHECKING:
    from .bench import Bench


def endpoint_config(bench: Bench, name: str, model_name: Any, **options: Any) -> Any:
    variant = {
        "VariantName": "AllTraffic",
        "ModelName": model_name,
        "InstanceType": "ml.m5.xlarge",
        "InitialInstanceCount": 2,
        "InitialVariantWeight": 1.0,
    }
    step_args = bench.session.create_endpoint_config(
        name=f"{bench.team}-{name.lower()}-config", production_variants=[variant], **options
    )
    return EndpointConfigStep(name=name, step_args=step_args)


def endpoint(bench: Bench, name: str, endpoint_name: str, config: Any) -> Any:
    step_args = bench.session.create_endpoint(
        endpoint_name=endpoint_name, config_name=config.properties.EndpointConfigName
    )
    return EndpointStep(name=name, step_args=step_args)


def inference_component(bench: Bench, name: str, endpoint_name: Any, model_name: Any) -> Any:
    step_args = bench.session.create_inference_component(
        inference_component_name=f"{bench.team}-{name.lower()}",
        endpoint_name=endpoint_name,
        variant_name="AllTraffic",
        specification={
            "ModelName": model_name,
            "ComputeResourceRequirements": {"NumberOfCpuCoresRequired": 1, "MinMemoryRequiredInMb": 1024},
        },
        runtime_config={"CopyCount": 1},
    )
    return InferenceComponentStep(name=name, step_args=step_args)
