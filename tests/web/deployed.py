"""One of each of what is registered and deployed, written by hand: an endpoint down to its package."""

from __future__ import annotations

from django.utils.timezone import now

from inventory.models import (
    Endpoint,
    EndpointConfig,
    FeatureGroup,
    InferenceComponent,
    Model,
    ModelContainer,
    ModelPackage,
    ModelPackageGroup,
    ProductionVariant,
)


def arn(region, kind, name):
    return f"arn:aws:sagemaker:{region.name}:{region.account.account_id}:{kind}/{name}"


def make(rows, region, kind, name, **fields):
    description = {"Name": name}
    fields = {"created_at": now(), "read_at": now(), "description": description} | fields
    return rows.objects.create(region=region, arn=arn(region, kind, name), name=name, **fields)


def deploy(region, number, execution, package):
    """Endpoint e<number> runs config c<number>, whose variant serves model m<number>, made of `package`."""
    group = make(ModelPackageGroup, region, "model-package-group", f"g{number}", status="Completed")
    ModelPackage.objects.filter(pk=package.pk).update(group=group, execution=execution)
    model = make(Model, region, "model", f"m{number}", execution=execution)
    ModelContainer.objects.create(model=model, position=0, image="image", package_id=package.arn)
    config = make(EndpointConfig, region, "endpoint-config", f"c{number}", execution=execution)
    ProductionVariant.objects.create(config=config, name="All", model_name=model.name, model=model)
    endpoint = make(
        Endpoint, region, "endpoint", f"e{number}", execution=execution, status="InService", config=config,
        config_name=config.name, last_modified=now(),
    )  # fmt: skip
    make(
        InferenceComponent, region, "inference-component", f"i{number}", status="InService", endpoint=endpoint,
        endpoint_name=endpoint.name, model=model, model_name=model.name, variant_name="All", last_modified=now(),
    )  # fmt: skip
    location = f"s3://lake/features/{number}"
    make(FeatureGroup, region, "feature-group", f"f{number}", status="Created", offline_s3_uri=location)
    return endpoint
