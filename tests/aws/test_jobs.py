"""What stands behind each kind of step."""

from __future__ import annotations

import pytest

from inventory.aws.errors import AWSError, ErrorKind
from inventory.aws.executions import crawl_steps
from inventory.aws.jobs import KINDS, crawl_job, parse_job
from inventory.aws.records import StepRecord

OPERATIONS = {
    "ProcessingJob": "describe_processing_job",
    "TrainingJob": "describe_training_job",
    "TransformJob": "describe_transform_job",
    "TuningJob": "describe_hyper_parameter_tuning_job",
    "AutoMLJob": "describe_auto_ml_job_v2",
    "Model": "describe_model",
    "EndpointConfig": "describe_endpoint_config",
    "Endpoint": "describe_endpoint",
    "InferenceComponent": "describe_inference_component",
    "RegisterModel": "describe_model_package",
}
IMAGE = {"TrainingImage": "image", "TrainingInputMode": "File"}
TUNING = {
    "Name": "Tune",
    "Type": "Tuning",
    "Arguments": {
        "HyperParameterTuningJobConfig": {
            "Strategy": "Bayesian",
            "HyperParameterTuningJobObjective": {"Type": "Maximize", "MetricName": "auc"},
        },
        "TrainingJobDefinition": {
            "AlgorithmSpecification": IMAGE,
            "OutputDataConfig": {"S3OutputPath": "s3://lake/models"},
            "StaticHyperParameters": {"api_key": "hunter2"},
        },
    },
}


def arn(kind, name="a"):
    return f"arn:aws:sagemaker:us-east-1:123456789012:{kind}/{name}"


def step(kind, member="Arn", resource=None):
    return StepRecord(
        "Step", "", "", "Succeeded", None, None, "", None, "", "", None, {kind: {member: resource or arn("x")}}
    )


@pytest.fixture
def tuning(connection, demo_aws, create_pipeline):
    """A step that a tuning job stands behind."""
    create_pipeline("churn", TUNING)
    [found] = crawl_steps(connection, demo_aws.run("churn"))
    return found


@pytest.mark.parametrize("kind", OPERATIONS)
def test_every_kind_has_its_call(connection, monkeypatch, kind):
    described = KINDS[kind]
    asked = []
    raw = {described.arn: arn("x"), described.name: "a"}
    monkeypatch.setattr(connection.sagemaker, OPERATIONS[kind], lambda **names: asked.append(names) or raw)

    job = crawl_job(connection, step(kind))

    assert (job.arn, job.name, job.kind) == (arn("x"), "a", described.kind)
    assert next(iter(asked[0].values())) == (arn("x") if kind == "RegisterModel" else "a")
    assert set(asked[0]) <= set(
        connection.sagemaker.meta.service_model.operation_model(described.operation).input_shape.members
    )


@pytest.mark.parametrize("kind", ["QualityCheck", "ClarifyCheck"])
def test_a_check_is_a_processing_job(connection, monkeypatch, kind):
    raw = {"ProcessingJobArn": arn("processing-job"), "ProcessingJobName": "a", "ProcessingJobStatus": "Completed"}
    monkeypatch.setattr(connection.sagemaker, "describe_processing_job", lambda **_: raw)

    assert crawl_job(connection, step(kind, "CheckJobArn")).kind == "ProcessingJob"


@pytest.mark.parametrize("kind", ["Lambda", "Callback", "Condition", "EMR", "Fail"])
def test_the_metadata_may_be_all_there_is(connection, kind):
    assert crawl_job(connection, step(kind)) is None


def test_a_job_that_has_no_arn_yet_is_not_described(connection):
    assert crawl_job(connection, step("TrainingJob", "Other")) is None
    assert connection.calls == {}


@pytest.mark.parametrize(("code", "kind"), [("AccessDeniedException", ErrorKind.DENIED), (None, ErrorKind.NOT_FOUND)])
def test_a_job_that_cannot_be_described_is_an_error(connection, demo_aws, code, kind):
    if code:
        demo_aws.faults.add(code, action="DescribeTrainingJob")

    with pytest.raises(AWSError) as caught:
        crawl_job(connection, step("TrainingJob"))
    assert caught.value.kind is kind


def test_an_answer_without_its_arn_was_cut_off(connection, monkeypatch):
    monkeypatch.setattr(connection.sagemaker, "describe_model", lambda **_: {})

    with pytest.raises(AWSError, match="cut off"):
        crawl_job(connection, step("Model"))


def test_a_tuning_job_has_its_best_training_job(connection, tuning):
    job = crawl_job(connection, tuning)

    best = job.description["BestTrainingJobDescription"]
    assert (job.kind, job.status, job.is_terminal) == ("TuningJob", "Completed", True)
    assert best["TrainingJobName"] == job.description["BestTrainingJob"]["TrainingJobName"]
    assert best["HyperParameters"] == {"api_key": "(masked)"}


def test_without_its_best_training_job_a_tuning_job_still_counts(connection, demo_aws, tuning):
    demo_aws.faults.add("AccessDeniedException", action="DescribeTrainingJob")

    job = crawl_job(connection, tuning)

    assert job.kind == "TuningJob"
    assert "BestTrainingJobDescription" not in job.description


@pytest.mark.parametrize(
    ("kind", "status", "is_terminal"),
    [
        ("TrainingJob", "Completed", True),
        ("TrainingJob", "Failed", True),
        ("TrainingJob", "InProgress", False),
        ("Model", "", True),
        ("EndpointConfig", "", True),
        ("Endpoint", "Failed", False),
        ("RegisterModel", "Completed", False),
    ],
)
def test_what_never_changes_again_is_terminal(kind, status, is_terminal):
    described = KINDS[kind]
    raw = {described.arn: arn("x"), **({described.status: status} if described.status else {})}

    assert parse_job(described, raw).is_terminal is is_terminal


def test_a_package_without_a_name_is_called_by_its_arn():
    assert parse_job(KINDS["RegisterModel"], {"ModelPackageArn": arn("model-package", "churn/3")}).name == "churn/3"


def test_a_description_is_masked_and_plain():
    raw = {"ModelArn": arn("model"), "PrimaryContainer": {"Environment": {"PASSWORD": "x"}}, "ResponseMetadata": {}}

    description = parse_job(KINDS["Model"], raw).description

    assert description == {"ModelArn": arn("model"), "PrimaryContainer": {"Environment": {"PASSWORD": "(masked)"}}}


@pytest.mark.parametrize(("members", "more"), [({"IncludedData": 1}, {"IncludedData": "MetadataOnly"}), ({}, {})])
def test_a_package_is_asked_for_without_what_needs_a_key(connection, monkeypatch, members, more):
    client = connection.sagemaker
    shape = client.meta.service_model.operation_model("DescribeModelPackage").input_shape
    asked = []
    monkeypatch.setattr(shape, "members", members, raising=False)
    monkeypatch.setattr(
        client.meta.service_model, "operation_model", lambda _: type("Model", (), {"input_shape": shape})
    )
    monkeypatch.setattr(
        client, "describe_model_package", lambda **names: asked.append(names) or {"ModelPackageArn": arn("x")}
    )

    crawl_job(connection, step("RegisterModel"))

    assert asked == [{"ModelPackageName": arn("x"), **more}]
