"""The feature groups: their offline stores lie where one pipeline writes features and others read them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from . import ACCOUNT_ID

if TYPE_CHECKING:
    from mypy_boto3_sagemaker import SageMakerClient
    from mypy_boto3_sagemaker.literals import FeatureTypeType


@dataclass(frozen=True)
class FeatureGroup:
    """`offline_store` is the folder of the offline store; AWS makes one of its own below it."""

    name: str
    region: str
    offline_store: str
    identifier: str
    features: tuple[tuple[str, FeatureTypeType], ...]
    team: str


FEATURE_GROUPS = (
    FeatureGroup(
        "customers-at-risk",
        "us-east-1",
        "s3://acme-data-lake-us-east-1/features/churn",
        "customer_id",
        (("days_since_order", "Integral"), ("orders_per_month", "Fractional"), ("segment", "String")),
        "customers",
    ),
    FeatureGroup(
        "card-transactions",
        "us-east-1",
        "s3://acme-data-lake-us-east-1/features/fraud",
        "card_id",
        (("transactions_per_hour", "Integral"), ("distance_to_last", "Fractional")),
        "risk",
    ),
)


def put_feature_group(client: SageMakerClient, group: FeatureGroup) -> None:
    """`client` is in the group's region."""
    features: tuple[tuple[str, FeatureTypeType], ...]
    features = ((group.identifier, "String"), ("event_time", "String"), *group.features)
    client.create_feature_group(
        FeatureGroupName=group.name,
        RecordIdentifierFeatureName=group.identifier,
        EventTimeFeatureName="event_time",
        FeatureDefinitions=[{"FeatureName": name, "FeatureType": kind} for name, kind in features],
        OfflineStoreConfig={"S3StorageConfig": {"S3Uri": group.offline_store}},
        RoleArn=f"arn:aws:iam::{ACCOUNT_ID}:role/acme-{group.team}-features",
    )
