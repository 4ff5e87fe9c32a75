"""Feature groups, and where their offline stores are."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from inventory.aws.jobs import Described
from inventory.aws.listings import crawl_raw, stored
from inventory.aws.paging import PAGE_SIZE, pages
from inventory.aws.registry_records import FeatureGroupRecord, SummaryRecord

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from inventory.aws.client import Connection

FEATURE_GROUP = Described(
    "FeatureGroup",
    "DescribeFeatureGroup",
    lambda client, name: client.describe_feature_group(FeatureGroupName=name),
    "FeatureGroupArn",
    "FeatureGroupName",
    "FeatureGroupStatus",
)


def crawl_feature_groups(connection: Connection) -> Iterator[SummaryRecord]:
    """Yield every feature group of the region, by ListFeatureGroups.

    The listing does not tell when features were added; the offline store's place never changes.
    """
    call = connection.sagemaker.list_feature_groups
    for page in pages("ListFeatureGroups", call, "FeatureGroupSummaries", MaxResults=PAGE_SIZE):
        yield from map(parse_feature_group_summary, page)


def crawl_feature_group(connection: Connection, summary: SummaryRecord) -> FeatureGroupRecord:
    """One feature group, by DescribeFeatureGroup."""
    return replace(parse_feature_group(crawl_raw(connection, FEATURE_GROUP, summary.name)), **summary.state)


def parse_feature_group_summary(raw: Mapping[str, Any]) -> SummaryRecord:
    state = {
        "created_at": raw.get("CreationTime"),
        "status": raw.get("FeatureGroupStatus") or "",
        "offline_status": _offline_status(raw),
    }
    return SummaryRecord(raw["FeatureGroupArn"].lower(), raw["FeatureGroupName"], state)


def parse_feature_group(raw: Mapping[str, Any]) -> FeatureGroupRecord:
    storage = (raw.get("OfflineStoreConfig") or {}).get("S3StorageConfig") or {}
    return FeatureGroupRecord(
        arn=raw["FeatureGroupArn"].lower(),
        name=raw["FeatureGroupName"],
        status=raw.get("FeatureGroupStatus") or "",
        offline_status=_offline_status(raw),
        offline_s3_uri=storage.get("ResolvedOutputS3Uri") or storage.get("S3Uri") or "",
        created_at=raw.get("CreationTime"),
        last_modified=raw.get("LastModifiedTime"),
        description=stored(raw),
    )


def _offline_status(raw: Mapping[str, Any]) -> str:
    return (raw.get("OfflineStoreStatus") or {}).get("Status") or ""
