"""Describe of the jobs that simulated steps left; other jobs are moto's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moto.core.responses import ActionResult
from moto.sagemaker.exceptions import ResourceNotFound

from demo.aws.paging import page

from .executions import ExecutionOperations

if TYPE_CHECKING:
    from demo.aws.state import Document


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
        """The name out of an ARN is in lower case."""
        name = self._get_param("ModelName")
        models = self.sagemaker_backend._models
        found = next((model for key, model in models.items() if key.lower() == name.lower()), None)
        return ActionResult(found.response_object) if found else super().describe_model()
