"""S3 as it is today: every bucket is encrypted, and a list of buckets tells their regions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moto.core.responses import ActionResult
from moto.s3 import responses
from moto.s3.responses import S3Response

if TYPE_CHECKING:
    from moto.core.common_types import TYPE_RESPONSE

DEFAULT_ENCRYPTION = {
    "Rule": {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}, "BucketKeyEnabled": "false"}
}
OWNER = {"ID": "75aa57f09aa0c8caeab4f8c24e99d10f8e7faeebf76c078efc7c6caea54ba06a"}


class DemoS3Response(S3Response):
    """moto's S3, with what became the rule after 2023."""

    def get_bucket_encryption(self) -> str | TYPE_RESPONSE:
        bucket = self.backend.get_bucket(self.bucket_name)
        bucket.encryption = bucket.encryption or DEFAULT_ENCRYPTION
        return super().get_bucket_encryption()

    def all_buckets(self) -> TYPE_RESPONSE:
        """ListBuckets: `BucketRegion` only where a parameter was given, as in AWS."""
        prefix, region, most = (self._get_param(name) for name in ("prefix", "bucket-region", "max-buckets"))
        buckets = self.backend.list_buckets(prefix=prefix, bucket_region=region, max_buckets=most)
        listed = [{"Name": bucket.name, "CreationDate": bucket.creation_date_ISO8601} for bucket in buckets]
        if prefix or region or most:
            listed = [
                entry | {"BucketRegion": bucket.region_name} for entry, bucket in zip(listed, buckets, strict=True)
            ]
        return self.serialized(ActionResult({"Owner": OWNER, "Buckets": listed}))


def install() -> None:
    """moto reads its URLs of S3 anew for each application, and with them the class of this name."""
    setattr(responses, "S3Response", DemoS3Response)  # noqa: B010 (a type checker knows classes as constant)
