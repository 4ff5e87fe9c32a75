"""us-east-1: churn, segments, uplift, forecasts and the contracts of their data."""

from __future__ import annotations

from typing import Any

from sagemaker.model_monitor import DatasetFormat
from sagemaker.workflow.fail_step import FailStep
from sagemaker.workflow.functions import Join
from sagemaker.workflow.monitor_batch_transform_step import MonitorBatchTransformStep
from sagemaker.workflow.quality_check_step import DataQualityCheckConfig

from . import checks
from .bench import Bench, blueprint, model_of, output

EAST = "us-east-1"
CHURN = "s3://acme-data-lake-us-east-1/features/churn"


@blueprint("us-west-2", "churn-features-daily", "customers")
@blueprint(EAST, "churn-features-daily", "customers")
def churn_features(bench: Bench) -> list[Any]:
    extract = bench.processing(
        "ExtractEvents",
        {"events": "s3://acme-raw-events-us-east-1/clickstream/", "accounts": f"{bench.lake}/crm/accounts/"},
        {"sessions": None},
        environment={"DB_HOST": "crm.internal", "DB_USER": "reader", "DB_PASSWORD": "fake-db-password-hunter2-churn"},
        instance=bench.parameter("ProcessingInstanceType", "ml.m5.xlarge"),
    )
    features = bench.processing(
        "BuildFeatures",
        {"sessions": output(extract, "sessions")},
        {"features": f"{bench.lake}/features/churn/", "statistics": bench.run_path("statistics")},
        arguments=["--window-days", bench.parameter("WindowDays", 90).to_string()],
        private=True,
        cached=True,
    )
    return [extract, features]


@blueprint(EAST, "churn-train-weekly", "customers")
def churn_train(bench: Bench) -> list[Any]:
    split = bench.processing(
        "SplitData",
        {"features": f"{CHURN}/"},
        {"train": None, "validation": None, "test": None},
        private=True,
        cached=True,
    )
    quality = checks.data_quality(
        bench, "CheckTrainingData", output(split, "train"), bench.run_path("data-quality"), group="churn-classifier"
    )
    tune = bench.tuning(
        "TuneModel",
        "xgboost-churn:1.7",
        {"train": output(split, "train"), "validation": output(split, "validation")},
        "validation:auc",
        private=True,
    )
    best = tune.get_top_model_s3_uri(top_k=0, s3_bucket="acme-ml-artifacts-us-east-1", prefix="customers/models")
    evaluate = bench.processing(
        "EvaluateModel",
        {"model": best, "test": output(split, "test")},
        {"evaluation": bench.run_path("evaluation")},
        report=("evaluation", "evaluation.json"),
        private=True,
    )
    register = bench.register("RegisterChurn", "xgboost-churn:1.7", best, "churn-classifier")
    fail = FailStep(
        name="TooWeak",
        error_message=Join(on=" ", values=["The AUC is below", bench.parameter("LeastAuc", 0.8).to_string()]),
    )
    accuracy = checks.reported(evaluate, "binary_classification_metrics.auc.value")
    gate = checks.gate("IsGoodEnough", accuracy, bench.parameter("LeastAuc", 0.8), [register], [fail])
    return [split, quality, tune, evaluate, gate]


@blueprint(EAST, "churn-score-daily", "customers")
def churn_score(bench: Bench) -> list[Any]:
    model = bench.create_model(
        "ChurnModel",
        "xgboost-churn:1.7",
        bench.parameter("ModelUri", f"{bench.artifacts}/customers/models/current/model.tar.gz"),
    )
    score = bench.transform("ScoreCustomers", model.properties.ModelName, f"{CHURN}/", f"{bench.lake}/scores/churn/")
    publish = bench.processing(
        "PublishScores",
        {"scores": score.properties.TransformOutput.S3OutputPath},
        {"crm": "s3://acme-crm-exports-us-east-1/churn/"},
    )
    notify = bench.function("NotifyCrm", "notify-crm", {"uri": output(publish, "crm")}, ("statusCode",))
    return [model, score, publish, notify]


@blueprint(EAST, "churn-monitor-daily", "customers")
def churn_monitor(bench: Bench) -> list[Any]:
    target = f"{bench.artifacts}/customers/monitoring/scored"
    monitored = MonitorBatchTransformStep(
        name="MonitoredScoring",
        transform_step_args=bench.transformer("churn-current", target).transform(
            data=f"{CHURN}/", content_type="text/csv"
        ),
        monitor_configuration=DataQualityCheckConfig(
            baseline_dataset=f"{CHURN}/",
            dataset_format=DatasetFormat.csv(header=True),
            output_s3_uri=f"{bench.artifacts}/customers/monitoring/reports",
        ),
        check_job_configuration=checks.job_config(bench),
        supplied_baseline_statistics=f"{bench.artifacts}/customers/baselines/statistics.json",
        supplied_baseline_constraints=f"{bench.artifacts}/customers/baselines/constraints.json",
    )
    drift = checks.model_quality(
        bench, "CheckModelQuality", f"{bench.lake}/labels/churn/", bench.run_path("model-quality"), skip_check=True
    )
    return [monitored, drift]


@blueprint(EAST, "customer-segments-monthly", "customers")
def customer_segments(bench: Bench) -> list[Any]:
    prepare = bench.processing("PrepareSegments", {"features": f"{CHURN}/"}, {"matrix": None})
    cluster = bench.training(
        "ClusterCustomers",
        "kmeans:1.0",
        {"train": output(prepare, "matrix")},
        hyperparameters={"k": bench.parameter("Segments", 12).to_string()},
        cached=True,
    )
    model = bench.create_model("SegmentModel", "kmeans:1.0", model_of(cluster))
    assign = bench.transform(
        "AssignSegments", model.properties.ModelName, output(prepare, "matrix"), f"{bench.lake}/segments/"
    )
    return [prepare, cluster, model, assign]


@blueprint(EAST, "marketing-uplift-quarterly", "customers")
def marketing_uplift(bench: Bench) -> list[Any]:
    approve = bench.callback(
        "ApproveCampaign", "campaign-approvals", {"segments": f"{bench.lake}/segments/"}, ("treatment_uri", "approver")
    )
    train = bench.training(
        "TrainUplift",
        "uplift:0.4",
        {"treatment": approve.properties.Outputs["treatment_uri"], "segments": f"{bench.lake}/segments/"},
        hyperparameters={"epochs": "30", "tracking_api_key": "fake-api-key-9f8e7d6c5b4a-uplift"},
    )
    evaluate = bench.processing(
        "EvaluateUplift",
        {"model": model_of(train)},
        {"metrics": bench.run_path("uplift")},
        report=("metrics", "metrics.json"),
    )
    register = bench.register("RegisterUplift", "uplift:0.4", model_of(train), "marketing-uplift")
    gate = checks.gate("HasUplift", checks.reported(evaluate, "metrics.qini"), 0.1, [register], [])
    return [approve, train, evaluate, gate]


@blueprint(EAST, "forecast-demand-nightly", "forecast")
def forecast_demand(bench: Bench) -> list[Any]:
    prepare = bench.processing(
        "PrepareSeries",
        {"orders": f"{bench.lake}/orders/", "stores": f"{bench.lake}/stores/"},
        {"series": None, "holidays": None},
    )
    train = bench.training(
        "TrainDeepAr", "deepar:2.1", {"train": output(prepare, "series")}, private=True, instance="ml.g5.xlarge"
    )
    evaluate = bench.processing(
        "EvaluateForecast",
        {"model": model_of(train), "series": output(prepare, "series")},
        {"evaluation": bench.run_path("evaluation")},
        report=("evaluation", "evaluation.json"),
    )
    model = bench.create_model("ForecastModel", "deepar:2.1", model_of(train))
    predict = bench.transform(
        "PredictDemand", model.properties.ModelName, output(prepare, "series"), f"{bench.lake}/forecasts/demand/"
    )
    register = bench.register("RegisterForecast", "deepar:2.1", model_of(train), "demand-forecast", approval="Approved")
    error = checks.reported(evaluate, "regression_metrics.rmse.value")
    gate = checks.ceiling("IsAccurate", error, bench.parameter("MostRmse", 12.5), [model, predict, register], [])
    return [prepare, train, evaluate, gate]


@blueprint(EAST, "data-contract-checks", "forecast")
def data_contracts(bench: Bench) -> list[Any]:
    orders = checks.data_quality(
        bench, "CheckOrders", f"{bench.lake}/orders/", f"{bench.artifacts}/contracts/orders", skip_check=False
    )
    legacy = bench.processing(
        "CompareWithWarehouse",
        {"orders": f"{bench.lake}/orders/", "warehouse": "s3://acme-warehouse-2019/orders/"},
        {"differences": f"{bench.artifacts}/contracts/differences"},
    )
    tell = bench.function("TellOwners", "tell-owners", {"report": output(legacy, "differences")}, depends_on=[orders])
    return [orders, legacy, tell]
