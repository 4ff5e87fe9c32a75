"""The model registry, the feature groups and what is deployed, of one region: read when it is time."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.timezone import now

from inventory.aws.errors import AWSError
from inventory.aws.feature_groups import crawl_feature_group, crawl_feature_groups
from inventory.aws.registry import (
    crawl_found_model_packages,
    crawl_listed_model_packages,
    crawl_model_package,
    crawl_model_package_groups,
)
from inventory.models import FeatureGroup, ModelPackage, ModelPackageGroup
from inventory.sync import deployment
from inventory.sync.announce import announce_registered
from inventory.sync.listed import Kind, ListingSync

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from inventory.aws.registry_records import ModelPackageRecord
    from inventory.models import Region
    from inventory.sync.region import RegionCrawl

# A schedule of the same period as the setting comes a little early every other time.
SLACK = 0.9


def sync_registry(crawl: RegionCrawl) -> None:
    """Read every kind that is due. What fails of it is noted; it stops nothing, and marks nothing missing."""
    region, started = crawl.region, now()
    if not is_due(region):
        return
    crawl.lease.report(stage="registry")
    errors = [error for subject, stage in STAGES.items() if (error := _attempt(crawl, subject, stage))]
    if not any(error.is_transient for error in errors):
        region.registry_synced_at = started
        region.save(update_fields=["registry_synced_at"])


def is_due(region: Region) -> bool:
    """Whether the region's registry is to be read by a sync that runs now."""
    every = timedelta(seconds=settings.SYNC_REGISTRY_EVERY_SECONDS) * SLACK
    last = region.registry_synced_at
    return bool(settings.SYNC_REGISTRY) and (last is None or last <= now() - every)


def sync_model_package_groups(crawl: RegionCrawl) -> None:
    groups = crawl_model_package_groups(crawl.lease.connection)
    ListingSync(crawl, GROUPS).store_whole(groups).mark_missing()


def sync_model_packages(crawl: RegionCrawl) -> None:
    """By Search, a hundred whole ones at a time; without it by a listing, and Describe of what is new or changed.

    What Search does not show may only be too new for its index: that it is gone, the listing tells.
    """
    connection = crawl.lease.connection
    if crawl.search:
        try:
            found = ListingSync(crawl, PACKAGES).store_whole(crawl_found_model_packages(connection))
        except AWSError as error:
            if error.is_transient:
                raise
            crawl.note(PACKAGES.subject, error)
        else:
            if not found.gone():
                return
    ListingSync(crawl, PACKAGES).store_described(crawl_listed_model_packages(connection)).mark_missing()


def sync_feature_groups(crawl: RegionCrawl) -> None:
    groups = crawl_feature_groups(crawl.lease.connection)
    ListingSync(crawl, FEATURE_GROUPS).store_described(groups).mark_missing()


def _attempt(crawl: RegionCrawl, subject: str, stage: Callable[[RegionCrawl], None]) -> AWSError | None:
    try:
        stage(crawl)
    except AWSError as error:
        crawl.note(subject, error)
        return error
    return None


def _announce(changed: Sequence[tuple[ModelPackage, ModelPackageRecord]]) -> None:
    """The documents of pipelines show the packages that their latest executions registered."""
    announce_registered([row.arn for row, _ in changed])


def _same(*names: str) -> dict[str, str]:
    return {name: name for name in names}


GROUPS = Kind(
    subject="model package groups",
    rows=ModelPackageGroup,
    columns=_same("name", "status", "created_at", "description"),
    compared=("name", "status", "created_at", "description"),
)
PACKAGES = Kind(
    subject="model packages",
    rows=ModelPackage,
    columns={
        **_same("group_name", "version", "status", "approval_status", "created_at", "last_modified"),
        **_same("model_data_url", "description"),
        "group_id": "group_arn",
        "execution_id": "execution_arn",
    },
    compared=("group_id", "version", "status", "approval_status", "created_at", "last_modified", "model_data_url"),
    describe=crawl_model_package,
    after_store=_announce,
    shown=("group_name", "version", "status", "approval_status"),
)
FEATURE_GROUPS = Kind(
    subject="feature groups",
    rows=FeatureGroup,
    columns=_same("name", "status", "offline_status", "offline_s3_uri", "created_at", "last_modified", "description"),
    compared=("name", "status", "offline_status", "offline_s3_uri", "created_at", "last_modified"),
    describe=crawl_feature_group,
)
# In this order what is named is stored before what names it.
STAGES: dict[str, Any] = {
    GROUPS.subject: sync_model_package_groups,
    PACKAGES.subject: sync_model_packages,
    FEATURE_GROUPS.subject: sync_feature_groups,
    **deployment.STAGES,
}
