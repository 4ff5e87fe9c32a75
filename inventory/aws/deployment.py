"""What serves models: models, endpoint configs, endpoints, inference components."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from inventory.aws.jobs import KINDS
from inventory.aws.listings import crawl_raw, sibling, stored, summaries
from inventory.aws.paging import PAGE_SIZE, pages
from inventory.aws.registry import model_data_of
from inventory.aws.registry_records import (
    ContainerRecord,
    EndpointConfigRecord,
    EndpointRecord,
    InferenceComponentRecord,
    ModelRecord,
    VariantRecord,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from inventory.aws.client import Connection
    from inventory.aws.registry_records import SummaryRecord

CREATED = {"CreationTime": "created_at"}
MODIFIED = {**CREATED, "LastModifiedTime": "last_modified"}


def crawl_models(connection: Connection) -> Iterator[SummaryRecord]:
    """Yield every model of the region, by ListModels."""
    return summaries("ListModels", connection.sagemaker.list_models, "Models", "Model", CREATED)


def crawl_found_models(connection: Connection) -> Iterator[ModelRecord]:
    """Yield every model that Search knows, whole: a hundred by one call."""
    call = connection.sagemaker.search
    for page in pages("Search", call, "Results", Resource="Model", MaxResults=PAGE_SIZE):
        found = ((result.get("Model") or {}).get("Model") for result in page)
        yield from (parse_model(raw) for raw in found if raw)


def crawl_endpoint_configs(connection: Connection) -> Iterator[SummaryRecord]:
    """Yield every endpoint config of the region, by ListEndpointConfigs."""
    call = connection.sagemaker.list_endpoint_configs
    return summaries("ListEndpointConfigs", call, "EndpointConfigs", "EndpointConfig", CREATED)


def crawl_endpoints(connection: Connection) -> Iterator[SummaryRecord]:
    """Yield every endpoint of the region, by ListEndpoints."""
    states = {**MODIFIED, "EndpointStatus": "status"}
    return summaries("ListEndpoints", connection.sagemaker.list_endpoints, "Endpoints", "Endpoint", states)


def crawl_inference_components(connection: Connection) -> Iterator[SummaryRecord]:
    """Yield every inference component of the region, by ListInferenceComponents."""
    call = connection.sagemaker.list_inference_components
    states = {**MODIFIED, "InferenceComponentStatus": "status"}
    return summaries("ListInferenceComponents", call, "InferenceComponents", "InferenceComponent", states)


def crawl_model(connection: Connection, summary: SummaryRecord) -> ModelRecord:
    return replace(parse_model(crawl_raw(connection, KINDS["Model"], summary.name)), **summary.state)


def crawl_endpoint_config(connection: Connection, summary: SummaryRecord) -> EndpointConfigRecord:
    raw = crawl_raw(connection, KINDS["EndpointConfig"], summary.name)
    return replace(parse_endpoint_config(raw), **summary.state)


def crawl_endpoint(connection: Connection, summary: SummaryRecord) -> EndpointRecord:
    return replace(parse_endpoint(crawl_raw(connection, KINDS["Endpoint"], summary.name)), **summary.state)


def crawl_inference_component(connection: Connection, summary: SummaryRecord) -> InferenceComponentRecord:
    raw = crawl_raw(connection, KINDS["InferenceComponent"], summary.name)
    return replace(parse_inference_component(raw), **summary.state)


def parse_model(raw: Mapping[str, Any]) -> ModelRecord:
    arn = raw["ModelArn"].lower()
    description = stored(raw)
    primary = description.get("PrimaryContainer")
    containers = [primary] if primary else description.get("Containers") or []
    return ModelRecord(
        arn=arn,
        name=raw["ModelName"],
        created_at=raw.get("CreationTime"),
        description=description,
        containers=tuple(_container(arn, container) for container in containers),
    )


def parse_endpoint_config(raw: Mapping[str, Any]) -> EndpointConfigRecord:
    arn = raw["EndpointConfigArn"].lower()
    variants = [_variant(arn, variant, is_shadow=False) for variant in raw.get("ProductionVariants") or []]
    variants += [_variant(arn, variant, is_shadow=True) for variant in raw.get("ShadowProductionVariants") or []]
    return EndpointConfigRecord(
        arn=arn,
        name=raw["EndpointConfigName"],
        created_at=raw.get("CreationTime"),
        description=stored(raw),
        variants=tuple(variants),
    )


def parse_endpoint(raw: Mapping[str, Any]) -> EndpointRecord:
    arn = raw["EndpointArn"].lower()
    config = raw.get("EndpointConfigName") or ""
    return EndpointRecord(
        arn=arn,
        name=raw["EndpointName"],
        status=raw.get("EndpointStatus") or "",
        created_at=raw.get("CreationTime"),
        last_modified=raw.get("LastModifiedTime"),
        config_name=config,
        config_arn=sibling(arn, "endpoint-config", config),
        description=stored(raw),
    )


def parse_inference_component(raw: Mapping[str, Any]) -> InferenceComponentRecord:
    arn = raw["InferenceComponentArn"].lower()
    endpoint = raw.get("EndpointName") or ""
    model = (raw.get("Specification") or {}).get("ModelName") or ""
    return InferenceComponentRecord(
        arn=arn,
        name=raw["InferenceComponentName"],
        status=raw.get("InferenceComponentStatus") or "",
        created_at=raw.get("CreationTime"),
        last_modified=raw.get("LastModifiedTime"),
        endpoint_name=endpoint,
        endpoint_arn=sibling(arn, "endpoint", endpoint),
        variant_name=raw.get("VariantName") or "",
        model_name=model,
        model_arn=sibling(arn, "model", model),
        description=stored(raw),
    )


def _container(model_arn: str, raw: Mapping[str, Any]) -> ContainerRecord:
    """ModelPackageName is an ARN or a name beside the model."""
    package = raw.get("ModelPackageName") or ""
    is_arn = package.startswith("arn:")
    return ContainerRecord(
        image=raw.get("Image") or "",
        model_data_url=model_data_of(raw),
        package_name=package,
        package_arn=package.lower() if is_arn else sibling(model_arn, "model-package", package),
    )


def _variant(config_arn: str, raw: Mapping[str, Any], *, is_shadow: bool) -> VariantRecord:
    model = raw.get("ModelName") or ""
    return VariantRecord(
        name=raw.get("VariantName") or "",
        is_shadow=is_shadow,
        model_name=model,
        model_arn=sibling(config_arn, "model", model),
    )
