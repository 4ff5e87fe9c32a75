"""The demo AWS: executions, their steps and the jobs behind them."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from botocore.exceptions import ClientError

START = "2026-01-02T03:00:00+00:00"


def get(path):
    return {"Get": f"Steps.{path}"}


def processing(name, source="s3://lake/raw", target="s3://lake/out", **more):
    arguments = {
        "ProcessingInputs": [{"InputName": "in", "S3Input": {"S3Uri": source, "LocalPath": "/in"}}],
        "ProcessingOutputConfig": {"Outputs": [{"OutputName": "out", "S3Output": {"S3Uri": target}}]},
        "AppSpecification": {"ImageUri": "image"},
        "Environment": {"ROUNDS": 3},
    }
    return {"Name": name, "Type": "Processing", "Arguments": arguments, **more}


def out_of(name):
    return get(f"{name}.ProcessingOutputConfig.Outputs['out'].S3Output.S3Uri")


def training(name, source, **more):
    arguments = {
        "AlgorithmSpecification": {"TrainingImage": "image", "TrainingInputMode": "File"},
        "InputDataConfig": [{"ChannelName": "train", "DataSource": {"S3DataSource": {"S3Uri": source}}}],
        "OutputDataConfig": {"S3OutputPath": "s3://lake/models/"},
        "HyperParameters": {"epochs": 3},
    }
    return {"Name": name, "Type": "Training", "Arguments": arguments, **more}


def condition(name, if_steps=(), else_steps=(), left=1):
    conditions = [{"Type": "Equals", "LeftValue": left, "RightValue": 1}]
    arguments = {"Conditions": conditions, "IfSteps": list(if_steps), "ElseSteps": list(else_steps)}
    return {"Name": name, "Type": "Condition", "Arguments": arguments}


@pytest.fixture
def sagemaker(demo_aws):
    return demo_aws.client("sagemaker")


@pytest.fixture
def steps_of(sagemaker):
    """The steps of an execution by name, in the order they began."""

    def listed(arn):
        pages = sagemaker.get_paginator("list_pipeline_execution_steps").paginate(PipelineExecutionArn=arn)
        steps = [step for page in pages for step in page["PipelineExecutionSteps"]]
        return {step["StepName"]: step for step in reversed(steps)}

    return listed


def describe_processing(sagemaker, step):
    name = step["Metadata"]["ProcessingJob"]["Arn"].rpartition("/")[2]
    return sagemaker.describe_processing_job(ProcessingJobName=name)


def test_steps_are_paged_by_ten_newest_first(demo_aws, create_pipeline, sagemaker):
    create_pipeline("churn", *[processing(f"s{number:02}", DependsOn=[f"s{number - 1:02}"]) for number in range(12)])
    arn = demo_aws.run("churn")

    page = sagemaker.list_pipeline_execution_steps(PipelineExecutionArn=arn)
    rest = sagemaker.list_pipeline_execution_steps(PipelineExecutionArn=arn, NextToken=page["NextToken"])

    names = [step["StepName"] for step in page["PipelineExecutionSteps"] + rest["PipelineExecutionSteps"]]
    assert len(page["PipelineExecutionSteps"]) == 10
    assert names == [f"s{number:02}" for number in reversed(range(12))]


def test_steps_may_be_listed_oldest_first(demo_aws, create_pipeline, sagemaker):
    create_pipeline("churn", processing("a"), processing("b", DependsOn=["a"]))

    answer = sagemaker.list_pipeline_execution_steps(PipelineExecutionArn=demo_aws.run("churn"), SortOrder="Ascending")

    assert [step["StepName"] for step in answer["PipelineExecutionSteps"]] == ["a", "b"]


@pytest.mark.parametrize(
    "operation",
    ["list_pipeline_execution_steps", "describe_pipeline_execution", "list_pipeline_parameters_for_execution"],
)
def test_a_missing_execution_is_resource_not_found(sagemaker, operation):
    with pytest.raises(ClientError, match="ResourceNotFound"):
        getattr(sagemaker, operation)(
            PipelineExecutionArn="arn:aws:sagemaker:us-east-1:123456789012:pipeline/a/execution/b"
        )


def test_executions_are_listed_newest_first_and_paged(demo_aws, create_pipeline, sagemaker):
    create_pipeline("churn")
    arns = [demo_aws.run("churn", start=f"2026-01-0{day}T00:00:00+00:00") for day in (2, 3, 1)]

    page = sagemaker.list_pipeline_executions(PipelineName="churn", MaxResults=2)
    rest = sagemaker.list_pipeline_executions(PipelineName="churn", MaxResults=2, NextToken=page["NextToken"])
    ascending = sagemaker.list_pipeline_executions(PipelineName="churn", SortOrder="Ascending")

    listed = page["PipelineExecutionSummaries"] + rest["PipelineExecutionSummaries"]
    assert [summary["PipelineExecutionArn"] for summary in listed] == [arns[1], arns[0], arns[2]]
    assert ascending["PipelineExecutionSummaries"][0]["PipelineExecutionArn"] == arns[2]
    assert "PipelineExecutionFailureReason" not in listed[0]


def test_a_started_execution_has_run_at_once(create_pipeline, sagemaker, steps_of):
    create_pipeline("churn", processing("a"), parameters=[{"Name": "P", "Type": "String", "DefaultValue": "x"}])

    arn = sagemaker.start_pipeline_execution(
        PipelineName="churn",
        PipelineExecutionDisplayName="by hand",
        PipelineParameters=[{"Name": "P", "Value": "y"}],
        ClientRequestToken="-" * 32,
    )["PipelineExecutionArn"]

    described = sagemaker.describe_pipeline_execution(PipelineExecutionArn=arn)
    parameters = sagemaker.list_pipeline_parameters_for_execution(PipelineExecutionArn=arn)["PipelineParameters"]
    assert (described["PipelineExecutionStatus"], described["PipelineExecutionDisplayName"]) == ("Succeeded", "by hand")
    assert parameters == [{"Name": "P", "Value": "y"}]
    assert steps_of(arn)["a"]["StepStatus"] == "Succeeded"


def test_an_execution_in_flight_can_be_stopped(demo_aws, create_pipeline, sagemaker):
    create_pipeline("churn", processing("a"))
    running = demo_aws.run("churn", steps={"a": {"status": "Executing"}})
    finished = demo_aws.run("churn")

    for arn in (running, finished):
        sagemaker.stop_pipeline_execution(PipelineExecutionArn=arn, ClientRequestToken="-" * 32)

    statuses = [
        sagemaker.describe_pipeline_execution(PipelineExecutionArn=arn)["PipelineExecutionStatus"]
        for arn in (running, finished)
    ]
    assert statuses == ["Stopping", "Succeeded"]


def test_an_execution_keeps_the_definition_it_ran(demo_aws, create_pipeline, sagemaker):
    create_pipeline("churn", processing("before"))
    arn = demo_aws.run("churn")
    sagemaker.update_pipeline(PipelineName="churn", PipelineDefinition='{"Steps": []}')

    answer = sagemaker.describe_pipeline_definition_for_execution(PipelineExecutionArn=arn)

    assert "before" in answer["PipelineDefinition"]


def test_expressions_are_worked_out_for_the_jobs(demo_aws, create_pipeline, sagemaker, steps_of):
    own = {"Std:Join": {"On": "/", "Values": ["s3://lake", {"Get": "Execution.PipelineExecutionId"}, "out"]}}
    create_pipeline(
        "churn",
        processing("a", source={"Get": "Parameters.Source"}, target=own),
        processing("b", source=out_of("a")),
        parameters=[{"Name": "Source", "Type": "String", "DefaultValue": "s3://lake/default"}],
    )
    arn = demo_aws.run("churn", parameters={"Source": "s3://lake/given"}, execution_id="abc123")

    steps = steps_of(arn)
    first, second = describe_processing(sagemaker, steps["a"]), describe_processing(sagemaker, steps["b"])

    assert first["ProcessingInputs"][0]["S3Input"]["S3Uri"] == "s3://lake/given"
    assert second["ProcessingInputs"][0]["S3Input"]["S3Uri"] == "s3://lake/abc123/out"
    assert first["Environment"] == {"ROUNDS": "3"}


def test_a_step_begins_when_what_it_needs_has_ended(demo_aws, create_pipeline, steps_of):
    create_pipeline("churn", processing("b", source=out_of("a")), processing("a"))

    steps = steps_of(demo_aws.run("churn", start=START, steps={"a": {"seconds": 60}}))

    assert steps["a"]["StartTime"] == datetime(2026, 1, 2, 3, 0, 2, tzinfo=UTC)
    assert steps["a"]["EndTime"] == datetime(2026, 1, 2, 3, 1, 2, tzinfo=UTC)
    assert steps["b"]["StartTime"] > steps["a"]["EndTime"]


def test_names_in_arns_are_in_lower_case(demo_aws, create_pipeline, sagemaker, steps_of):
    create_pipeline("churn", training("TrainModel", "s3://lake/in"))

    [step] = steps_of(demo_aws.run("churn")).values()
    arn = step["Metadata"]["TrainingJob"]["Arn"]
    job = sagemaker.describe_training_job(TrainingJobName=arn.rpartition("/")[2])

    assert arn == arn.lower()
    assert "TrainModel" in job["TrainingJobName"]
    assert job["ModelArtifacts"]["S3ModelArtifacts"] == f"s3://lake/models/{job['TrainingJobName']}/output/model.tar.gz"


def test_a_failed_step_ends_the_execution_and_says_why(demo_aws, create_pipeline, sagemaker, steps_of):
    create_pipeline("churn", processing("a"), training("b", out_of("a")), processing("c", DependsOn="b"))

    arn = demo_aws.run("churn", steps={"b": {"status": "Failed", "failure_reason": "no capacity"}})

    described = sagemaker.describe_pipeline_execution(PipelineExecutionArn=arn)
    steps = steps_of(arn)
    job = sagemaker.describe_training_job(
        TrainingJobName=steps["b"]["Metadata"]["TrainingJob"]["Arn"].rpartition("/")[2]
    )
    [summary] = sagemaker.list_pipeline_executions(PipelineName="churn")["PipelineExecutionSummaries"]
    assert described["PipelineExecutionStatus"] == "Failed"
    assert described["FailureReason"] == summary["PipelineExecutionFailureReason"]
    assert (list(steps), steps["b"]["FailureReason"]) == (["a", "b"], "no capacity")
    assert (job["TrainingJobStatus"], job["FailureReason"]) == ("Failed", "no capacity")


@pytest.mark.parametrize(
    ("step", "execution"),
    [("Executing", "Executing"), ("Starting", "Executing"), ("Stopping", "Stopping"), ("Stopped", "Stopped")],
)
def test_the_execution_is_in_the_state_of_its_last_step(
    demo_aws, create_pipeline, sagemaker, steps_of, step, execution
):
    create_pipeline("churn", processing("a"), processing("b", DependsOn=["a"]))

    arn = demo_aws.run("churn", steps={"a": {"status": step}})

    [listed] = steps_of(arn).values()
    described = sagemaker.describe_pipeline_execution(PipelineExecutionArn=arn)
    assert described["PipelineExecutionStatus"] == execution
    assert ("EndTime" in listed) == (step == "Stopped")


def test_a_status_may_be_given(demo_aws, create_pipeline, sagemaker):
    create_pipeline("churn", processing("a"))

    arn = demo_aws.run("churn", status="CompletedWithFailures")

    described = sagemaker.describe_pipeline_execution(PipelineExecutionArn=arn)
    assert described["PipelineExecutionStatus"] == "CompletedWithFailures"


@pytest.mark.parametrize(("outcome", "ran"), [("True", ["gate", "yes"]), ("False", ["gate", "no"])])
def test_only_the_branch_of_the_outcome_runs(demo_aws, create_pipeline, steps_of, outcome, ran):
    create_pipeline("churn", condition("gate", [processing("yes")], [processing("no")]))

    steps = steps_of(demo_aws.run("churn", steps={"gate": {"outcome": outcome}}))

    assert list(steps) == ran
    assert steps["gate"]["Metadata"]["Condition"]["Outcome"] == outcome


def test_a_fail_step_fails_the_execution_with_its_message(demo_aws, create_pipeline, sagemaker, steps_of):
    message = {"Std:Join": {"On": " ", "Values": ["too", "weak"]}}
    create_pipeline("churn", {"Name": "no", "Type": "Fail", "Arguments": {"ErrorMessage": message}})

    arn = demo_aws.run("churn")

    [step] = steps_of(arn).values()
    assert (step["StepStatus"], step["FailureReason"]) == ("Failed", "too weak")
    assert step["Metadata"]["Fail"]["ErrorMessage"] == "too weak"
    assert sagemaker.describe_pipeline_execution(PipelineExecutionArn=arn)["PipelineExecutionStatus"] == "Failed"


def test_a_cached_step_names_its_source_and_keeps_its_job(demo_aws, create_pipeline, steps_of):
    create_pipeline("churn", processing("a"))
    source = demo_aws.run("churn", start=START)

    step = steps_of(demo_aws.run("churn", steps={"a": {"cached": True}}))["a"]

    assert step["CacheHitResult"] == {"SourcePipelineExecutionArn": source}
    assert step["Metadata"] == steps_of(source)["a"]["Metadata"]


def test_a_step_that_is_not_cached_has_an_empty_source(demo_aws, create_pipeline, steps_of):
    create_pipeline("churn", processing("a"))

    step = steps_of(demo_aws.run("churn", steps={"a": {"cached": True}}))["a"]

    assert step["CacheHitResult"] == {"SourcePipelineExecutionArn": ""}


def test_a_selective_execution_takes_what_it_needs_from_its_source(demo_aws, create_pipeline, sagemaker, steps_of):
    create_pipeline("churn", processing("a"), training("b", out_of("a")), processing("c"))
    source = demo_aws.run("churn", start=START)

    arn = sagemaker.start_pipeline_execution(
        PipelineName="churn",
        ClientRequestToken="-" * 32,
        SelectiveExecutionConfig={"SourcePipelineExecutionArn": source, "SelectedSteps": [{"StepName": "b"}]},
    )["PipelineExecutionArn"]

    steps = steps_of(arn)
    config = sagemaker.describe_pipeline_execution(PipelineExecutionArn=arn)["SelectiveExecutionConfig"]
    assert steps["a"]["SelectiveExecutionResult"] == {"SourcePipelineExecutionArn": source}
    assert set(steps) == {"a", "b"}
    assert "SelectiveExecutionResult" not in steps["b"]
    assert config["SelectedSteps"] == [{"StepName": "b"}]


def test_attempts_are_told(demo_aws, create_pipeline, steps_of):
    create_pipeline("churn", processing("a"))

    assert steps_of(demo_aws.run("churn", steps={"a": {"attempts": 3}}))["a"]["AttemptCount"] == 3


def test_training_metrics_are_those_of_the_script(demo_aws, create_pipeline, sagemaker, steps_of):
    create_pipeline("churn", training("a", "s3://lake/in"))

    step = steps_of(demo_aws.run("churn", start=START, steps={"a": {"metrics": {"auc": 0.9}, "seconds": 90}}))["a"]

    job = sagemaker.describe_training_job(TrainingJobName=step["Metadata"]["TrainingJob"]["Arn"].rpartition("/")[2])
    assert [(metric["MetricName"], round(metric["Value"], 3)) for metric in job["FinalMetricDataList"]] == [
        ("auc", 0.9)
    ]
    assert job["BillableTimeInSeconds"] == 90


def test_a_report_is_put_where_the_property_file_points(demo_aws, create_pipeline):
    demo_aws.client("s3").create_bucket(Bucket="lake")
    files = [{"PropertyFileName": "Report", "OutputName": "out", "FilePath": "evaluation.json"}]
    create_pipeline("churn", processing("a", PropertyFiles=files))

    demo_aws.run("churn", steps={"a": {"report": {"auc": 0.9}}})

    body = demo_aws.client("s3").get_object(Bucket="lake", Key="out/evaluation.json")["Body"].read()
    assert json.loads(body) == {"auc": 0.9}


def test_a_report_without_property_file_is_put_in_the_first_output(demo_aws, create_pipeline):
    demo_aws.client("s3").create_bucket(Bucket="lake")
    create_pipeline("churn", processing("a"))

    demo_aws.run("churn", steps={"a": {"report": "not json"}})

    assert demo_aws.client("s3").get_object(Bucket="lake", Key="out/evaluation.json")["Body"].read() == b"not json"


def test_a_report_for_a_bucket_that_is_not_there_is_dropped(demo_aws, create_pipeline, steps_of):
    create_pipeline("churn", processing("a"))

    assert steps_of(demo_aws.run("churn", steps={"a": {"report": {}}}))["a"]["StepStatus"] == "Succeeded"


def test_a_number_out_of_a_report_reaches_the_next_step(demo_aws, create_pipeline, sagemaker, steps_of):
    files = [{"PropertyFileName": "Report", "OutputName": "out", "FilePath": "evaluation.json"}]
    number = {"Std:JsonGet": {"PropertyFile": get("a.PropertyFiles.Report"), "Path": "metrics[1].value"}}
    after = training("b", "s3://lake/in")
    after["Arguments"]["HyperParameters"] = {"known": number, "unknown": {"Std:JsonGet": {"Path": "x"}}}
    create_pipeline("churn", processing("a", PropertyFiles=files), after)

    arn = demo_aws.run("churn", steps={"a": {"report": {"metrics": [{"value": 1}, {"value": 2}]}}})

    step = steps_of(arn)["b"]
    job = sagemaker.describe_training_job(TrainingJobName=step["Metadata"]["TrainingJob"]["Arn"].rpartition("/")[2])
    assert job["HyperParameters"] == {"known": "2", "unknown": "0.5"}


def test_a_callback_has_a_token_and_the_outputs_of_the_script(demo_aws, create_pipeline, steps_of):
    step = {
        "Name": "ask",
        "Type": "Callback",
        "SqsQueueUrl": "https://queue",
        "OutputParameters": [
            {"OutputName": "uri", "OutputType": "String"},
            {"OutputName": "who", "OutputType": "String"},
        ],
    }
    create_pipeline("churn", step)

    listed = steps_of(demo_aws.run("churn", steps={"ask": {"output_parameters": {"uri": "s3://lake/ok"}}}))["ask"]

    callback = listed["Metadata"]["Callback"]
    assert len(callback["CallbackToken"]) == 10
    assert callback["OutputParameters"] == [
        {"Name": "uri", "Value": "s3://lake/ok"},
        {"Name": "who", "Value": "ask-who"},
    ]


def test_a_registered_package_tells_its_execution(demo_aws, create_pipeline, sagemaker, steps_of):
    container = {"Image": "image", "ModelDataUrl": "s3://lake/model.tar.gz"}
    specification = {
        "Containers": [container],
        "SupportedContentTypes": ["text/csv"],
        "SupportedResponseMIMETypes": ["text/csv"],
    }
    step = {
        "Name": "register",
        "Type": "RegisterModel",
        "Arguments": {"ModelPackageGroupName": "Churn", "InferenceSpecification": specification},
    }
    create_pipeline("churn", step)
    arn = demo_aws.run("churn", steps={"register": {"approval": "Approved"}})

    package_arn = steps_of(arn)["register"]["Metadata"]["RegisterModel"]["Arn"]
    package = sagemaker.describe_model_package(ModelPackageName=package_arn)
    bulk = sagemaker.batch_describe_model_package(ModelPackageArnList=[package_arn, f"{package_arn}9"])

    assert package_arn.endswith(":model-package/churn/1")
    assert package["MetadataProperties"]["GeneratedBy"] == arn
    assert package["ModelApprovalStatus"] == "Approved"
    assert set(bulk["ModelPackageSummaries"]) == {package_arn}
    assert set(bulk["BatchDescribeModelPackageErrorMap"]) == {f"{package_arn}9"}


def test_a_step_of_unknown_type_leaves_nothing(demo_aws, create_pipeline, steps_of):
    create_pipeline("churn", {"Name": "new", "Type": "Quantum"})

    assert steps_of(demo_aws.run("churn"))["new"].get("Metadata", {}) == {}


def test_steps_that_wait_for_each_other_do_not_run(demo_aws, create_pipeline, steps_of):
    create_pipeline("churn", processing("a", source=out_of("b")), processing("b", source=out_of("a")))

    assert steps_of(demo_aws.run("churn")) == {}


def test_a_dependency_on_a_collection_waits_for_its_members(demo_aws, create_pipeline, steps_of):
    create_pipeline("churn", processing("b", DependsOn=["Reg"]), processing("Reg-CreateModel"))

    assert list(steps_of(demo_aws.run("churn"))) == ["Reg-CreateModel", "b"]


def test_an_execution_may_come_from_a_domain(demo_aws, create_pipeline, sagemaker):
    create_pipeline("churn")

    arn = demo_aws.run("churn", domain_id="d-1")

    assert sagemaker.describe_pipeline_execution(PipelineExecutionArn=arn)["CreatedBy"]["DomainId"] == "d-1"


@pytest.mark.parametrize("kind", ["Model", "RegisterModel", "EndpointConfig", "Endpoint"])
def test_what_failed_to_be_created_is_not_there(demo_aws, create_pipeline, sagemaker, steps_of, kind):
    create_pipeline("churn", {"Name": "create", "Type": kind, "Arguments": {}})

    step = steps_of(demo_aws.run("churn", steps={"create": {"status": "Failed"}}))["create"]

    assert step.get("Metadata", {}) == {}
    assert sagemaker.list_models()["Models"] == sagemaker.list_endpoints()["Endpoints"] == []


def test_a_reference_that_leads_nowhere_is_empty(demo_aws, create_pipeline, sagemaker, steps_of):
    for number, path in enumerate(("a.Nothing", "a.ProcessingInputs[7].InputName", "a.RoleArn.Deeper")):
        create_pipeline(f"p{number}", processing("a"), training("b", get(path)))

        step = steps_of(demo_aws.run(f"p{number}"))["b"]

        job = sagemaker.describe_training_job(TrainingJobName=step["Metadata"]["TrainingJob"]["Arn"].rpartition("/")[2])
        assert job["InputDataConfig"][0]["DataSource"]["S3DataSource"]["S3Uri"] == ""
