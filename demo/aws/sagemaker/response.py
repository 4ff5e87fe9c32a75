"""The response class that takes the place of moto's, and AWS's code for what is not there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moto.core.responses import ActionResult
from moto.core.utils import get_service_model
from moto.sagemaker.exceptions import ResourceNotFound, ValidationError

from .absent import AbsentOperations
from .deployment import DeploymentOperations
from .domains import DomainOperations
from .jobs import JobOperations
from .packages import PackageOperations
from .search import SearchOperations
from .versions import VersionOperations

if TYPE_CHECKING:
    from moto.core.common_types import TYPE_RESPONSE

MISSING = ("could not find", "not found", "does not exist")


class DemoSageMakerResponse(
    AbsentOperations,
    JobOperations,
    SearchOperations,
    VersionOperations,
    PackageOperations,
    DomainOperations,
    DeploymentOperations,
):
    """Every operation of moto, with those of the demo in front."""

    def serialized(self, action_result: ActionResult) -> TYPE_RESPONSE:
        error = action_result.result
        if isinstance(error, ValidationError) and self._is_missing(error):
            action_result = ActionResult(ResourceNotFound(error.message))
        return super().serialized(action_result)

    def _is_missing(self, error: ValidationError) -> bool:
        if not any(phrase in error.message.lower() for phrase in MISSING):
            return False
        operation = get_service_model("sagemaker").operation_model(self._get_action())
        return "ResourceNotFound" in {shape.name for shape in operation.error_shapes}
