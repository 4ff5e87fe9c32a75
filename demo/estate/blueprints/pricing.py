"""eu-west-1: prices, and the texts of customers."""

from __future__ import annotations

from typing import Any

from sagemaker.workflow.fail_step import FailStep

from . import checks, deployment
from .bench import Bench, blueprint, model_of, output

EU = "eu-west-1"


@blueprint(EU, "pricing-elasticity-weekly", "pricing")
def elasticity(bench: Bench) -> list[Any]:
    prepare = bench.processing(
        "PreparePrices",
        {"prices": f"{bench.lake}/prices/", "orders": "s3://acme-data-lake-us-east-1/orders/"},
        {"panel": f"{bench.lake}/pricing/panel/"},
    )
    train = bench.training("TrainElasticity", "elasticity:3.2", {"panel": output(prepare, "panel")}, cached=True)
    evaluate = bench.processing(
        "EvaluateElasticity",
        {"model": model_of(train)},
        {"evaluation": bench.run_path("evaluation")},
        report=("evaluation", "evaluation.json"),
    )
    register = bench.register("RegisterElasticity", "elasticity:3.2", model_of(train), "price-elasticity")
    weak = FailStep(name="Unreliable", error_message="R2 is below the limit")
    gate = checks.gate("IsReliable", checks.reported(evaluate, "regression_metrics.r2.value"), 0.6, [register], [weak])
    return [prepare, train, evaluate, gate]


@blueprint(EU, "pricing-markdown-optimizer", "pricing")
def markdown(bench: Bench) -> list[Any]:
    combine = bench.processing(
        "CombineForecast",
        {"demand": "s3://acme-data-lake-us-east-1/forecasts/demand/", "panel": f"{bench.lake}/pricing/panel/"},
        {"scenarios": None},
    )
    optimise = bench.processing(
        "Optimise",
        {"scenarios": output(combine, "scenarios")},
        {"prices": "s3://acme-pricing-exports-eu-west-1/markdowns/"},
    )
    publish = bench.function("PublishPrices", "publish-prices", {"uri": output(optimise, "prices")}, ("batch_id",))
    return [combine, optimise, publish]


@blueprint(EU, "pricing-competitor-watch", "pricing")
def competitors(bench: Bench) -> list[Any]:
    scrape = bench.processing(
        "FetchPrices",
        {"catalog": f"{bench.lake}/catalog/"},
        {"prices": f"{bench.lake}/prices/"},
        arguments=["--sites", "all", "--token", "fake-token-ghp-000111222333-scrape"],
    )
    review = bench.callback("ReviewOutliers", "price-review", {"prices": output(scrape, "prices")}, ("accepted_uri",))
    return [scrape, review]


@blueprint(EU, "pricing-deploy", "pricing")
def pricing_deploy(bench: Bench) -> list[Any]:
    model = bench.create_model("PriceModel", "elasticity:3.2", f"{bench.artifacts}/pricing/models/current/model.tar.gz")
    config = deployment.endpoint_config(bench, "PriceConfig", model.properties.ModelName)
    endpoint = deployment.endpoint(bench, "PriceEndpoint", "pricing-realtime", config)
    return [model, config, endpoint]


@blueprint(EU, "nlp-corpus-build", "nlp")
def corpus(bench: Bench) -> list[Any]:
    tokenize = bench.emr(
        "TokenizeTickets",
        "command-runner.jar",
        [
            "spark-submit",
            f"{bench.artifacts}/code/nlp/tokenize.py",
            f"{bench.lake}/tickets/",
            "s3://acme-nlp-corpora-eu-west-1/tokens/",
        ],
        cluster=None,
        cluster_config={
            "LogUri": f"{bench.artifacts}/emr-logs/",
            "ReleaseLabel": "emr-7.1.0",
            "Applications": [{"Name": "Spark"}],
            "Instances": {
                "InstanceGroups": [{"InstanceRole": "MASTER", "InstanceType": "m5.xlarge", "InstanceCount": 1}]
            },
            "ServiceRole": "EMR_DefaultRole",
            "JobFlowRole": "EMR_EC2_DefaultRole",
        },
    )
    anonymise = bench.processing(
        "Anonymise",
        {"tokens": "s3://acme-nlp-corpora-eu-west-1/tokens/"},
        {"corpus": "s3://acme-nlp-corpora-eu-west-1/corpus/"},
        depends_on=[tokenize],
    )
    return [tokenize, anonymise]


@blueprint(EU, "nlp-ticket-classifier", "nlp")
def classifier(bench: Bench) -> list[Any]:
    tune = bench.tuning(
        "TuneClassifier",
        "transformer:4.36",
        {"train": "s3://acme-nlp-corpora-eu-west-1/corpus/"},
        "eval:f1",
        instance="ml.g5.xlarge",
    )
    best = tune.get_top_model_s3_uri(top_k=0, s3_bucket="acme-ml-artifacts-eu-west-1", prefix="nlp/models")
    evaluate = bench.processing("Evaluate", {"model": best}, {"report": bench.run_path("report")})
    register = bench.register("RegisterClassifier", "transformer:4.36", best, "ticket-classifier", approval="Rejected")
    return [tune, evaluate, register]


@blueprint(EU, "nlp-ticket-router-deploy", "nlp")
def router(bench: Bench) -> list[Any]:
    model = bench.create_model("RouterModel", "transformer:4.36", f"{bench.artifacts}/nlp/models/current/model.tar.gz")
    config = deployment.endpoint_config(bench, "RouterConfig", model.properties.ModelName)
    endpoint = deployment.endpoint(bench, "RouterEndpoint", "ticket-router", config)
    component = deployment.inference_component(
        bench, "RouterComponent", endpoint.properties.EndpointName, model.properties.ModelName
    )
    return [model, config, endpoint, component]


@blueprint(EU, "gdpr-erasure", "nlp")
def erasure(bench: Bench) -> list[Any]:
    find = bench.function("FindSubjects", "find-subjects", {"table": "erasure_requests"}, ("subjects_uri", "count"))
    erase = bench.processing(
        "EraseRows",
        {"subjects": find.properties.Outputs["subjects_uri"], "tickets": f"{bench.lake}/tickets/"},
        {"log": f"{bench.artifacts}/nlp/erasure-log"},
    )
    left = FailStep(name="SubjectsLeft", error_message="Not every subject could be erased")
    gate = checks.gate("AllErased", find.properties.Outputs["count"], 1, [erase], [left])
    return [find, gate]
