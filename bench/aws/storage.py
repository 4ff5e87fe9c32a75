"""S3 as far as the service reads it: what protects the buckets, and evaluation reports."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import orjson

from bench.aws.answers import Answer, Call, CallError
from bench.aws.estate import REGIONS
from bench.aws.names import bucket_name

if TYPE_CHECKING:
    from bench.aws.estate import Estate

XML = "application/xml"
OPERATIONS = {
    "encryption": "GetBucketEncryption",
    "versioning": "GetBucketVersioning",
    "publicAccessBlock": "GetPublicAccessBlock",
    "policyStatus": "GetBucketPolicyStatus",
    "tagging": "GetBucketTagging",
    "ownershipControls": "GetBucketOwnershipControls",
    "acl": "GetBucketAcl",
}
FLAGS = "".join(
    f"<{name}>true</{name}>"
    for name in ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
)
PUBLIC_ACCESS = f"<PublicAccessBlockConfiguration>{FLAGS}</PublicAccessBlockConfiguration>"
BODIES = {
    "GetBucketEncryption": "<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault>"
    "<SSEAlgorithm>AES256</SSEAlgorithm></ApplyServerSideEncryptionByDefault>"
    "<BucketKeyEnabled>false</BucketKeyEnabled></Rule></ServerSideEncryptionConfiguration>",
    "GetBucketVersioning": "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>",
    "GetPublicAccessBlock": PUBLIC_ACCESS,
    "GetBucketPolicyStatus": "<PolicyStatus><IsPublic>false</IsPublic></PolicyStatus>",
    "GetBucketTagging": "<Tagging><TagSet><Tag><Key>team</Key><Value>bench</Value></Tag></TagSet></Tagging>",
    "GetBucketOwnershipControls": "<OwnershipControls><Rule><ObjectOwnership>BucketOwnerEnforced</ObjectOwnership>"
    "</Rule></OwnershipControls>",
    "GetBucketAcl": "<AccessControlPolicy><Owner><ID>bench</ID></Owner><AccessControlList/></AccessControlPolicy>",
}
REPORT = orjson.dumps(
    {
        "metrics": {name: {"value": value, "standard_deviation": 0.01} for name, value in
                    (("accuracy", 0.93), ("precision", 0.91), ("recall", 0.88), ("auc", 0.96))},
        "confusion_matrix": {"0": {"0": 900, "1": 40}, "1": {"0": 35, "1": 225}},
    }
)  # fmt: skip
RANGE = re.compile(r"bytes=(\d+)-(\d*)")


def operation_of(method: str, path: str, query: str) -> str:
    """The name of the S3 operation that a request is."""
    bucket, _, key = path.lstrip("/").partition("/")
    if not bucket:
        return "ListBuckets"
    if key:
        return "HeadObject" if method == "HEAD" else "GetObject"
    if method == "HEAD":
        return "HeadBucket"
    return OPERATIONS.get(query.split("&")[0].split("=")[0], "ListObjectsV2")


class Storage:
    """Answers in S3's XML. Every bucket is its account's own."""

    def __init__(self, estate: Estate) -> None:
        indexes = range(estate.shape.buckets)
        self._regions = {bucket_name(region, index): region for region in REGIONS for index in indexes}

    def answer(self, call: Call) -> Answer:
        if call.service == "s3control":
            return Answer(PUBLIC_ACCESS.encode(), 200, XML)
        if call.operation == "ListBuckets":
            return self._list_buckets()
        bucket, _, key = call.path.lstrip("/").partition("/")
        if bucket not in self._regions:
            raise CallError("NoSuchBucket", "The specified bucket does not exist", 404)
        if call.operation in ("GetObject", "HeadObject"):
            return _object(call, key)
        if call.operation == "HeadBucket":
            return Answer(b"", 200, XML, (("x-amz-bucket-region", self._regions[bucket]),))
        if call.operation not in BODIES:
            raise CallError("NotImplemented", f"The bench does not know {call.operation}.", 501)
        return Answer(BODIES[call.operation].encode(), 200, XML)

    def _list_buckets(self) -> Answer:
        item = "<Bucket><Name>{}</Name><BucketRegion>{}</BucketRegion></Bucket>"
        buckets = "".join(item.format(*bucket) for bucket in self._regions.items())
        text = f"<ListAllMyBucketsResult><Buckets>{buckets}</Buckets></ListAllMyBucketsResult>"
        return Answer(text.encode(), 200, XML)


def _object(call: Call, key: str) -> Answer:
    if not key.endswith("/evaluation.json"):
        raise CallError("NoSuchKey", "The specified key does not exist.", 404)
    facts = (("ETag", '"0a1b2c3d4e5f"'), ("Last-Modified", "Mon, 01 Jan 2024 00:00:00 GMT"), ("Accept-Ranges", "bytes"))
    asked = RANGE.fullmatch(call.headers.get("range", ""))
    if asked is None:
        return Answer(REPORT, 200, "application/json", facts)
    first, last = int(asked[1]), min(int(asked[2] or len(REPORT)), len(REPORT) - 1)
    part = (("Content-Range", f"bytes {first}-{last}/{len(REPORT)}"),)
    return Answer(REPORT[first : last + 1], 206, "application/json", facts + part)
