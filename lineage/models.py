"""The lineage document of a pipeline; which pipeline step reads or writes which artifact."""

from __future__ import annotations

from django.db import models

from inventory.models import Pipeline

OUTDATED = models.Q(outdated__gt=0) | models.Q(buckets_outdated__gt=0)


class LineageDocument(models.Model):
    """What `/lineage` serves of one pipeline, rendered when its facts change.

    Each body is the UTF-8 JSON object of a response without the members `domain` and `cache`, which belong to the
    request.
    """

    pipeline = models.OneToOneField(Pipeline, models.CASCADE, related_name="lineage")
    definition_body = models.BinaryField(default=b"", help_text="The current definition: view=pipeline.")
    execution_body = models.BinaryField(default=b"", help_text="With the latest execution: view=pipeline.")
    definition_data = models.BinaryField(default=b"", help_text="The current definition: the member graphData.")
    execution_data = models.BinaryField(default=b"", help_text="With the latest execution: the member graphData.")
    digest = models.CharField(max_length=64, blank=True, help_text="sha256 of the bodies, for ETags.")
    problem = models.TextField(blank=True, help_text="Why the document is incomplete.")
    outdated = models.PositiveIntegerField(default=1, help_text="Changes of facts since it was rendered.")
    buckets_outdated = models.PositiveIntegerField(
        default=0, help_text="Changes of what protects its buckets since it was rendered."
    )
    rendered_at = models.DateTimeField(null=True)

    class Meta:
        # As `rebuild` asks for them: few documents are outdated at a time.
        indexes = (models.Index(fields=("pipeline",), condition=OUTDATED, name="document_outdated"),)

    def __str__(self) -> str:
        return f"lineage of {self.pipeline_id}"


class ArtifactUse(models.Model):
    """One step of one pipeline reads or writes one S3 location, by its latest execution or else its definition."""

    class Direction(models.TextChoices):
        INPUT = "input"
        OUTPUT = "output"

    pipeline = models.ForeignKey(Pipeline, models.CASCADE, related_name="artifact_uses")
    step = models.CharField(max_length=256)
    direction = models.CharField(max_length=8, choices=Direction)
    name = models.CharField(max_length=256, blank=True)
    role = models.CharField(max_length=16)
    uri = models.TextField(help_text="The location, or a template with ${…} where a part is not known.")
    bucket = models.CharField(max_length=255, blank=True)
    key = models.TextField(blank=True)
    resolved = models.BooleanField()

    class Meta:
        ordering = ("pipeline", "pk")
        indexes = (
            models.Index(fields=("bucket", "pipeline"), name="use_by_bucket"),
            models.Index(fields=("uri", "pipeline"), name="use_by_uri"),
        )

    def __str__(self) -> str:
        return f"{self.step} {self.direction} {self.uri}"
