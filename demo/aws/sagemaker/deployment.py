"""Models, endpoints and feature groups, as far as moto does not answer, or not in pages."""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult
from moto.core.utils import utcnow
from moto.sagemaker.exceptions import ResourceNotFound
from moto.sagemaker.responses import SageMakerResponse

from demo.aws.paging import page


class DeploymentOperations(SageMakerResponse):
    """ListModels, ListFeatureGroups, UpdateEndpoint."""

    def list_models(self) -> ActionResult:
        summaries = [
            {"ModelName": model.model_name, "ModelArn": model.arn.lower(), "CreationTime": model.creation_time}
            for model in self.sagemaker_backend.list_models()
        ]
        return self._cut("Models", summaries)

    def list_feature_groups(self) -> ActionResult:
        summaries = [
            {
                "FeatureGroupName": group.feature_group_name,
                "FeatureGroupArn": group.arn,
                "CreationTime": group.creation_time,
                "FeatureGroupStatus": "Created",
                "OfflineStoreStatus": {"Status": "Active"},
            }
            for group in self.sagemaker_backend.feature_groups.values()
        ]
        return self._cut("FeatureGroupSummaries", summaries)

    def update_endpoint(self) -> ActionResult:
        endpoint = self.sagemaker_backend.endpoints.get(self._get_param("EndpointName"))
        if endpoint is None:
            raise ResourceNotFound(f"Endpoint '{self._get_param('EndpointName')}' does not exist.")
        endpoint.endpoint_config_name = self._get_param("EndpointConfigName")
        endpoint.last_modified_time = utcnow()
        return ActionResult({"EndpointArn": endpoint.arn})

    def _cut(self, name: str, items: list[dict[str, Any]]) -> ActionResult:
        found, token = page(items, self._get_param("NextToken"), self._get_param("MaxResults"))
        return ActionResult({name: found, "NextToken": token})
