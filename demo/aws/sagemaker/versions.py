"""Versions of pipelines, which moto does not have: each new definition makes one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moto.core.responses import ActionResult
from moto.sagemaker.exceptions import ResourceNotFound

from .executions import ExecutionOperations

if TYPE_CHECKING:
    from moto.sagemaker.models import FakePipeline

    from demo.aws.state import Document

DEFINITIONS = ("PipelineDefinition", "PipelineDefinitionS3Location")
ALIASES = "PipelineVersionAliases"
DESCRIBED = ("PipelineVersionDisplayName", "PipelineVersionDescription")


class VersionOperations(ExecutionOperations):
    """The first version is as old as its pipeline; an alias is of one version at a time."""

    def create_pipeline(self) -> ActionResult:
        answer = super().create_pipeline()
        pipeline = self.find_pipeline(self._get_param("PipelineName"))
        self.state.versions.pop(pipeline.arn, None)
        self._name_version(pipeline)
        return answer

    def update_pipeline(self) -> ActionResult:
        super().update_pipeline()
        pipeline = self.find_pipeline(self._get_param("PipelineName"))
        versions = self.state.versions[pipeline.arn]
        if any(self._get_param(name) for name in DEFINITIONS):
            versions.append({"CreationTime": pipeline.last_modified_time})
        self._name_version(pipeline)
        return ActionResult({"PipelineArn": pipeline.arn, "PipelineVersionId": len(versions)})

    def update_pipeline_version(self) -> ActionResult:
        """Of aliases it knows nothing: they come with UpdatePipeline."""
        pipeline = self.find_pipeline(self._get_param("PipelineArn"))
        versions, number = self.state.versions[pipeline.arn], int(self._get_param("PipelineVersionId"))
        if not 0 < number <= len(versions):
            raise ResourceNotFound(f"Version {number} of pipeline '{pipeline.pipeline_name}' does not exist.")
        versions[number - 1] |= {name: text for name in DESCRIBED if (text := self._get_param(name))}
        return ActionResult({"PipelineArn": pipeline.arn, "PipelineVersionId": number})

    def list_pipeline_versions(self) -> ActionResult:
        pipeline = self.find_pipeline(self._get_param("PipelineName"))
        versions = enumerate(self.state.versions[pipeline.arn], start=1)
        summaries = [self._summary(pipeline, number, version) for number, version in versions]
        newest_first = self._get_param("SortOrder") != "Ascending"
        return self._paged("PipelineVersionSummaries", summaries[::-1] if newest_first else summaries)

    def _name_version(self, pipeline: FakePipeline) -> None:
        """Give the aliases that are asked for to the newest version."""
        moved = self._get_param(ALIASES) or []
        versions = self.state.versions[pipeline.arn]
        for version in versions:
            kept = [alias for alias in version.get(ALIASES, ()) if alias not in moved]
            version[ALIASES] = kept + (moved if version is versions[-1] else [])

    def _summary(self, pipeline: FakePipeline, number: int, version: Document) -> Document:
        ran = [row.arn for row in self.state.executions_of(pipeline.arn) if row.version == number]
        summary = {"PipelineArn": pipeline.arn, "PipelineVersionId": number, "CreationTime": pipeline.creation_time}
        return summary | ({"LastExecutionPipelineExecutionArn": ran[-1]} if ran else {}) | version
