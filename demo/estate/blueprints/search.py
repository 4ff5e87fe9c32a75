"""us-west-2: search, recommendations, and what nobody owns any more."""

from __future__ import annotations

from typing import Any

from sagemaker.dataset_definition.inputs import AthenaDatasetDefinition, DatasetDefinition
from sagemaker.processing import ProcessingInput
from sagemaker.workflow.function_step import step

from . import checks, deployment, functions
from .bench import MATERIAL, Bench, blueprint, model_of, output
from .raw import RawStep

WEST = "us-west-2"


def _remote(bench: Bench, name: str, function: Any) -> Any:
    return step(
        function,
        name=name,
        description=f"{function.__name__} of the search team",  # else the SDK writes this file's path
        dependencies=str(MATERIAL / "requirements.txt"),
        role=bench.role,
        image_uri=bench.image("python:3.11"),
        instance_type="ml.m5.xlarge",
    )


@blueprint(WEST, "search-ranking-features", "search")
def ranking_features(bench: Bench) -> list[Any]:
    athena = AthenaDatasetDefinition(
        catalog="AwsDataCatalog",
        database="search",
        query_string="SELECT query, item, clicked FROM impressions WHERE day = current_date - interval '1' day",
        output_s3_uri=f"{bench.lake}/athena/impressions/",
        output_format="PARQUET",
    )
    features = bench.processing(
        "BuildRankingFeatures", {"catalog": f"{bench.lake}/catalog/"}, {"features": f"{bench.lake}/features/ranking/"}
    )
    definition = DatasetDefinition(
        athena_dataset_definition=athena, local_path="/opt/ml/processing/input/impressions", input_mode="File"
    )
    dataset = ProcessingInput(input_name="impressions", dataset_definition=definition)
    features.arguments["ProcessingInputs"].append(dataset._to_request_dict())
    return [features]


@blueprint(WEST, "search-ranking-train", "search")
def ranking_train(bench: Bench) -> list[Any]:
    train = bench.training(
        "TrainRanker",
        "lambdamart:2.0",
        {
            "features": f"{bench.lake}/features/ranking/",
            "embeddings": "s3://acme-data-lake-us-east-1/embeddings/accounts/",
        },
        environment={
            "INDEX_URL": "https://index.internal",
            "AUTHORIZATION": "Bearer fake-bearer-eyJhbGciOiJub25lIn0-search",
        },
    )
    evaluate = bench.processing(
        "EvaluateRanker",
        {"model": model_of(train)},
        {"evaluation": bench.run_path("evaluation")},
        report=("evaluation", "evaluation.json"),
    )
    record = checks.record(bench, "RecordLineage", model_of(train), f"{bench.lake}/features/ranking/")
    register = bench.register("RegisterRanker", "lambdamart:2.0", model_of(train), "search-ranker")
    gate = checks.gate(
        "IsBetter", checks.reported(evaluate, "ranking.ndcg10"), bench.parameter("LeastNdcg", 0.42), [register], []
    )
    return [train, evaluate, record, gate]


@blueprint(WEST, "search-ranking-deploy", "search")
def ranking_deploy(bench: Bench) -> list[Any]:
    model = bench.create_model("RankerModel", "lambdamart:2.0", f"{bench.artifacts}/search/models/current/model.tar.gz")
    config = deployment.endpoint_config(bench, "RankerConfig", model.properties.ModelName)
    endpoint = deployment.endpoint(bench, "RankerEndpoint", "search-ranker", config)
    component = deployment.inference_component(
        bench, "RankerComponent", endpoint.properties.EndpointName, model.properties.ModelName
    )
    return [model, config, endpoint, component]


@blueprint(WEST, "search-query-understanding", "search")
def query_understanding(bench: Bench) -> list[Any]:
    queries = _remote(bench, "LoadQueries", functions.load_queries)(f"{bench.lake}/queries/")
    spelling = _remote(bench, "TrainSpelling", functions.train_spelling)(queries)
    return [_remote(bench, "ScoreSpelling", functions.score_spelling)(spelling, queries)]


@blueprint(WEST, "search-eval-offline", "search")
def offline_evaluation(bench: Bench) -> list[Any]:
    replay = bench.processing(
        "ReplayTraffic", {"features": f"{bench.lake}/features/ranking/"}, {"judgements": f"{bench.lake}/judgements/"}
    )
    score = bench.processing(
        "ScoreJudgements",
        {"judgements": output(replay, "judgements")},
        {"metrics": bench.run_path("metrics")},
        report=("metrics", "metrics.json"),
    )
    record = checks.record(
        bench, "RecordEvaluation", f"{bench.artifacts}/search/models/current/model.tar.gz", f"{bench.lake}/judgements/"
    )
    return [replay, score, record]


@blueprint(WEST, "recsys-two-tower-train", "recsys")
def two_tower(bench: Bench) -> list[Any]:
    prepare = bench.processing(
        "PreparePairs", {"clicks": "s3://acme-public-datasets-us-west-2/clicks/"}, {"pairs": None}
    )
    users = bench.training("TrainUserTower", "tower:1.1", {"pairs": output(prepare, "pairs")}, instance="ml.g5.xlarge")
    items = bench.training("TrainItemTower", "tower:1.1", {"pairs": output(prepare, "pairs")}, instance="ml.g5.xlarge")
    join = bench.processing(
        "JoinTowers", {"users": model_of(users), "items": model_of(items)}, {"index": f"{bench.lake}/recsys/index/"}
    )
    return [
        prepare,
        users,
        items,
        join,
        bench.register("RegisterTower", "tower:1.1", model_of(users), "recsys-user-tower"),
    ]


@blueprint(WEST, "recsys-batch-recommend", "recsys")
def recommend(bench: Bench) -> list[Any]:
    candidates = RawStep(
        "RankCandidates",
        "EMRServerless",
        functions.spark_job(bench, "candidates.py", f"{bench.lake}/recsys/index/", f"{bench.lake}/recsys/candidates/"),
    )
    publish = bench.processing(
        "PublishRecommendations",
        {"candidates": f"{bench.lake}/recsys/candidates/"},
        {"cache": "s3://acme-scratch-us-west-2/recommendations/"},
        depends_on=[candidates],
    )
    return [candidates, publish]


@blueprint("us-east-1", "lakehouse-compaction", "platform")
def compaction(bench: Bench) -> list[Any]:
    compact = RawStep(
        "CompactOrders",
        "EMRServerless",
        functions.spark_job(bench, "compact.py", f"{bench.lake}/orders/", f"{bench.lake}/orders-compacted/"),
    )
    return [compact]


@blueprint(WEST, "legacy-nightly-etl", "platform")
def legacy(bench: Bench) -> list[Any]:
    copy = bench.processing(
        "CopyTables",
        {"tables": "s3://acme-warehouse-2019/tables/"},
        {"tables": "s3://acme-scratch-us-west-2/tables/"},
        environment={"AWS_SECRET_ACCESS_KEY": "fake-secret-access-key-wJalrXUtnFEMI-etl"},
    )
    return [copy]
