"""us-east-1 and eu-west-1: fraud and credit risk."""

from __future__ import annotations

from typing import Any

from sagemaker.workflow.fail_step import FailStep

from . import checks, deployment
from .bench import Bench, blueprint, model_of, output

EAST = "us-east-1"


@blueprint(EAST, "fraud-features-hourly", "risk")
def fraud_features(bench: Bench) -> list[Any]:
    ingest = bench.emr(
        "IngestTransactions",
        f"{bench.artifacts}/jars/ingest.jar",
        ["--source", "s3://acme-raw-events-us-east-1/transactions/", "--target", f"{bench.lake}/transactions/"],
    )
    features = bench.processing(
        "BuildFraudFeatures",
        {"transactions": f"{bench.lake}/transactions/", "ledger": "s3://acme-legal-hold-us-east-1/ledger/"},
        {"features": f"{bench.lake}/features/fraud/"},
        private=True,
        depends_on=[ingest],
    )
    return [ingest, features]


@blueprint(EAST, "fraud-train-daily", "risk")
def fraud_train(bench: Bench) -> list[Any]:
    split = bench.processing(
        "Split", {"features": f"{bench.lake}/features/fraud/"}, {"train": None, "test": None}, private=True
    )
    train = bench.training(
        "Train",
        "xgboost-fraud:1.7",
        {"train": output(split, "train")},
        private=True,
        cached=True,
        enable_network_isolation=True,
        hyperparameters={"max_depth": "7", "scale_pos_weight": "120"},
    )
    evaluate = bench.processing(
        "Evaluate",
        {"model": model_of(train), "test": output(split, "test")},
        {"report": bench.run_path("report")},
        private=True,
    )
    bias = checks.data_bias(
        bench,
        "CheckBias",
        output(split, "train"),
        f"{bench.artifacts}/risk/bias",
        label="is_fraud",
        facet="country",
        skip_check=True,
    )
    register = bench.register("RegisterFraud", "xgboost-fraud:1.7", model_of(train), "fraud-detector")
    gate = checks.gate(
        "LaunchAllowed",
        bench.parameter("Confidence", 0.9),
        0.8,
        [register],
        [FailStep(name="Blocked", error_message="Launch is blocked")],
    )
    gate.add_depends_on([evaluate, bias])
    return [split, train, evaluate, bias, gate]


@blueprint(EAST, "fraud-deploy", "risk")
def fraud_deploy(bench: Bench) -> list[Any]:
    model = bench.create_model(
        "FraudModel",
        "xgboost-fraud:1.7",
        f"{bench.artifacts}/risk/models/current/model.tar.gz",
        vpc_config={"Subnets": ["subnet-0a1b2c3d"], "SecurityGroupIds": ["sg-0a1b2c3d"]},
    )
    config = deployment.endpoint_config(bench, "FraudConfig", model.properties.ModelName, kms_key=bench.key)
    endpoint = deployment.endpoint(bench, "FraudEndpoint", "fraud-realtime", config)
    smoke = bench.function("SmokeTest", "smoke-test", {"endpoint": endpoint.properties.EndpointName}, ("healthy",))
    return [model, config, endpoint, smoke]


@blueprint(EAST, "fraud-graph-embeddings", "risk")
def fraud_graph(bench: Bench) -> list[Any]:
    graph = bench.processing(
        "BuildGraph", {"transactions": f"{bench.lake}/transactions/"}, {"edges": None, "nodes": None}
    )
    train = bench.training(
        "TrainEmbeddings",
        "graphsage:0.9",
        {"edges": output(graph, "edges"), "nodes": output(graph, "nodes")},
        private=True,
        instance="ml.g5.2xlarge",
        use_spot_instances=True,
        max_wait=86400,
        checkpoint_s3_uri=f"{bench.artifacts}/risk/checkpoints/graph",
    )
    model = bench.create_model("EmbeddingModel", "graphsage:0.9", model_of(train))
    embed = bench.transform(
        "EmbedAccounts", model.properties.ModelName, output(graph, "nodes"), f"{bench.lake}/embeddings/accounts/"
    )
    return [graph, train, model, embed]


@blueprint(EAST, "credit-risk-champion", "risk")
def credit_risk(bench: Bench) -> list[Any]:
    search = bench.automl("SearchModels", f"{bench.lake}/credit/applications/", "defaulted")
    model = bench.create_model(
        "BestModel", "autopilot:3", search.properties.BestCandidate.InferenceContainers[0].ModelDataUrl
    )
    score = bench.transform(
        "ScoreHoldout", model.properties.ModelName, f"{bench.lake}/credit/holdout/", bench.run_path("holdout")
    )
    evaluate = bench.processing(
        "CompareWithChampion",
        {"scores": score.properties.TransformOutput.S3OutputPath},
        {"evaluation": bench.run_path("evaluation")},
        report=("evaluation", "evaluation.json"),
    )
    register = bench.register(
        "RegisterChampion",
        "autopilot:3",
        search.properties.BestCandidate.InferenceContainers[0].ModelDataUrl,
        "credit-risk",
    )
    better = checks.reported(evaluate, "binary_classification_metrics.f1.value")
    gate = checks.gate("BeatsChampion", better, bench.parameter("ChampionF1", 0.71), [register], [])
    return [search, model, score, evaluate, gate]


@blueprint(EAST, "credit-risk-bias-audit", "risk")
def credit_audit(bench: Bench) -> list[Any]:
    source = f"{bench.lake}/credit/applications/"
    age = checks.data_bias(
        bench, "BiasByAge", source, f"{bench.artifacts}/risk/audit/age", label="defaulted", facet="age"
    )
    why = checks.explainability(
        bench,
        "ExplainModel",
        source,
        f"{bench.artifacts}/risk/audit/shap",
        label="defaulted",
        model_name="credit-risk-current",
    )
    bundle = bench.processing(
        "BundleEvidence",
        {"audit": f"{bench.artifacts}/risk/audit/"},
        {"evidence": "s3://acme-legal-hold-us-east-1/evidence/"},
        depends_on=[age, why],
    )
    return [age, why, bundle]


@blueprint("eu-west-1", "fraud-score-eu", "risk")
def fraud_score(bench: Bench) -> list[Any]:
    model = bench.create_model(
        "FraudModelEu", "xgboost-fraud:1.7", "s3://acme-ml-artifacts-us-east-1/risk/models/current/model.tar.gz"
    )
    prepare = bench.processing(
        "PreparePayments",
        {"payments": f"{bench.lake}/payments/", "features": "s3://acme-data-lake-us-east-1/features/fraud/"},
        {"rows": None},
    )
    score = bench.transform(
        "ScorePayments", model.properties.ModelName, output(prepare, "rows"), f"{bench.lake}/scores/fraud/"
    )
    return [model, prepare, score]
