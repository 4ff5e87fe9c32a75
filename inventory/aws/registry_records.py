"""Records of the registries and of what is deployed. Their ARNs are in lower case: AWS compares them so."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class SummaryRecord:
    """One line of a listing.

    `name` is what Describe takes. `state` are members of the record that its description will be: as long as they are
    the same, the description that is stored is still right.
    """

    arn: str
    name: str
    state: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ModelPackageGroupRecord:
    """A model package group, as its listing shows it."""

    arn: str
    name: str
    status: str
    created_at: datetime | None
    description: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ModelPackageRecord:
    """A model package. `group_arn` and `execution_arn` (GeneratedBy) are None where it has none."""

    arn: str
    group_name: str
    group_arn: str | None
    version: int | None
    status: str
    approval_status: str
    created_at: datetime | None
    last_modified: datetime | None
    execution_arn: str | None
    model_data_url: str
    description: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class FeatureGroupRecord:
    """A feature group. `offline_s3_uri` is where its offline store's data is; "" without an offline store."""

    arn: str
    name: str
    status: str
    offline_status: str
    offline_s3_uri: str
    created_at: datetime | None
    last_modified: datetime | None
    description: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ContainerRecord:
    """One container of a model. `package_name` is as given, `package_arn` what it means; None where it names none."""

    image: str
    model_data_url: str
    package_name: str
    package_arn: str | None


@dataclass(frozen=True, slots=True)
class ModelRecord:
    """A model; no call changes one."""

    arn: str
    name: str
    created_at: datetime | None
    description: Mapping[str, Any]
    containers: tuple[ContainerRecord, ...] = ()


@dataclass(frozen=True, slots=True)
class VariantRecord:
    """One variant of an endpoint config. `model_arn` is None where inference components bring the models."""

    name: str
    is_shadow: bool
    model_name: str
    model_arn: str | None


@dataclass(frozen=True, slots=True)
class EndpointConfigRecord:
    """An endpoint config; no call changes one."""

    arn: str
    name: str
    created_at: datetime | None
    description: Mapping[str, Any]
    variants: tuple[VariantRecord, ...] = ()


@dataclass(frozen=True, slots=True)
class EndpointRecord:
    """An endpoint and the config that it runs."""

    arn: str
    name: str
    status: str
    created_at: datetime | None
    last_modified: datetime | None
    config_name: str
    config_arn: str | None
    description: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class InferenceComponentRecord:
    """A model in a variant of an endpoint."""

    arn: str
    name: str
    status: str
    created_at: datetime | None
    last_modified: datetime | None
    endpoint_name: str
    endpoint_arn: str | None
    variant_name: str
    model_name: str
    model_arn: str | None
    description: Mapping[str, Any] = field(default_factory=dict)
