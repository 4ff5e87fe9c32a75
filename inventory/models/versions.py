"""Versions of pipelines."""

from __future__ import annotations

from django.db import models

from inventory.models.pipelines import Pipeline


class PipelineVersion(models.Model):
    """One version of a pipeline, as its last listing told of it."""

    pipeline = models.ForeignKey(Pipeline, models.CASCADE, related_name="versions", db_index=False)
    number = models.PositiveBigIntegerField(help_text="Its id in AWS: 1 is the first.")
    display_name = models.CharField(max_length=128, blank=True)
    description = models.TextField(blank=True)
    aliases = models.JSONField(default=list)
    created_at = models.DateTimeField(null=True)
    last_execution_arn = models.CharField("last execution's ARN", max_length=512, blank=True)

    class Meta:
        # The constraint's index, read backwards, has the versions of a pipeline newest first.
        ordering = ("-pipeline_id", "-number")
        constraints = (models.UniqueConstraint(fields=("pipeline", "number"), name="version_once_per_pipeline"),)

    def __str__(self) -> str:
        return f"version {self.number}"
