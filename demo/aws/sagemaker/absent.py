"""What is asked of things that are not there, where moto breaks instead of saying so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moto.sagemaker.exceptions import ResourceNotFound

from .pipelines import PipelineOperations

if TYPE_CHECKING:
    from moto.core.responses import ActionResult


class AbsentOperations(PipelineOperations):
    """ListTags of a pipeline, DescribeFeatureGroup."""

    def list_tags(self) -> ActionResult:
        if ":pipeline/" in self._get_param("ResourceArn"):
            self.find_pipeline(self._get_param("ResourceArn"))
        return super().list_tags()

    def describe_feature_group(self) -> ActionResult:
        name = self._get_param("FeatureGroupName")
        if name not in {group.feature_group_name for group in self.sagemaker_backend.feature_groups.values()}:
            raise ResourceNotFound(f"Feature group '{name}' does not exist.")
        return super().describe_feature_group()
