"""The model registry."""

from __future__ import annotations

from django.db import models

from inventory.fields import CompressedJSONField
from inventory.models.accounts import Region


class ModelPackage(models.Model):
    """One version in a model package group, as AWS describes it."""

    region = models.ForeignKey(Region, models.CASCADE, related_name="model_packages")
    arn = models.CharField("ARN", max_length=512, unique=True)
    group_name = models.CharField(max_length=256, blank=True, db_index=True)
    version = models.PositiveIntegerField(null=True)
    status = models.CharField(max_length=32, blank=True)
    approval_status = models.CharField(max_length=32, blank=True, db_index=True)
    created_at = models.DateTimeField(null=True)
    description = CompressedJSONField(default=dict)
    read_at = models.DateTimeField()

    class Meta:
        ordering = ("group_name", "-version", "-pk")

    def __str__(self) -> str:
        return f"{self.group_name}/{self.version}" if self.group_name else self.arn
