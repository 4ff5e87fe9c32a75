"""ap-northeast-2: images, and Korea's own forecast."""

from __future__ import annotations

from typing import Any

from sagemaker.workflow.fail_step import FailStep
from sagemaker.workflow.notebook_job_step import NotebookJobStep

from . import checks, deployment
from .bench import MATERIAL, Bench, blueprint, model_of, output

SEOUL = "ap-northeast-2"
IMAGES = "s3://acme-vision-images-ap-northeast-2"


@blueprint(SEOUL, "vision-label-import", "vision")
def labels(bench: Bench) -> list[Any]:
    label = bench.callback("LabelImages", "labelling", {"images": f"{IMAGES}/raw/"}, ("manifest_uri", "labelled"))
    convert = bench.processing(
        "ConvertLabels", {"manifest": label.properties.Outputs["manifest_uri"]}, {"labels": f"{IMAGES}/labels/"}
    )
    return [label, convert]


@blueprint(SEOUL, "vision-augmentation", "vision")
def augmentation(bench: Bench) -> list[Any]:
    crop = bench.processing("Crop", {"images": f"{IMAGES}/raw/"}, {"crops": None}, cached=True)
    rotate = bench.processing("Rotate", {"crops": output(crop, "crops")}, {"images": f"{IMAGES}/augmented/rotated/"})
    blur = bench.processing("Blur", {"crops": output(crop, "crops")}, {"images": f"{IMAGES}/augmented/blurred/"})
    return [crop, rotate, blur]


@blueprint(SEOUL, "vision-defect-train", "vision")
def defects(bench: Bench) -> list[Any]:
    train = bench.training(
        "TrainDetector",
        "detector:8.0",
        {"images": f"{IMAGES}/augmented/", "labels": f"{IMAGES}/labels/"},
        instance=bench.parameter("TrainingInstanceType", "ml.g5.4xlarge"),
        environment={"WANDB_PROJECT": "defects", "WANDB_API_KEY": "fake-wandb-api-key-4242424242-vision"},
        use_spot_instances=True,
        max_wait=86400,
        checkpoint_s3_uri=f"{bench.artifacts}/vision/checkpoints/",
    )
    evaluate = bench.processing(
        "EvaluateDetector",
        {"model": model_of(train), "labels": f"{IMAGES}/labels/"},
        {"evaluation": bench.run_path("evaluation")},
        report=("evaluation", "evaluation.json"),
    )
    register = bench.register(
        "RegisterDetector", "detector:8.0", model_of(train), "defect-detector", approval="Approved"
    )
    fast = checks.ceiling(
        "IsFast",
        checks.reported(evaluate, "latency.p95"),
        80.0,
        [register],
        [FailStep(name="TooSlow", error_message="p95 is above 80 ms")],
    )
    small = checks.ceiling("IsSmall", checks.reported(evaluate, "size.megabytes"), 300.0, [fast], [])
    precise = checks.gate(
        "IsPrecise",
        checks.reported(evaluate, "detection.map50"),
        0.6,
        [small],
        [FailStep(name="Imprecise", error_message="mAP is below 0.6")],
    )
    return [train, evaluate, precise]


@blueprint(SEOUL, "vision-defect-edge-deploy", "vision")
def edge(bench: Bench) -> list[Any]:
    model = bench.create_model("EdgeModel", "detector:8.0", f"{bench.artifacts}/vision/models/current/model.tar.gz")
    config = deployment.endpoint_config(
        bench,
        "EdgeConfig",
        model.properties.ModelName,
        async_inference_config_dict={"OutputConfig": {"S3OutputPath": f"{IMAGES}/inference/"}},
        data_capture_config_dict={
            "EnableCapture": True,
            "InitialSamplingPercentage": 20,
            "DestinationS3Uri": f"{bench.artifacts}/vision/capture",
            "CaptureOptions": [{"CaptureMode": "Input"}, {"CaptureMode": "Output"}],
        },
    )
    return [model, config, deployment.endpoint(bench, "EdgeEndpoint", "defect-detector-async", config)]


@blueprint(SEOUL, "vision-shelf-automl", "vision")
def shelf(bench: Bench) -> list[Any]:
    search = bench.automl("SearchShelfModels", f"{IMAGES}/shelf/table.csv", "in_stock")
    register = bench.register(
        "RegisterShelf",
        "autopilot:3",
        search.properties.BestCandidate.InferenceContainers[0].ModelDataUrl,
        "shelf-stock",
    )
    return [search, register]


@blueprint(SEOUL, "vision-weekly-report", "vision")
def weekly_report(bench: Bench) -> list[Any]:
    options = {
        "image_uri": bench.image("notebook:1.9"),
        "kernel_name": "python3",
        "role": bench.role,
        "s3_root_uri": f"{bench.artifacts}/notebooks",
        "notebook_job_name": "vision-report",
    }
    collect = NotebookJobStep(name="CollectNumbers", input_notebook=str(MATERIAL / "collect.ipynb"), **options)
    draw = NotebookJobStep(
        name="DrawCharts",
        input_notebook=str(MATERIAL / "draw.ipynb"),
        parameters={"week": bench.parameter("Week", "latest")},
        depends_on=[collect],
        **options,
    )
    return [collect, draw]


@blueprint(SEOUL, "kr-demand-forecast", "forecast")
def korea(bench: Bench) -> list[Any]:
    prepare = bench.processing(
        "PrepareKorea",
        {"orders": f"{bench.lake}/orders/", "global": "s3://acme-data-lake-us-east-1/forecasts/demand/"},
        {"series": None},
        private=True,
    )
    train = bench.training("TrainKorea", "deepar:2.1", {"train": output(prepare, "series")}, private=True)
    return [
        prepare,
        train,
        bench.register("RegisterKorea", "deepar:2.1", model_of(train), "kr-demand-forecast", approval="Approved"),
    ]
