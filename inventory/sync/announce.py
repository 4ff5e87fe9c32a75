"""Tell the other applications what changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from inventory.models import Bucket, Pipeline, Region
from inventory.signals import facts_changed, facts_settled

if TYPE_CHECKING:
    from collections.abc import Collection

    from django.db.models import QuerySet


def announce_pipelines(pipeline_ids: Collection[int]) -> None:
    """Say that facts of these pipelines changed; call it in the transaction that wrote them."""
    if pipeline_ids:
        facts_changed.send(sender=Pipeline, pipelines=list(pipeline_ids), buckets=[])


def announce_registered(package_arns: QuerySet[Any, Any] | Collection[str]) -> None:
    """Say so of the pipelines whose latest executions registered these model packages."""
    pipelines = Pipeline.objects.filter(latest_execution__steps__model_package__arn__in=package_arns)
    announce_pipelines(sorted(set(pipelines.values_list("pk", flat=True))))


def announce_buckets(bucket_ids: Collection[int]) -> None:
    """Say that what protects these buckets changed; call it in the transaction that wrote it."""
    if bucket_ids:
        facts_changed.send(sender=Bucket, pipelines=[], buckets=list(bucket_ids))


def settle_pipelines(pipeline_ids: Collection[int]) -> None:
    """Say that all that is known of these pipelines for now is written."""
    if pipeline_ids:
        facts_settled.send(sender=Pipeline, pipelines=list(pipeline_ids), region=None)


def settle_region(region: Region) -> None:
    """Say so of every pipeline of a region."""
    facts_settled.send(sender=Region, pipelines=None, region=region.pk)
