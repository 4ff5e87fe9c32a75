"""S3 buckets that pipelines read or write."""

from __future__ import annotations

from django.db import models

from inventory.models.accounts import Account
from inventory.querysets import BucketQuerySet


class Bucket(models.Model):
    """What protects one bucket, as one account sees it. A row without `checked_at` is wanted but not looked at yet."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="buckets")
    name = models.CharField(max_length=255)
    region_name = models.CharField("region", max_length=32, blank=True)
    owner = models.CharField(max_length=16, blank=True, help_text="own or external.")
    exists = models.BooleanField(null=True)
    encryption = models.CharField(max_length=32, default="Unknown")
    kms_key_id = models.CharField(max_length=512, blank=True)
    bucket_key_enabled = models.BooleanField(null=True)
    versioning = models.CharField(max_length=16, default="Unknown")
    mfa_delete = models.CharField(max_length=16, default="Unknown")
    public_access = models.CharField(max_length=16, default="Unknown")
    public_access_flags = models.JSONField(null=True)
    is_public = models.BooleanField(null=True)
    object_ownership = models.CharField(max_length=32, default="Unknown")
    tags = models.JSONField(null=True)
    errors = models.JSONField(default=dict, help_text="Field -> AWS's error code.")
    checked_at = models.DateTimeField(null=True, db_index=True)
    claimed_at = models.DateTimeField(null=True, help_text="When a worker set out to look at it.")
    claim = models.UUIDField(null=True, help_text="Which worker: two never look at the same bucket.")

    objects = BucketQuerySet.as_manager()

    class Meta:
        ordering = ("name", "account_id")
        constraints = (models.UniqueConstraint(fields=("account", "name"), name="bucket_once_per_account"),)

    def __str__(self) -> str:
        return self.name
