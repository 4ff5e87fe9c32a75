"""Pipelines: by name or ARN, sorted and paged as AWS does."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from moto.core.responses import ActionResult
from moto.core.utils import utcnow
from moto.sagemaker.exceptions import ResourceNotFound
from moto.sagemaker.responses import SageMakerResponse

from demo.aws.paging import page

if TYPE_CHECKING:
    from moto.sagemaker.models import FakePipeline


class PipelineOperations(SageMakerResponse):
    """CreatePipeline to ListPipelines."""

    def find_pipeline(self, name_or_arn: str) -> FakePipeline:
        """AWS compares names in ARNs without regard to case."""
        backend = self.sagemaker_backend
        if pipeline := backend.pipelines.get(name_or_arn):
            return pipeline
        wanted = name_or_arn.lower()
        for pipeline in backend.pipelines.values():
            if pipeline.arn.lower() == wanted:
                return pipeline
        raise ResourceNotFound(f"Pipeline '{name_or_arn}' does not exist.")

    def create_pipeline(self) -> ActionResult:
        answer = super().create_pipeline()
        pipeline = self.sagemaker_backend.pipelines[self._get_param("PipelineName")]
        # Made outside Studio there is no user profile; moto invents one.
        pipeline.created_by = pipeline.last_modified_by = {}
        _serialise(pipeline)
        return answer

    def update_pipeline(self) -> ActionResult:
        pipeline = self.find_pipeline(self._get_param("PipelineName"))
        answer = super().update_pipeline()
        pipeline.last_modified_time = utcnow()
        _serialise(pipeline)
        return answer

    def describe_pipeline(self) -> ActionResult:
        pipeline = self.find_pipeline(self._get_param("PipelineName"))
        return ActionResult(self.sagemaker_backend.describe_pipeline(pipeline.pipeline_name))

    def list_pipelines(self) -> ActionResult:
        pipelines = sorted(
            self.sagemaker_backend.pipelines.values(),
            key=lambda pipeline: (
                pipeline.pipeline_name if self._get_param("SortBy") == "Name" else pipeline.creation_time
            ),
            reverse=self._get_param("SortOrder") != "Ascending",
        )
        found, token = page(pipelines, self._get_param("NextToken"), self._get_param("MaxResults"))
        # As in AWS, filters apply to the page that was cut: a page may be empty and have a successor.
        summaries = [_summary(pipeline) for pipeline in found if self._is_wanted(pipeline)]
        return ActionResult({"PipelineSummaries": summaries, "NextToken": token})

    def _is_wanted(self, pipeline: FakePipeline) -> bool:
        after, before = self._get_param("CreatedAfter"), self._get_param("CreatedBefore")
        return (
            pipeline.pipeline_name.startswith(self._get_param("PipelineNamePrefix") or "")
            and (after is None or pipeline.creation_time > after)
            and (before is None or pipeline.creation_time < before)
        )


def _serialise(pipeline: FakePipeline) -> None:
    """moto keeps a definition that came from S3 as a dict."""
    definition: Any = pipeline.pipeline_definition
    if not isinstance(definition, str):
        pipeline.pipeline_definition = json.dumps(definition)


def _summary(pipeline: FakePipeline) -> dict[str, Any]:
    summary = {
        "PipelineArn": pipeline.arn,
        "PipelineName": pipeline.pipeline_name,
        "PipelineDisplayName": pipeline.pipeline_display_name,
        "PipelineDescription": pipeline.pipeline_description,
        "RoleArn": pipeline.role_arn,
        "CreationTime": pipeline.creation_time,
        "LastModifiedTime": pipeline.last_modified_time,
        "LastExecutionTime": pipeline.last_execution_time,
    }
    return {name: value for name, value in summary.items() if value is not None}
