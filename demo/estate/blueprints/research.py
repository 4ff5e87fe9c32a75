"""The research account: it reads what the stores and the platform write, and keeps models of its own."""

from __future__ import annotations

from typing import Any

from demo.estate import RESEARCH_ID

from .bench import Bench, blueprint, model_of, output

STORES = "s3://acme-stores-us-east-1"


@blueprint("us-east-1", "research-offer-response", "research", RESEARCH_ID)
def offer_response(bench: Bench) -> list[Any]:
    join = bench.processing(
        "JoinResponses",
        {"offers": f"{STORES}/offers/picked/", "labels": f"{bench.lake}/labels/churn/"},
        {"train": None},
    )
    train = bench.training("TrainResponse", "uplift:0.5", {"train": output(join, "train")})
    register = bench.register("RegisterResponse", "uplift:0.5", model_of(train), "offer-response")
    return [join, train, register]


@blueprint("us-west-2", "research-demand-foundation", "research", RESEARCH_ID)
def demand_foundation(bench: Bench) -> list[Any]:
    train = bench.training(
        "TrainFoundation",
        "demand-transformer:0.1",
        {
            "demand": "s3://acme-data-lake-us-east-1/forecasts/demand/",
            "replenishment": f"{STORES}/replenishment/",
        },
        instance="ml.p4d.24xlarge",
    )
    model = bench.create_model("FoundationModel", "demand-transformer:0.1", model_of(train))
    predict = bench.transform(
        "PredictCountries", model.properties.ModelName, f"{bench.artifacts}/panels/", f"{bench.artifacts}/predictions/"
    )
    return [train, model, predict]
