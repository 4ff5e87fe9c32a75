"""Studio domains."""

from __future__ import annotations

from django.db import models

from inventory.models.accounts import Region


class Domain(models.Model):
    """One Studio domain. Its identity is (account, region, DomainId); names may repeat."""

    region = models.ForeignKey(Region, models.CASCADE, related_name="domains")
    domain_id = models.CharField("DomainId", max_length=64)
    name = models.CharField("DomainName", max_length=64)
    arn = models.CharField("ARN", max_length=256)
    status = models.CharField(max_length=32, blank=True)
    created_at = models.DateTimeField(null=True)
    last_modified = models.DateTimeField(null=True)
    seen_at = models.DateTimeField()
    missing_since = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("name", "domain_id")
        indexes = (models.Index(fields=("name",), name="domain_by_name"),)
        constraints = (models.UniqueConstraint(fields=("region", "domain_id"), name="domain_once_per_region"),)

    def __str__(self) -> str:
        return f"{self.name} ({self.domain_id})"
