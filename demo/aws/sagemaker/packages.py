"""Model packages, as far as moto does not answer."""

from __future__ import annotations

from moto.core.responses import ActionResult
from moto.sagemaker.responses import SageMakerResponse


class PackageOperations(SageMakerResponse):
    """The registry's bulk read."""

    def batch_describe_model_package(self) -> ActionResult:
        packages = self.sagemaker_backend.model_packages
        arns = self._get_param("ModelPackageArnList")
        missing = {"ErrorCode": "ResourceNotFound", "ErrorResponse": "Model package does not exist."}
        return ActionResult(
            {
                "ModelPackageSummaries": {arn: packages[arn].gen_response_object() for arn in arns if arn in packages},
                "BatchDescribeModelPackageErrorMap": {arn: missing for arn in arns if arn not in packages},
            }
        )
