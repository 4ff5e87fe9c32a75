"""S3 as it is today: every bucket is encrypted, and a list of buckets tells their regions."""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult
from moto.s3.responses import S3Response

DEFAULT_ENCRYPTION = {
    "Rule": {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}, "BucketKeyEnabled": "false"}
}
OWNER = {"ID": "75aa57f09aa0c8caeab4f8c24e99d10f8e7faeebf76c078efc7c6caea54ba06a"}


def install() -> None:
    """Set on the class itself: moto's URL handlers name it."""
    S3Response.all_buckets = _all_buckets  # type: ignore[method-assign]
    if not hasattr(S3Response.get_bucket_encryption, "__wrapped__"):
        original = S3Response.get_bucket_encryption

        def get_bucket_encryption(response: S3Response) -> Any:
            bucket = response.backend.get_bucket(response.bucket_name)
            bucket.encryption = bucket.encryption or DEFAULT_ENCRYPTION
            return original(response)

        get_bucket_encryption.__wrapped__ = original  # type: ignore[attr-defined]
        S3Response.get_bucket_encryption = get_bucket_encryption  # type: ignore[method-assign]


def _all_buckets(response: S3Response) -> Any:
    """ListBuckets: `BucketRegion` only where a parameter was given, as in AWS."""
    given = {name: response._get_param(name) for name in ("prefix", "bucket-region", "max-buckets")}
    buckets = response.backend.list_buckets(
        prefix=given["prefix"], bucket_region=given["bucket-region"], max_buckets=given["max-buckets"]
    )
    with_region = any(given.values())
    listed = [
        {"Name": bucket.name, "CreationDate": bucket.creation_date_ISO8601}
        | ({"BucketRegion": bucket.region_name} if with_region else {})
        for bucket in buckets
    ]
    return response.serialized(ActionResult({"Owner": OWNER, "Buckets": listed}))
