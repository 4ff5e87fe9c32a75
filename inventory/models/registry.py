"""The registries: of models and of features.

What names a row of another table names it by ARN, whether or not that row is known: such a column is a foreign key
without a constraint.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models

from inventory.fields import ARNField, CompressedJSONField
from inventory.models.accounts import Region

if TYPE_CHECKING:
    from django.db.models import ForeignKey


def arn_of(to: str, column: str, related_name: str, **options: Any) -> ForeignKey[Any, Any]:
    """A column with the ARN of a row of `to` that need not be known. Its index is its model's: Django makes two."""
    return models.ForeignKey(
        to,
        models.DO_NOTHING,
        to_field="arn",
        db_column=column,
        db_constraint=False,
        db_index=False,
        null=True,
        related_name=related_name,
        **options,
    )


class Resource(models.Model):
    """What a listing shows by its ARN (in lower case) and Describe tells whole."""

    region = models.ForeignKey(Region, models.CASCADE, related_name="+")
    arn = ARNField("ARN", max_length=512)
    name = models.CharField(max_length=256)
    created_at = models.DateTimeField(null=True)
    description = CompressedJSONField(default=dict)
    read_at = models.DateTimeField()
    missing_since = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True
        ordering = ("name", "pk")
        constraints = (models.UniqueConstraint(fields=("arn",), name="%(class)s_by_arn"),)
        indexes: ClassVar[tuple[models.Index, ...]] = (models.Index(fields=("name",), name="%(class)s_by_name"),)

    def __str__(self) -> str:
        return self.name


class ModelPackageGroup(Resource):
    """A group of the model registry."""

    status = models.CharField(max_length=32, blank=True)


class ModelPackage(models.Model):
    """One version in a model package group, as AWS describes it."""

    region = models.ForeignKey(Region, models.CASCADE, related_name="model_packages")
    arn = ARNField("ARN", max_length=512)
    group_name = models.CharField(max_length=256, blank=True)
    group = arn_of("ModelPackageGroup", "group_arn", "model_packages")
    version = models.PositiveIntegerField(null=True)
    status = models.CharField(max_length=32, blank=True)
    approval_status = models.CharField(max_length=32, blank=True)
    created_at = models.DateTimeField(null=True)
    last_modified = models.DateTimeField(null=True)
    execution = arn_of("Execution", "execution_arn", "model_packages", help_text="The execution that registered it.")
    model_data_url = models.CharField(max_length=1024, blank=True, help_text="Where its first container's model is.")
    description = CompressedJSONField(default=dict)
    read_at = models.DateTimeField()
    missing_since = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("group_name", "-version", "-pk")
        constraints = (models.UniqueConstraint(fields=("arn",), name="modelpackage_by_arn"),)
        indexes = (
            models.Index(fields=("group_name", "-version"), name="modelpackage_newest_first"),
            models.Index(fields=("approval_status",), name="modelpackage_by_approval"),
            models.Index(fields=("group",), name="modelpackage_by_group"),
            models.Index(fields=("execution",), name="modelpackage_by_execution"),
            models.Index(
                fields=("model_data_url",), condition=~models.Q(model_data_url=""), name="modelpackage_by_model_data"
            ),
        )

    def __str__(self) -> str:
        return f"{self.group_name}/{self.version}" if self.group_name else self.arn


class FeatureGroup(Resource):
    """A feature group, and where its offline store is."""

    status = models.CharField(max_length=32, blank=True)
    offline_status = models.CharField(max_length=32, blank=True)
    offline_s3_uri = models.CharField("offline S3 URI", max_length=1024, blank=True, db_index=True)
    last_modified = models.DateTimeField(null=True)
