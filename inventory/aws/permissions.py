"""The IAM action that allows an operation, where it is not the operation's own name in SageMaker."""

from __future__ import annotations

IAM_ACTIONS = {
    "AssumeRole": "sts:AssumeRole",
    "DescribeRegions": "ec2:DescribeRegions",
    "GetBucketAcl": "s3:GetBucketAcl",
    "GetBucketEncryption": "s3:GetEncryptionConfiguration",
    "GetBucketOwnershipControls": "s3:GetBucketOwnershipControls",
    "GetBucketPolicyStatus": "s3:GetBucketPolicyStatus",
    "GetBucketTagging": "s3:GetBucketTagging",
    "GetBucketVersioning": "s3:GetBucketVersioning",
    "GetCallerIdentity": "",  # always allowed
    "GetObject": "s3:GetObject",
    "GetPublicAccessBlock": "s3:GetBucketPublicAccessBlock",
    "GetResources": "tag:GetResources",
    "HeadBucket": "s3:ListBucket",
    "ListBuckets": "s3:ListAllMyBuckets",
    "ListRegions": "account:ListRegions",
}
# Operations of one name in two services.
IAM_ACTIONS_OF_SERVICE = {("s3control", "GetPublicAccessBlock"): "s3:GetAccountPublicAccessBlock"}


def iam_action(operation: str, service: str = "") -> str:
    """`iam_action("ListPipelines")` is `sagemaker:ListPipelines`; "" for an operation that needs none."""
    special = IAM_ACTIONS_OF_SERVICE.get((service, operation))
    return special or IAM_ACTIONS.get(operation, f"sagemaker:{operation}")
