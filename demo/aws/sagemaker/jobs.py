"""Describe of the jobs that simulated steps left; other jobs are moto's."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from moto.core.responses import ActionResult
from moto.sagemaker.exceptions import ResourceNotFound

from demo.aws.paging import page

from .executions import ExecutionOperations

if TYPE_CHECKING:
    from demo.aws.state import Document


Resource = TypeVar("Resource")


class JobOperations(ExecutionOperations):
    """Names are compared without regard to case, because ARNs carry them in lower case."""

    def _job(self, kind: str, parameter: str) -> Document | None:
        return self.state.jobs[kind].get(self._get_param(parameter).lower())

    def describe_processing_job(self) -> ActionResult:
        job = self._job("processing-job", "ProcessingJobName")
        return ActionResult(job) if job else super().describe_processing_job()

    def describe_training_job(self) -> ActionResult:
        job = self._job("training-job", "TrainingJobName")
        return ActionResult(job) if job else super().describe_training_job()

    def describe_transform_job(self) -> ActionResult:
        job = self._job("transform-job", "TransformJobName")
        return ActionResult(job) if job else super().describe_transform_job()

    def describe_hyper_parameter_tuning_job(self) -> ActionResult:
        job = self._job("hyper-parameter-tuning-job", "HyperParameterTuningJobName")
        return ActionResult(job) if job else super().describe_hyper_parameter_tuning_job()

    def describe_auto_ml_job_v2(self) -> ActionResult:
        job = self._job("automl-job", "AutoMLJobName")
        return ActionResult(job) if job else super().describe_auto_ml_job_v2()

    def describe_inference_component(self) -> ActionResult:
        if component := self._job("inference-component", "InferenceComponentName"):
            return ActionResult(component)
        raise ResourceNotFound(f"Inference component '{self._get_param('InferenceComponentName')}' does not exist.")

    def list_inference_components(self) -> ActionResult:
        endpoint = self._get_param("EndpointNameEquals")
        components = [
            component
            for component in self.state.jobs["inference-component"].values()
            if endpoint in {None, component["EndpointName"]}
        ]
        found, token = page(components, self._get_param("NextToken"), self._get_param("MaxResults"))
        return ActionResult({"InferenceComponents": found, "NextToken": token})

    def describe_model(self) -> ActionResult:
        found = self._named(self.sagemaker_backend._models, "ModelName")
        return ActionResult(found.response_object) if found else super().describe_model()

    def describe_endpoint(self) -> ActionResult:
        found = self._named(self.sagemaker_backend.endpoints, "EndpointName")
        return ActionResult(found.response_object) if found else super().describe_endpoint()

    def describe_endpoint_config(self) -> ActionResult:
        found = self._named(self.sagemaker_backend.endpoint_configs, "EndpointConfigName")
        return ActionResult(found.response_object) if found else super().describe_endpoint_config()

    def _named(self, resources: dict[str, Resource], parameter: str) -> Resource | None:
        name = self._get_param(parameter).lower()
        return next((resource for key, resource in resources.items() if key.lower() == name), None)
