"""What the lists of /api/v1 can be narrowed to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import django_filters as filters
from django.db.models import Q

from inventory.models import Region, Sync

if TYPE_CHECKING:
    from django.db.models import QuerySet


class AccountFilter(filters.CharFilter):
    """12 digits or the configured name; `field_name` leads to the account."""

    def filter(self, qs: QuerySet[Any], value: str | None) -> QuerySet[Any]:
        if not value:
            return qs
        return qs.filter(Q(**{f"{self.field_name}__account_id": value}) | Q(**{f"{self.field_name}__name": value}))


class DomainFilter(filters.CharFilter):
    """DomainId or DomainName; `field_name` leads to the pipeline."""

    def filter(self, qs: QuerySet[Any], value: str | None) -> QuerySet[Any]:
        if not value:
            return qs
        path = f"{self.field_name}__" if self.field_name else ""
        return qs.filter(Q(**{f"{path}matched_domain_id": value}) | Q(**{f"{path}domain__name": value}))


def _contains(field: str) -> filters.CharFilter:
    return filters.CharFilter(field_name=field, lookup_expr="icontains", label="Contains, in any case.")


def _exactly(field: str) -> filters.CharFilter:
    return filters.CharFilter(field_name=field)


def _since(field: str) -> filters.IsoDateTimeFilter:
    return filters.IsoDateTimeFilter(field_name=field, lookup_expr="gte", label="At or after, ISO 8601.")


def _until(field: str) -> filters.IsoDateTimeFilter:
    return filters.IsoDateTimeFilter(field_name=field, lookup_expr="lt", label="Before, ISO 8601.")


def _related(path: str, label: str) -> filters.NumberFilter:
    return filters.NumberFilter(field_name=f"{path}__id", distinct=True, label=f"{label} By id.")


def _absent(field: str) -> filters.BooleanFilter:
    return filters.BooleanFilter(
        field_name=field, lookup_expr="isnull", exclude=True, label="Whether a later complete sync no longer saw it."
    )


class RegionFilter(filters.FilterSet):
    account = AccountFilter(field_name="account")
    name = _contains("name")
    status = filters.ChoiceFilter(choices=Region.Status.choices)


class DomainListFilter(filters.FilterSet):
    account = AccountFilter(field_name="region__account")
    region = _exactly("region__name")
    name = _contains("name")
    missing = _absent("missing_since")


class PipelineFilter(filters.FilterSet):
    account = AccountFilter(field_name="region__account")
    region = _exactly("region__name")
    domain = DomainFilter(field_name="")
    status = filters.CharFilter(field_name="latest_execution__status", label="Of its latest execution.")
    name = _contains("name")
    missing = _absent("missing_since")
    modifiedAfter = _since("last_modified")  # noqa: N815  (the contract's name)
    modifiedBefore = _until("last_modified")  # noqa: N815  (the contract's name)


class ExecutionFilter(filters.FilterSet):
    account = AccountFilter(field_name="pipeline__region__account")
    region = _exactly("pipeline__region__name")
    domain = DomainFilter(field_name="pipeline")
    status = _exactly("status")
    name = filters.CharFilter(
        field_name="pipeline__name", lookup_expr="icontains", label="Its pipeline's name contains."
    )
    modifiedAfter = _since("last_modified")  # noqa: N815  (the contract's name)
    startedAfter = _since("start_time")  # noqa: N815  (the contract's name)
    startedBefore = _until("start_time")  # noqa: N815  (the contract's name)


class JobFilter(filters.FilterSet):
    account = AccountFilter(field_name="region__account")
    region = _exactly("region__name")
    kind = _exactly("kind")
    status = _exactly("status")
    name = _contains("name")
    createdAfter = _since("created_at")  # noqa: N815  (the contract's name)


class ModelPackageFilter(filters.FilterSet):
    account = AccountFilter(field_name="region__account")
    region = _exactly("region__name")
    group = _exactly("group_name")
    status = _exactly("status")
    approvalStatus = _exactly("approval_status")  # noqa: N815  (the contract's name)
    name = _contains("group_name")
    execution = _related("execution", "The execution that registered it.")
    modelDataUrl = _exactly("model_data_url")  # noqa: N815  (the contract's name)
    missing = _absent("missing_since")
    createdAfter = _since("created_at")  # noqa: N815  (the contract's name)
    modifiedAfter = _since("last_modified")  # noqa: N815  (the contract's name)


class ResourceFilter(filters.FilterSet):
    """What every resource of the registries and of deployment can be narrowed to."""

    account = AccountFilter(field_name="region__account")
    region = _exactly("region__name")
    name = _contains("name")
    missing = _absent("missing_since")
    createdAfter = _since("created_at")  # noqa: N815  (the contract's name)


class FeatureGroupFilter(ResourceFilter):
    status = _exactly("status")
    offlineS3Uri = filters.CharFilter(  # noqa: N815  (the contract's name)
        field_name="offline_s3_uri", lookup_expr="startswith", label="Begins with."
    )


class DeployedFilter(ResourceFilter):
    execution = _related("execution", "The execution that made it.")


class ModelFilter(DeployedFilter):
    modelPackage = _related("containers__package", "The package it comes from.")  # noqa: N815  (the contract's name)
    modelDataUrl = _exactly("containers__model_data_url")  # noqa: N815  (the contract's name)


class EndpointConfigFilter(DeployedFilter):
    model = _related("variants__model", "A model of its variants.")


class EndpointFilter(DeployedFilter):
    status = _exactly("status")
    endpointConfig = _related("config", "The config it runs.")  # noqa: N815  (the contract's name)
    model = _related("config__variants__model", "A model that it serves.")
    modelPackage = _related(  # noqa: N815  (the contract's name)
        "config__variants__model__containers__package", "A package that it serves."
    )
    modifiedAfter = _since("last_modified")  # noqa: N815  (the contract's name)


class InferenceComponentFilter(DeployedFilter):
    status = _exactly("status")
    endpoint = _related("endpoint", "The endpoint it is on.")
    model = _related("model", "The model it serves.")
    modifiedAfter = _since("last_modified")  # noqa: N815  (the contract's name)


class BucketFilter(filters.FilterSet):
    account = AccountFilter(field_name="account")
    region = _exactly("region_name")
    name = _contains("name")
    encryption = _exactly("encryption")
    versioning = _exactly("versioning")
    publicAccess = _exactly("public_access")  # noqa: N815  (the contract's name)


class SyncFilter(filters.FilterSet):
    account = _exactly("account")
    region = filters.CharFilter(field_name="parts__region", distinct=True)
    state = filters.ChoiceFilter(choices=Sync.State.choices)
    trigger = filters.ChoiceFilter(choices=Sync.Trigger.choices)
