"""Pipelines and their definitions."""

from __future__ import annotations

from django.db import models

from inventory.fields import CompressedTextField
from inventory.models.accounts import Region
from inventory.models.domains import Domain


class Definition(models.Model):
    """A pipeline definition as it came, secrets masked; stored once per content."""

    sha256 = models.CharField(max_length=64)
    text = CompressedTextField()
    problem = models.CharField(max_length=256, blank=True, help_text="Why it cannot be read as JSON, where it cannot.")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("sha256",), name="definition_once"),)

    def __str__(self) -> str:
        return self.sha256[:12]


class Pipeline(models.Model):
    """One pipeline of one region."""

    class MatchSource(models.TextChoices):
        DOMAIN_ARN_TAG = "tag:sagemaker:domain-arn"
        DOMAIN_ID_TAG = "tag:DomainId"
        DOMAIN_NAME_TAG = "tag:DomainName"
        CREATED_BY = "createdBy"
        LAST_MODIFIED_BY = "lastModifiedBy"
        EXECUTION = "execution"
        AMBIGUOUS = "ambiguous"
        NONE = "none"

    region = models.ForeignKey(Region, models.CASCADE, related_name="pipelines", db_index=False)
    name = models.CharField(max_length=256)
    arn = models.CharField("ARN", max_length=512)
    display_name = models.CharField(max_length=256, blank=True)
    description = models.TextField(blank=True)
    role_arn = models.CharField("role ARN", max_length=256, blank=True)
    created_at = models.DateTimeField(null=True)
    last_modified = models.DateTimeField(null=True, db_index=True)
    last_execution_time = models.DateTimeField(null=True)
    tags = models.JSONField(default=dict)
    created_by = models.JSONField(default=dict)
    last_modified_by = models.JSONField(default=dict)

    definition = models.ForeignKey(Definition, models.PROTECT, null=True, related_name="pipelines")
    described_version = models.DateTimeField(null=True, help_text="The last_modified that `definition` belongs to.")
    latest_execution = models.ForeignKey("Execution", models.SET_NULL, null=True, related_name="+")
    looked_up_execution_time = models.DateTimeField(
        null=True, help_text="The last_execution_time for which the executions were listed one by one."
    )
    versions_listed_for = models.DateTimeField(
        null=True, help_text="The last_modified for which its versions were listed."
    )
    versions_refused_at = models.DateTimeField(null=True, help_text="When AWS last refused to list its versions.")
    versions_problem = models.TextField(blank=True, help_text="Why its versions could not be listed.")

    domain = models.ForeignKey(Domain, models.SET_NULL, null=True, related_name="pipelines")
    matched_domain_id = models.CharField(
        max_length=64, blank=True, help_text="Also of a domain that is no longer known."
    )
    match_source = models.CharField(max_length=32, choices=MatchSource, default=MatchSource.NONE)
    domain_candidates = models.JSONField(default=list, help_text="Every hint: source, DomainId, DomainName.")

    problem = models.TextField(blank=True, help_text="What kept the last sync from reading it whole.")
    synced_at = models.DateTimeField(null=True, help_text="When it was last read by itself or changed.")
    seen_at = models.DateTimeField(help_text="When a listing last showed it.")
    missing_since = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("name", "region_id")
        constraints = (models.UniqueConstraint(fields=("arn",), name="pipeline_by_arn"),)
        indexes = (
            models.Index(fields=("name", "region"), name="pipeline_by_name"),
            models.Index(fields=("region", "name"), name="pipeline_by_region_name"),
            # Crawls take the pipelines of a region in batches, by primary key.
            models.Index(fields=("region", "id"), name="pipeline_by_region"),
        )

    def __str__(self) -> str:
        return self.name
