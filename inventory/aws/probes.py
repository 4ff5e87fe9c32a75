"""One cheap call for each permission: a page of one, or a description of what cannot exist.

SageMaker asks whether a caller may before it looks whether the thing exists: "not found" means allowed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from inventory.aws.permissions import iam_action

if TYPE_CHECKING:
    from collections.abc import Mapping

NOBODY = "sagemaker-lineage-preflight"
ARN = "arn:{partition}:sagemaker:{region}:{account}:"
PIPELINE = f"{ARN}pipeline/{NOBODY}"
EXECUTION = f"{PIPELINE}/execution/preflight000"


@dataclass(frozen=True, slots=True)
class Probe:
    """A call. In the texts of `arguments`, {partition}, {region}, {account} and {bucket} stand for the place's own."""

    operation: str
    arguments: Mapping[str, Any]
    service: str = "sagemaker"

    @property
    def action(self) -> str:
        return iam_action(self.operation, self.service)

    def filled(self, **place: str) -> dict[str, Any]:
        return {
            name: value.format(**place) if isinstance(value, str) else value for name, value in self.arguments.items()
        }


# Whether a region can be read at all: it is asked for first.
FIRST = Probe("ListPipelines", {"MaxResults": 1})
LISTINGS = (
    "ListDomains",
    "ListEndpointConfigs",
    "ListEndpoints",
    "ListFeatureGroups",
    "ListInferenceComponents",
    "ListModelPackageGroups",
    "ListModelPackages",
    "ListModels",
)
OF_A_REGION = (
    FIRST,
    *(Probe(operation, {"MaxResults": 1}) for operation in LISTINGS),
    Probe("Search", {"Resource": "Pipeline", "MaxResults": 1}),
    Probe(
        "GetResources",
        {"ResourceTypeFilters": ["sagemaker:pipeline"], "ResourcesPerPage": 1},
        "resourcegroupstaggingapi",
    ),
    Probe("DescribePipeline", {"PipelineName": NOBODY}),
    Probe("DescribePipelineDefinitionForExecution", {"PipelineExecutionArn": EXECUTION}),
    Probe("ListPipelineExecutionSteps", {"PipelineExecutionArn": EXECUTION}),
    Probe("ListPipelineExecutions", {"PipelineName": NOBODY, "MaxResults": 1}),
    Probe("ListPipelineParametersForExecution", {"PipelineExecutionArn": EXECUTION}),
    Probe("ListPipelineVersions", {"PipelineName": NOBODY, "MaxResults": 1}),
    Probe("ListTags", {"ResourceArn": PIPELINE}),
    Probe("DescribeAutoMLJobV2", {"AutoMLJobName": NOBODY}),
    Probe("DescribeEndpoint", {"EndpointName": NOBODY}),
    Probe("DescribeEndpointConfig", {"EndpointConfigName": NOBODY}),
    Probe("DescribeFeatureGroup", {"FeatureGroupName": NOBODY}),
    Probe("DescribeHyperParameterTuningJob", {"HyperParameterTuningJobName": NOBODY}),
    Probe("DescribeInferenceComponent", {"InferenceComponentName": NOBODY}),
    Probe("DescribeModel", {"ModelName": NOBODY}),
    Probe("DescribeModelPackage", {"ModelPackageName": f"{ARN}model-package/{NOBODY}/1"}),
    Probe("DescribeProcessingJob", {"ProcessingJobName": NOBODY}),
    Probe("DescribeTrainingJob", {"TrainingJobName": NOBODY}),
    Probe("DescribeTransformJob", {"TransformJobName": NOBODY}),
)
OF_THE_ACCOUNT = (
    Probe("ListRegions", {"MaxResults": 1}, "account"),
    Probe("DescribeRegions", {}, "ec2"),
    Probe("GetPublicAccessBlock", {"AccountId": "{account}"}, "s3control"),
    Probe("ListBuckets", {"MaxBuckets": 3}, "s3"),
)
OF_A_BUCKET = tuple(
    Probe(operation, {"Bucket": "{bucket}"}, "s3")
    for operation in (
        "GetBucketAcl",
        "GetBucketOwnershipControls",
        "GetBucketPolicyStatus",
        "GetPublicAccessBlock",
        "GetBucketTagging",
        "GetBucketVersioning",
        "GetBucketEncryption",
        "HeadBucket",
    )
)
PROBES = (*OF_A_REGION, *OF_THE_ACCOUNT, *OF_A_BUCKET)
UNPROBED = {
    "s3:GetObject": "Only a report that exists can tell.",
    "kms:Decrypt": "Only a report that exists and is encrypted with a key of KMS can tell.",
}
