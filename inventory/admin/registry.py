"""The registries and what is deployed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.utils.html import format_html_join

from inventory.admin.browse import BrowseOnly, Row
from inventory.admin.columns import NOTHING, link, link_to, moment, number_of, pretty
from inventory.admin.filters import BY_REGION, Presence
from inventory.models import (
    Endpoint,
    EndpointConfig,
    FeatureGroup,
    InferenceComponent,
    Model,
    ModelContainer,
    ModelPackageGroup,
    ProductionVariant,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import Model as Rows
    from django.db.models import QuerySet
    from django.http import HttpRequest

    from inventory.admin.columns import Column

REGION = link("region", ordering="region__name")
TIMES = (moment("created_at"), moment("read_at"), moment("missing_since"))
WHERE = (("region__name", BY_REGION), ("missing_since", Presence))
SEARCHED = ("name", "arn")
RAW = ("As AWS describes it, secrets masked", (pretty("description"),))


def named(relation: str, text: str, description: str) -> Column:
    """The row that is named, as a link; the name alone where no row of it is known."""

    @admin.display(description=description, ordering=text)
    def shown(row: Any) -> str:
        related = getattr(row, relation)
        return link_to(related) if related else getattr(row, text) or NOTHING

    shown.__name__ = relation
    return shown


class ResourceAdmin(BrowseOnly[Row]):
    """What a listing shows by its ARN."""

    named_rows: tuple[str, ...] = ()
    help_texts = {
        "read_at": "When its description was read from AWS.",
        "missing_since": "Since when complete listings no longer show it.",
        "execution": "The execution whose step made it, where one is known.",
    }

    def get_queryset(self, request: HttpRequest) -> QuerySet[Row]:
        hidden = [f"{name}__description" for name in self.named_rows]
        rows = super().get_queryset(request).select_related("region__account", *self.named_rows)
        return rows.defer("description", *hidden)


class DeployedAdmin(ResourceAdmin[Row]):
    """What a step may have made."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Row]:
        return super().get_queryset(request).select_related("execution")

    @admin.display(description="made by")
    def maker(self, row: Any) -> str:
        return link_to(row.execution) if row.execution else NOTHING


@admin.register(ModelPackageGroup)
class ModelPackageGroupAdmin(ResourceAdmin[ModelPackageGroup]):
    list_display = ("name", "status", REGION, number_of("model_packages"), *TIMES)
    list_filter = WHERE
    search_fields = SEARCHED
    counted = ("model_packages",)
    groups = (
        ("", ("name", "status", "region", "arn", number_of("model_packages"))),
        ("", TIMES),
        RAW,
    )


@admin.register(FeatureGroup)
class FeatureGroupAdmin(ResourceAdmin[FeatureGroup]):
    list_display = ("name", "status", "offline_s3_uri", REGION, moment("created_at"), moment("missing_since"))
    list_filter = ("status", *WHERE)
    search_fields = (*SEARCHED, "offline_s3_uri")
    groups = (
        ("", ("name", "status", "region", "arn")),
        ("Offline store", ("offline_status", "offline_s3_uri")),
        ("", (*TIMES, moment("last_modified"))),
        RAW,
    )


@admin.register(Model)
class ModelAdmin(DeployedAdmin[Model]):
    list_display = ("name", "packages", REGION, "maker", moment("created_at"), moment("missing_since"))
    list_filter = WHERE
    search_fields = SEARCHED
    groups = (("", ("name", "packages", "region", "arn", "maker")), ("", TIMES), RAW)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Model]:
        return super().get_queryset(request).prefetch_related("containers__package")

    @admin.display(description="packages")
    def packages(self, model: Model) -> str:
        containers: Iterable[ModelContainer] = model.containers.all()
        return _links((row.package, row.package_name) for row in containers)


@admin.register(EndpointConfig)
class EndpointConfigAdmin(DeployedAdmin[EndpointConfig]):
    list_display = ("name", "models", REGION, "maker", moment("created_at"), moment("missing_since"))
    list_filter = WHERE
    search_fields = SEARCHED
    groups = (("", ("name", "models", "region", "arn", "maker")), ("", TIMES), RAW)

    def get_queryset(self, request: HttpRequest) -> QuerySet[EndpointConfig]:
        return super().get_queryset(request).prefetch_related("variants__model")

    @admin.display(description="models")
    def models(self, config: EndpointConfig) -> str:
        variants: Iterable[ProductionVariant] = config.variants.all()
        return _links((row.model, row.model_name) for row in variants)


@admin.register(Endpoint)
class EndpointAdmin(DeployedAdmin[Endpoint]):
    list_display = (
        "name", "status", named("config", "config_name", "config"), REGION, "maker", moment("last_modified"),
        moment("missing_since"),
    )  # fmt: skip
    list_filter = ("status", *WHERE)
    search_fields = SEARCHED
    named_rows = ("config",)
    groups = (
        ("", ("name", "status", named("config", "config_name", "config"), "region", "arn", "maker")),
        ("", (*TIMES, moment("last_modified"))),
        RAW,
    )


@admin.register(InferenceComponent)
class InferenceComponentAdmin(DeployedAdmin[InferenceComponent]):
    list_display = (
        "name", "status", named("endpoint", "endpoint_name", "endpoint"), named("model", "model_name", "model"), REGION,
        "maker", moment("last_modified"), moment("missing_since"),
    )  # fmt: skip
    list_filter = ("status", *WHERE)
    search_fields = SEARCHED
    named_rows = ("endpoint", "model")
    groups = (
        ("", ("name", "status", "region", "arn", "maker")),
        ("What it serves", (named("model", "model_name", "model"),)),
        ("Where", (named("endpoint", "endpoint_name", "endpoint"), "variant_name")),
        ("", (*TIMES, moment("last_modified"))),
        RAW,
    )


def _links(named_rows: Iterable[tuple[Rows | None, str]]) -> str:
    """Links to what is known, names of what is not."""
    shown = [link_to(row) if row else name for row, name in named_rows if row or name]
    return format_html_join(", ", "{}", ((each,) for each in shown)) or NOTHING
