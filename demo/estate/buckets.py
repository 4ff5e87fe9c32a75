"""The buckets, from well protected to public."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from . import ACCOUNT_ID, DENIED_BUCKET, REGIONS, RESEARCH_ID, STORES_ID

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

FLAGS = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
KEY = "1234abcd-12ab-34cd-56ef-1234567890ab"


@dataclass(frozen=True)
class Bucket:
    """`blocked` names the public access flags that are on; None: not configured."""

    name: str
    region: str
    kms: bool = False
    versioning: str | None = None
    blocked: tuple[str, ...] | None = None
    public: bool = False
    tags: tuple[tuple[str, str], ...] = ()
    acl: bool = False
    account: str = ACCOUNT_ID


def _guarded(name: str, region: str, data: str) -> Bucket:
    tags = (("data-class", data), ("owner", "platform"))
    return Bucket(f"{name}-{region}", region, kms=True, versioning="Enabled", blocked=FLAGS, tags=tags)


BUCKETS = (
    *(_guarded("acme-data-lake", region, "confidential") for region in REGIONS[:3]),
    Bucket("acme-data-lake-us-west-2", "us-west-2", versioning="Suspended", blocked=FLAGS),
    *(_guarded("acme-ml-artifacts", region, "internal") for region in REGIONS[:2]),
    Bucket("acme-ml-artifacts-ap-northeast-2", "ap-northeast-2", blocked=FLAGS, tags=(("owner", "vision"),)),
    Bucket("acme-ml-artifacts-us-west-2", "us-west-2", versioning="Enabled", blocked=FLAGS[:2]),
    Bucket("acme-raw-events-us-east-1", "us-east-1", kms=True, blocked=FLAGS),
    Bucket("acme-crm-exports-us-east-1", "us-east-1", blocked=FLAGS[:1], acl=True),
    Bucket("acme-pricing-exports-eu-west-1", "eu-west-1", versioning="Enabled"),
    Bucket("acme-nlp-corpora-eu-west-1", "eu-west-1", blocked=FLAGS[:3]),
    Bucket("acme-vision-images-ap-northeast-2", "ap-northeast-2", public=True),
    Bucket("acme-public-datasets-us-west-2", "us-west-2", public=True, tags=(("data-class", "public"),)),
    Bucket("acme-scratch-us-west-2", "us-west-2"),
    _guarded("acme-legal-hold", "us-east-1", "restricted"),
    Bucket("acme-stores-us-east-1", "us-east-1", versioning="Enabled", blocked=FLAGS, account=STORES_ID),
    Bucket("acme-stores-eu-west-1", "eu-west-1", blocked=FLAGS[:2], account=STORES_ID),
    Bucket("acme-research-us-east-1", "us-east-1", account=RESEARCH_ID),
    Bucket("acme-research-us-west-2", "us-west-2", blocked=FLAGS, account=RESEARCH_ID),
)
assert DENIED_BUCKET in {bucket.name for bucket in BUCKETS}  # noqa: S101 (the constant and the list must agree)


def put_bucket(client: S3Client, bucket: Bucket) -> None:
    """`client` is in the bucket's region."""
    name: Any = {"Bucket": bucket.name}
    location: Any = {"CreateBucketConfiguration": {"LocationConstraint": bucket.region}}
    client.create_bucket(**name, **({} if bucket.region == "us-east-1" else location))
    if bucket.kms:
        client.put_bucket_encryption(**name, ServerSideEncryptionConfiguration=_encryption(bucket.region))
    if bucket.versioning:
        client.put_bucket_versioning(**name, VersioningConfiguration={"Status": bucket.versioning})  # type: ignore[typeddict-item]
    if bucket.blocked is not None:
        flags: Any = {flag: flag in bucket.blocked for flag in FLAGS}
        client.put_public_access_block(**name, PublicAccessBlockConfiguration=flags)
    if bucket.tags:
        client.put_bucket_tagging(
            **name, Tagging={"TagSet": [{"Key": key, "Value": value} for key, value in bucket.tags]}
        )
    if bucket.public:
        client.put_bucket_policy(**name, Policy=json.dumps(_public_policy(bucket.name)))
    ownership: Any = "ObjectWriter" if bucket.acl else "BucketOwnerEnforced"
    client.put_bucket_ownership_controls(**name, OwnershipControls={"Rules": [{"ObjectOwnership": ownership}]})


def _encryption(region: str) -> Any:
    rule = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": f"arn:aws:kms:{region}:{ACCOUNT_ID}:key/{KEY}"}
    return {"Rules": [{"ApplyServerSideEncryptionByDefault": rule, "BucketKeyEnabled": True}]}


def _public_policy(bucket: str) -> dict[str, Any]:
    statement = {
        "Sid": "PublicRead",
        "Effect": "Allow",
        "Principal": "*",
        "Action": ["s3:GetObject", "s3:GetBucketPolicyStatus"],
        "Resource": f"arn:aws:s3:::{bucket}/*",
    }
    return {"Version": "2012-10-17", "Statement": [statement]}
