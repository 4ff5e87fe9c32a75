"""SageMaker's Describe calls of what stands behind steps and endpoints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bench.aws import jobs
from bench.aws.names import executed, numbered
from bench.aws.templates import Template

if TYPE_CHECKING:
    from collections.abc import Callable

    from bench.aws.answers import Call
    from bench.aws.names import Names
    from bench.aws.templates import Values

JOBS = {
    "DescribeTrainingJob": ("TrainingJobName", jobs.training_job),
    "DescribeTransformJob": ("TransformJobName", jobs.transform_job),
    "DescribeHyperParameterTuningJob": ("HyperParameterTuningJobName", jobs.tuning_job),
    "DescribeModel": ("ModelName", jobs.model),
}


class Describer:
    """A job's name tells its execution and step: pipelines-<execution>-<step>-bench."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self._processing = Template(jobs.processing_job())
        self._evaluation = Template(jobs.evaluation_job())
        self._package = Template(jobs.model_package())
        self._endpoint = Template(jobs.endpoint())
        self._endpoint_config = Template(jobs.endpoint_config())
        self.handlers: dict[str, Callable[[Call, dict[str, Any]], bytes]] = {
            "DescribeProcessingJob": self._describe_processing_job,
            "DescribeModelPackage": self._describe_model_package,
            "DescribeEndpoint": self._describe_endpoint,
            "DescribeEndpointConfig": self._describe_endpoint_config,
            **{name: self._describe(member, Template(make())) for name, (member, make) in JOBS.items()},
        }

    def _describe(self, member: str, template: Template) -> Callable[[Call, dict[str, Any]], bytes]:
        return lambda call, arguments: template.fill(self._values(call, arguments[member]))

    def _describe_processing_job(self, call: Call, arguments: dict[str, Any]) -> bytes:
        values = self._values(call, arguments["ProcessingJobName"])
        return (self._evaluation if values["step"] == "Evaluate" else self._processing).fill(values)

    def _describe_model_package(self, call: Call, arguments: dict[str, Any]) -> bytes:
        """By ARN: …:model-package/<group>/<version>."""
        group, _, version = arguments["ModelPackageName"].split(":model-package/")[-1].rpartition("/")
        if not version.isdecimal():
            raise LookupError(arguments["ModelPackageName"])
        execution = self._names.estate.execution(numbered(group), int(version) - 1)
        return self._package.fill(self._names.of_execution(call, execution))

    def _describe_endpoint(self, call: Call, arguments: dict[str, Any]) -> bytes:
        return self._endpoint.fill(self._of_endpoint(call, arguments["EndpointName"]))

    def _describe_endpoint_config(self, call: Call, arguments: dict[str, Any]) -> bytes:
        return self._endpoint_config.fill(self._of_endpoint(call, arguments["EndpointConfigName"]))

    def _of_endpoint(self, call: Call, name: str) -> Values:
        return self._names.of_endpoint(call, numbered(name.removesuffix("-live")))

    def _values(self, call: Call, job: str) -> Values:
        parts = job.split("-")
        if len(parts) != 4 or parts[0] != "pipelines":
            raise LookupError(job)
        values = self._names.of_execution(call, executed(self._names.estate, parts[1]))
        return values | {"job": job, "step": parts[2]}
