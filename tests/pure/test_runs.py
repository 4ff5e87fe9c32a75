"""What an execution adds to the graph."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from lineage.graph import Execution, StepRun, apply_runs, artifact_uses, build_graph, resolve_graph, summarize

START = datetime(2026, 1, 1, tzinfo=UTC)
ARN = "arn:aws:sagemaker:eu-west-1:123456789012"


def at(minutes: int) -> datetime:
    return START + timedelta(minutes=minutes)


def execution(*steps: StepRun, status: str = "Succeeded") -> Execution:
    return Execution(f"{ARN}:pipeline/p/execution/e", "e", status, START, at(9), steps=steps)


def step(type_: str = "Lambda", name: str = "S", arguments: Any = None) -> dict[str, Any]:
    return {"Name": name, "Type": type_, "Arguments": arguments or {}}


@pytest.fixture
def node(render):
    """The rendered node of one step after one run of it."""

    def ran(type_: str, run: StepRun, arguments: Any = None) -> dict[str, Any]:
        [rendered] = render(step(type_, arguments=arguments), execution=execution(run))["nodes"]
        return rendered

    return ran


def test_a_run_is_served_with_all_its_fields(node) -> None:
    run = StepRun(
        "S",
        "Failed",
        at(0),
        at(2),
        failure_reason="out of memory",
        attempts=2,
        cache_source="arn:cache",
        selective_source="arn:selective",
        metadata={"TrainingJob": {"Arn": f"{ARN}:training-job/s-1"}},
        job={
            "TrainingJobName": "S-1",
            "HyperParameters": {"eta": "0.1"},
            "BillableTimeInSeconds": 60,
            "AlgorithmSpecification": {"TrainingImage": "image"},
            "RoleArn": "arn:role",
            "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 2},
        },
        detail_error="denied",
        metrics={"eval.mse": 4.5},
        report_object="s3://b/report.json",
    )

    assert node("Training", run)["run"] == {
        "status": "Failed",
        "startTime": "2026-01-01T00:00:00+00:00",
        "endTime": "2026-01-01T00:02:00+00:00",
        "elapsedSec": 120,
        "jobArn": f"{ARN}:training-job/s-1",
        "jobName": "S-1",
        "metrics": {"eval.mse": 4.5},
        "reportObject": "s3://b/report.json",
        "failureReason": "out of memory",
        "attempts": 2,
        "cacheHit": True,
        "cacheSource": "arn:cache",
        "selectiveSource": "arn:selective",
        "outcome": None,
        "parameters": {"eta": "0.1"},
        "instance": "2 x ml.m5.large",
        "image": "image",
        "role": "arn:role",
        "billableSec": 60,
        "detailError": "denied",
    }


def test_what_a_run_does_not_tell_is_null(node) -> None:
    run = node("Lambda", StepRun("S", "Executing", at(0)))["run"]

    assert {key for key, value in run.items() if value is None} == {
        *("endTime", "elapsedSec", "jobArn", "jobName", "reportObject", "failureReason", "attempts", "cacheSource"),
        *("selectiveSource", "outcome", "instance", "image", "role", "billableSec", "detailError"),
    }
    assert (run["metrics"], run["parameters"], run["cacheHit"]) == ({}, {}, False)


def test_a_job_that_could_not_be_described_is_named_by_its_arn(node) -> None:
    run = StepRun("S", "Succeeded", metadata={"QualityCheck": {"CheckJobArn": f"{ARN}:processing-job/check-1"}})

    assert node("QualityCheck", run)["run"]["jobName"] == "check-1"


@pytest.mark.parametrize(
    ("status", "absent"),
    [
        ("Succeeded", "NotExecuted"),
        ("Failed", "NotExecuted"),
        ("Stopped", "NotExecuted"),
        ("CompletedWithFailures", "NotExecuted"),
        ("Executing", "NotStarted"),
        ("Stopping", "NotStarted"),
    ],
)
def test_a_step_that_did_not_run_says_so(render, status: str, absent: str) -> None:
    [node] = render(step(), execution=execution(status=status))["nodes"]

    assert node["run"]["status"] == absent


def test_without_an_execution_there_is_no_run(render) -> None:
    [node] = render(step("RegisterModel"))["nodes"]

    assert not {"run", "registry"} & node.keys()


@pytest.mark.parametrize(
    ("job", "expected"),
    [
        ({"FinalMetricDataList": [{"MetricName": "rmse", "Value": 1.5}, {"MetricName": "x"}]}, {"rmse": 1.5}),
        (
            {"BestTrainingJob": {"FinalHyperParameterTuningJobObjectiveMetric": {"MetricName": "auc", "Value": 1}}},
            {"auc": 1},
        ),
        (
            {
                "BestCandidate": {
                    "FinalAutoMLJobObjectiveMetric": {"MetricName": "F1", "Value": 0.5},
                    "CandidateProperties": {"CandidateMetrics": [{"MetricName": "AUC", "Value": 0.9}]},
                }
            },
            {"F1": 0.5, "AUC": 0.9},
        ),
        ({"FinalMetricDataList": [{"MetricName": "a", "Value": True}, {"MetricName": "b", "Value": "1"}]}, {}),
        ({"FinalMetricDataList": [{"MetricName": "a", "Value": math.nan}, {"MetricName": "b", "Value": math.inf}]}, {}),
    ],
)
def test_metrics_are_finite_numbers_of_the_job(node, job: dict, expected: dict) -> None:
    assert node("Training", StepRun("S", "Succeeded", job=job))["run"]["metrics"] == expected


def test_a_tuning_job_shows_the_parameters_it_found(node) -> None:
    job = {"BestTrainingJob": {"TunedHyperParameters": {"eta": "0.2"}}}

    assert node("Tuning", StepRun("S", "Succeeded", job=job))["run"]["parameters"] == {"eta": "0.2"}


def test_the_last_attempt_speaks_for_a_step(node, render) -> None:
    runs = [StepRun("S", "Executing"), StepRun("S", "Succeeded", at(5)), StepRun("S", "Failed", at(0))]

    [running] = render(step(), execution=execution(*runs))["nodes"]
    [ended] = render(step(), execution=execution(*runs[1:]))["nodes"]

    assert (running["run"]["status"], ended["run"]["status"]) == ("Executing", "Succeeded")


@pytest.mark.parametrize("order", [[0, 1, 2], [2, 1, 0], [1, 0, 2]])
def test_of_a_loops_iterations_the_worst_speaks(render, order: list[int]) -> None:
    statuses = ["Succeeded", "Failed", "Executing"]
    runs = [StepRun("S", statuses[i], at(n), iteration_index=i) for n, i in enumerate(order)]

    [node] = render(step(), execution=execution(*runs))["nodes"]

    assert (node["run"]["status"], node["run"]["iterations"]) == ("Failed", 3)


def test_a_status_nobody_knows_is_better_than_a_failure(render) -> None:
    runs = [StepRun("S", "Failed", at(0), iteration_index=0), StepRun("S", "Odd", at(1), iteration_index=1)]

    [node] = render(step(), execution=execution(*runs))["nodes"]

    assert node["run"]["status"] == "Failed"


def test_a_registered_model_is_in_the_registry(node) -> None:
    package = f"{ARN}:model-package/group/3"
    job = {"ModelPackageGroupName": "Group", "ModelPackageVersion": 3, "ModelApprovalStatus": "Approved"}
    run = StepRun("S", "Succeeded", metadata={"RegisterModel": {"Arn": package}}, job=job, endpoints=["live"])

    assert node("RegisterModel", run)["registry"] == {
        "modelPackageArn": package,
        "modelPackageGroupName": "Group",
        "version": 3,
        "approvalStatus": "Approved",
        "endpoints": ["live"],
    }


@pytest.mark.parametrize(("tail", "group", "version"), [("group/3", "group", 3), ("alone", "alone", None)])
def test_a_package_that_could_not_be_described_is_read_from_its_arn(node, tail: str, group: str, version: Any) -> None:
    run = StepRun("S", "Succeeded", metadata={"RegisterModel": {"Arn": f"{ARN}:model-package/{tail}"}})

    registry = node("RegisterModel", run)["registry"]

    assert (registry["modelPackageGroupName"], registry["version"]) == (group, version)
    assert registry["approvalStatus"] is None


def test_a_step_that_registers_nothing_has_no_registry(node) -> None:
    assert "registry" not in node("RegisterModel", StepRun("S", "Failed"))
    assert "registry" not in node("Training", StepRun("S", "Failed", job={"ModelPackageArn": "arn:x"}))


@pytest.mark.parametrize(("outcome", "taken"), [("True", [False, True]), ("False", [True, False])])
def test_the_branch_that_was_taken_is_marked(render, outcome: str, taken: list[bool]) -> None:
    branches = {"Conditions": [], "IfSteps": [step(name="X")], "ElseSteps": [step(name="E")]}
    run = StepRun("S", "Succeeded", metadata={"Condition": {"Outcome": outcome}})

    graph = render(step("Condition", arguments=branches), execution=execution(run))

    assert [(edge["to"], edge["taken"]) for edge in graph["edges"]] == list(zip("EX", taken, strict=True))
    assert graph["nodes"][0]["run"]["outcome"] == outcome


def test_before_its_outcome_no_branch_is_taken(render) -> None:
    condition = step("Condition", arguments={"Conditions": [], "IfSteps": [step(name="X")]})

    [edge] = render(condition, execution=execution(StepRun("S", "Executing")))["edges"]

    assert "taken" not in edge


@pytest.mark.parametrize(
    ("type_", "run", "side", "expected"),
    [
        (
            "Training",
            {"job": {"ModelArtifacts": {"S3ModelArtifacts": "s3://b/m/model.tar.gz"}}},
            "outputs",
            ("ModelArtifacts.S3ModelArtifacts", "s3://b/m/model.tar.gz", "model"),
        ),
        (
            "AutoML",
            {"job": {"BestCandidate": {"InferenceContainers": [{"ModelDataUrl": "s3://b/best.tar.gz"}]}}},
            "outputs",
            ("BestCandidate.InferenceContainers[0].ModelDataUrl", "s3://b/best.tar.gz", "model"),
        ),
        (
            "AutoML",
            {
                "job": {
                    "BestCandidate": {
                        "CandidateProperties": {"CandidateArtifactLocations": {"Explainability": "s3://b/shap"}}
                    }
                }
            },
            "outputs",
            ("BestCandidate.Explainability", "s3://b/shap", "report"),
        ),
        (
            "QualityCheck",
            {"metadata": {"QualityCheck": {"ViolationReport": "s3://b/v.json"}}},
            "outputs",
            ("ViolationReport", "s3://b/v.json", "report"),
        ),
        (
            "QualityCheck",
            {"metadata": {"QualityCheck": {"BaselineUsedForDriftCheckStatistics": "s3://b/base.json"}}},
            "inputs",
            ("BaselineUsedForDriftCheckStatistics", "s3://b/base.json", "baseline"),
        ),
        (
            "Lambda",
            {"metadata": {"Lambda": {"OutputParameters": [{"Name": "where", "Value": "s3://b/l"}]}}},
            "outputs",
            ("where", "s3://b/l", "argument"),
        ),
        (
            "Athena",
            {"metadata": {"Athena": {"S3OutputLocation": "s3://b/query"}}},
            "outputs",
            ("S3OutputLocation", "s3://b/query", "data"),
        ),
        (
            "EMR",
            {"metadata": {"EMR": {"LogFilePath": "s3://b/log"}}},
            "outputs",
            ("LogFilePath", "s3://b/log", "log"),
        ),
        (
            "Transform",
            {"job": {"TransformOutput": {"S3OutputPath": "s3://b/scores"}}},
            "outputs",
            ("TransformOutput.S3OutputPath", "s3://b/scores", "data"),
        ),
    ],
)
def test_a_run_shows_what_the_definition_could_not_say(node, type_: str, run: dict, side: str, expected: tuple) -> None:
    [port] = node(type_, StepRun("S", "Succeeded", **run))[side]

    assert (port["name"], port["uri"], port["role"]) == expected
    assert port["resolved"] is True
    assert port["artifact"] == 0


def test_the_best_model_lies_where_its_definition_writes(node) -> None:
    definitions = [
        {"DefinitionName": name, "OutputDataConfig": {"S3OutputPath": f"s3://b/{name}/"}} for name in ("one", "two")
    ]
    best = {"TrainingJobName": "t-7", "TrainingJobDefinitionName": "two"}
    run = StepRun("S", "Succeeded", job={"BestTrainingJob": best, "TrainingJobDefinitions": definitions})

    uris = {port["name"]: port["uri"] for port in node("Tuning", run)["outputs"]}

    assert uris["BestTrainingJob"] == "s3://b/two/t-7/output/model.tar.gz"


def test_a_described_value_that_is_no_text_is_no_port(node) -> None:
    job = {"TransformOutput": {"S3OutputPath": {"Get": "Parameters.P"}}}

    assert node("Transform", StepRun("S", "Succeeded", job=job))["outputs"] == []


@pytest.mark.parametrize(
    "job",
    [
        {"BestTrainingJob": {"TrainingJobName": "t"}},
        {
            "BestTrainingJob": {"TrainingJobName": "t", "TrainingJobDefinitionName": "gone"},
            "TrainingJobDefinition": {"x": 1},
        },
        {"ModelArtifacts": {"S3ModelArtifacts": "elsewhere"}},
    ],
)
def test_a_model_whose_place_is_not_known_is_no_output(node, job: dict) -> None:
    assert node("Tuning", StepRun("S", "Succeeded", job=job))["outputs"] == []


def test_an_output_that_is_no_location_is_no_port(node) -> None:
    outputs = [{"Name": "rows", "Value": "17"}, {"Name": "where", "Value": "s3://b/x"}]
    run = StepRun("S", "Succeeded", metadata={"Callback": {"OutputParameters": outputs}})

    assert [port["name"] for port in node("Callback", run)["outputs"]] == ["where"]


def test_a_place_the_definition_names_is_not_repeated(node) -> None:
    place = {"OutputDataConfig": {"S3OutputPath": "s3://b/m"}}
    moved = {"OutputDataConfig": {"S3OutputPath": "s3://b/m/"}}

    assert len(node("Training", StepRun("S", "Succeeded", job=moved), place)["outputs"]) == 1


def test_the_summary_is_the_executions_own() -> None:
    run = execution(StepRun("A", "Succeeded"), StepRun("B", "Succeeded"), status="Stopped")
    steps = [step(name=name) for name in "ABC"]
    graph = apply_runs(resolve_graph(build_graph({"Steps": steps}), run), run)

    assert summarize(graph, run) == {
        "overallStatus": "Stopped",
        "nodeStatus": {"NotExecuted": 1, "Succeeded": 2},
        "elapsedSec": 540,
    }


def test_without_an_execution_the_summary_is_unknown() -> None:
    expected = {"overallStatus": "Unknown", "nodeStatus": {}, "elapsedSec": None}

    assert summarize(build_graph({"Steps": [step()]}), None) == expected


def test_an_execution_that_still_runs_has_no_elapsed_time() -> None:
    run = Execution("arn", "e", "Executing", START, None)

    assert summarize(build_graph({"Steps": []}), run)["elapsedSec"] is None


def test_uses_name_what_is_read_and_written(processing) -> None:
    definition = {"Steps": [processing("A", {"i": {"Get": "Parameters.P"}}, {"o": "s3://b/k/"})]}

    read, written = artifact_uses(resolve_graph(build_graph(definition)))

    assert (read.direction, read.uri, read.bucket, read.resolved) == ("input", "${Parameters.P}", None, False)
    assert (written.direction, written.name, written.bucket, written.key) == ("output", "o", "b", "k/")
    assert (written.step, written.role, written.uri) == ("A", "data", "s3://b/k/")


def test_a_use_that_is_not_in_s3_has_no_bucket() -> None:
    graph = build_graph({"Steps": [step("Transform", arguments={"ModelName": "churn"})]})

    assert [(use.uri, use.bucket, use.key) for use in artifact_uses(graph)] == [("churn", None, None)]
