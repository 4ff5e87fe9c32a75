"""What serves models in one region: models, endpoint configs, endpoints, inference components."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from inventory.aws import deployment as aws
from inventory.aws.errors import AWSError
from inventory.models import (
    Endpoint,
    EndpointConfig,
    InferenceComponent,
    Model,
    ModelContainer,
    ProductionVariant,
)
from inventory.sync.announce import announce_registered
from inventory.sync.listed import Kind, ListingSync
from inventory.sync.upsert import upsert

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from inventory.aws.registry_records import EndpointConfigRecord, ModelRecord
    from inventory.sync.region import RegionCrawl

CONTAINER_FIELDS = ("image", "model_data_url", "package_name", "package_id")
VARIANT_FIELDS = ("is_shadow", "model_name", "model_id")


def sync_models(crawl: RegionCrawl) -> None:
    """The listing tells which are new. The first time all are, and Search describes a hundred of them by one call."""
    connection = crawl.lease.connection
    if crawl.search and crawl.region.registry_synced_at is None:
        try:
            ListingSync(crawl, MODELS).store_whole(aws.crawl_found_models(connection))
        except AWSError as error:
            if error.is_transient:
                raise
            crawl.note(MODELS.subject, error)
    ListingSync(crawl, MODELS).store_described(aws.crawl_models(connection)).mark_missing()


def sync_endpoint_configs(crawl: RegionCrawl) -> None:
    configs = aws.crawl_endpoint_configs(crawl.lease.connection)
    ListingSync(crawl, ENDPOINT_CONFIGS).store_described(configs).mark_missing()


def sync_endpoints(crawl: RegionCrawl) -> None:
    endpoints = aws.crawl_endpoints(crawl.lease.connection)
    ListingSync(crawl, ENDPOINTS).store_described(endpoints).mark_missing()


def sync_inference_components(crawl: RegionCrawl) -> None:
    components = aws.crawl_inference_components(crawl.lease.connection)
    ListingSync(crawl, INFERENCE_COMPONENTS).store_described(components).mark_missing()


def _store_containers(changed: Sequence[tuple[Model, ModelRecord]]) -> None:
    rows = [
        ModelContainer(
            model=row,
            position=position,
            image=container.image,
            model_data_url=container.model_data_url,
            package_name=container.package_name,
            package_id=container.package_arn,
        )
        for row, record in changed
        for position, container in enumerate(record.containers)
    ]
    existing = ModelContainer.objects.filter(model__in=[row for row, _ in changed])
    _replace(existing, rows, ("model_id", "position"), CONTAINER_FIELDS)


def _store_variants(changed: Sequence[tuple[EndpointConfig, EndpointConfigRecord]]) -> None:
    rows = [
        ProductionVariant(
            config=row,
            name=variant.name,
            is_shadow=variant.is_shadow,
            model_name=variant.model_name,
            model_id=variant.model_arn,
        )
        for row, record in changed
        for variant in record.variants
    ]
    existing = ProductionVariant.objects.filter(config__in=[row for row, _ in changed])
    _replace(existing, rows, ("config_id", "name"), VARIANT_FIELDS)


def _announce_served(changed: Sequence[tuple[Endpoint, Any]]) -> None:
    """The documents of pipelines show which endpoints serve the packages that they registered."""
    packages = ModelContainer.objects.filter(model__variants__config__endpoints__in=[row for row, _ in changed])
    announce_registered(packages.values("package_id"))


def _replace(existing: Any, rows: Sequence[Any], key: tuple[str, str], fields: tuple[str, ...]) -> None:
    """A name that is used again is a new model or config: of the old one no part stays."""
    stored, _ = upsert(rows, existing.all(), key=key, fields=fields)
    existing.exclude(pk__in=[row.pk for row in stored]).delete()


NAMED = {"name": "name", "created_at": "created_at", "description": "description"}
CHANGING = {**NAMED, "status": "status", "last_modified": "last_modified"}
MADE = ("execution_id",)
MODELS = Kind("models", Model, NAMED, ("name", "created_at"), aws.crawl_model, _store_containers, kept=MADE)
ENDPOINT_CONFIGS = Kind(
    "endpoint configs",
    EndpointConfig,
    NAMED,
    ("name", "created_at"),
    aws.crawl_endpoint_config,
    _store_variants,
    kept=MADE,
)
ENDPOINTS = Kind(
    "endpoints",
    Endpoint,
    {**CHANGING, "config_name": "config_name", "config_id": "config_arn"},
    ("name", "created_at", "status", "last_modified", "config_id"),
    aws.crawl_endpoint,
    _announce_served,
    kept=MADE,
)
INFERENCE_COMPONENTS = Kind(
    "inference components",
    InferenceComponent,
    {
        **CHANGING,
        **{name: name for name in ("endpoint_name", "variant_name", "model_name")},
        "endpoint_id": "endpoint_arn",
        "model_id": "model_arn",
    },
    ("name", "created_at", "status", "last_modified", "endpoint_id", "variant_name", "model_id"),
    aws.crawl_inference_component,
    kept=MADE,
)
STAGES: dict[str, Callable[[RegionCrawl], None]] = {
    MODELS.subject: sync_models,
    ENDPOINT_CONFIGS.subject: sync_endpoint_configs,
    ENDPOINTS.subject: sync_endpoints,
    INFERENCE_COMPONENTS.subject: sync_inference_components,
}
