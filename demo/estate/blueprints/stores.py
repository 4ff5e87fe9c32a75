"""The stores' account: it reads what the platform's account writes, and serves the platform's models."""

from __future__ import annotations

from typing import Any

from sagemaker.model import ModelPackage
from sagemaker.workflow.model_step import ModelStep

from demo.estate import ACCOUNT_ID, STORES_ID

from . import deployment
from .bench import Bench, blueprint, output

EAST = "us-east-1"
PACKAGES = f"arn:aws:sagemaker:{EAST}:{ACCOUNT_ID}:model-package"


class SharedPackage(ModelPackage):  # type: ignore[misc]  # the SDK is untyped
    """The SDK would ask SageMaker whether a package is a product of the marketplace."""

    def _is_marketplace(self) -> bool:
        return False


def packaged_model(bench: Bench, name: str, package: str) -> Any:
    """A model made of a package of the platform's registry."""
    model = SharedPackage(role=bench.role, model_package_arn=f"{PACKAGES}/{package}", sagemaker_session=bench.session)
    return ModelStep(name=name, step_args=model.create(instance_type="ml.m5.xlarge"))


@blueprint(EAST, "stores-replenishment-daily", "stores", STORES_ID)
def replenishment(bench: Bench) -> list[Any]:
    plan = bench.processing(
        "PlanOrders",
        {"demand": f"{bench.lake}/forecasts/demand/", "stock": f"{bench.artifacts}/stock/"},
        {"orders": f"{bench.artifacts}/replenishment/"},
    )
    send = bench.function("SendOrders", "send-orders", {"orders": output(plan, "orders")}, ("accepted",))
    return [plan, send]


@blueprint(EAST, "stores-offers-weekly", "stores", STORES_ID)
def offers(bench: Bench) -> list[Any]:
    model = packaged_model(bench, "ChurnModel", "churn-classifier/1")
    score = bench.transform(
        "ScoreShoppers",
        model.properties.ModelName,
        "s3://acme-data-lake-us-east-1/features/churn/",
        f"{bench.artifacts}/offers/scores/",
    )
    pick = bench.processing(
        "PickOffers",
        {"scores": score.properties.TransformOutput.S3OutputPath, "segments": f"{bench.lake}/segments/"},
        {"offers": f"{bench.artifacts}/offers/picked/"},
        arguments=["--most-offers", bench.parameter("MostOffers", 3).to_string()],
    )
    return [model, score, pick]


@blueprint(EAST, "stores-card-fraud-deploy", "stores", STORES_ID)
def card_fraud(bench: Bench) -> list[Any]:
    model = packaged_model(bench, "TillFraudModel", "fraud-detector/1")
    config = deployment.endpoint_config(bench, "TillFraudConfig", model.properties.ModelName)
    endpoint = deployment.endpoint(bench, "TillFraudEndpoint", "stores-card-fraud", config)
    return [model, config, endpoint]


@blueprint("eu-west-1", "stores-price-labels-hourly", "stores", STORES_ID)
def price_labels(bench: Bench) -> list[Any]:
    labels = bench.processing(
        "PrintLabels",
        {"markdowns": "s3://acme-pricing-exports-eu-west-1/markdowns/", "catalog": f"{bench.lake}/catalog/"},
        {"labels": f"{bench.artifacts}/labels/"},
    )
    return [labels]
