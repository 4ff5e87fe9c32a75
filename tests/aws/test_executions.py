"""Executions and steps as AWS tells them, in records."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from inventory.aws import executions
from inventory.aws.errors import AWSError
from inventory.aws.executions import (
    crawl_changed_executions,
    crawl_latest_executions,
    crawl_parameters,
    crawl_steps,
    parse_execution,
    parse_step,
)
from tests.aws.syncing import training

ARN = "arn:aws:sagemaker:us-east-1:123456789012:pipeline/churn"


@pytest.fixture
def three(demo_aws, create_pipeline):
    """The ARNs of three executions, the oldest first."""
    create_pipeline("churn", training())
    return [demo_aws.run("churn", start=f"2026-01-0{day}T00:00:00+00:00") for day in (1, 2, 3)]


def test_search_gives_the_newest_first_over_pages(connection, three, monkeypatch):
    monkeypatch.setattr(executions, "PAGE_SIZE", 2)

    found = list(crawl_changed_executions(connection, None))

    assert [record.arn for record in found] == three[::-1]
    assert connection.calls == {"Search": 2}


def test_search_leaves_out_what_did_not_change_since(connection, three):
    found = list(crawl_changed_executions(connection, datetime(2026, 1, 2, 12, tzinfo=UTC)))

    assert [record.arn for record in found] == three[2:]


def test_search_tells_parameters_and_maker(connection, demo_aws, create_pipeline):
    create_pipeline("churn", parameters=[{"Name": "Rounds", "Type": "Integer", "DefaultValue": 1}])
    demo_aws.run("churn", parameters={"Rounds": 3}, domain_id="d-1", description="password=hunter2")

    [record] = crawl_changed_executions(connection, None)

    assert (record.parameters, record.created_by["DomainId"]) == ({"Rounds": "3"}, "d-1")
    assert record.description == "password=(masked)"
    assert record.is_terminal


@pytest.mark.parametrize(("most", "count"), [(1, 1), (2, 2), (9, 3)])
def test_the_newest_of_a_pipeline_are_listed(connection, three, most, count):
    found = crawl_latest_executions(connection, ARN, most)

    assert [record.arn for record in found] == three[::-1][:count]
    assert {record.pipeline_arn for record in found} == {ARN}
    assert {record.parameters for record in found} == {None}


def test_listing_stops_when_enough_is_known(connection, three, monkeypatch):
    monkeypatch.setattr(executions, "PAGE_SIZE", 1)

    assert len(crawl_latest_executions(connection, ARN, 2)) == 2
    assert connection.calls == {"ListPipelineExecutions": 2}


def test_secret_parameters_are_masked(connection, demo_aws, create_pipeline):
    names = ("DbPassword", "Rounds")
    create_pipeline("churn", parameters=[{"Name": name, "Type": "String", "DefaultValue": "x"} for name in names])
    arn = demo_aws.run("churn", parameters={"DbPassword": "hunter2", "Rounds": "3"})

    assert crawl_parameters(connection, arn) == {"DbPassword": "(masked)", "Rounds": "3"}


def test_steps_come_in_the_order_they_began(connection, demo_aws, create_pipeline):
    create_pipeline("churn", training("A"), training("B", DependsOn=["A"]), training("C", DependsOn=["B"]))

    steps = crawl_steps(connection, demo_aws.run("churn"))

    assert [step.name for step in steps] == ["A", "B", "C"]
    assert {step.kind for step in steps} == {"TrainingJob"}
    assert all(":training-job/" in step.resource_arn for step in steps)


def test_denied_steps_are_an_error(connection, demo_aws, three):
    demo_aws.faults.add("AccessDeniedException", action="ListPipelineExecutionSteps")

    with pytest.raises(AWSError, match="ListPipelineExecutionSteps"):
        crawl_steps(connection, three[0])


def test_a_cached_step_names_its_source(connection, demo_aws, create_pipeline):
    create_pipeline("churn", training())
    first = demo_aws.run("churn")

    [step] = crawl_steps(connection, demo_aws.run("churn", steps={"Train": {"cached": True}}))

    assert step.cache_source == first


def test_a_selective_execution_is_told(connection, demo_aws, create_pipeline):
    create_pipeline("churn", training())
    source = demo_aws.run("churn", start="2026-01-01T00:00:00+00:00")
    demo_aws.run("churn", selected=["Train"])

    newest = next(crawl_changed_executions(connection, None))

    assert newest.selective["SourcePipelineExecutionArn"] == source


def test_an_execution_names_its_pipeline_by_its_arn():
    assert parse_execution({"PipelineExecutionArn": f"{ARN}/execution/x"}).pipeline_arn == ARN


def test_an_execution_that_runs_is_not_terminal():
    record = parse_execution({"PipelineExecutionArn": "arn", "PipelineExecutionStatus": "Executing"})

    assert not record.is_terminal


@pytest.mark.parametrize("member", ["FailureReason", "PipelineExecutionFailureReason"])
def test_a_failures_reason_is_masked(member):
    record = parse_execution({"PipelineExecutionArn": "arn", member: "secret=hunter2"})

    assert record.failure_reason == "secret=(masked)"


def test_a_step_that_never_began_has_no_metadata():
    step = parse_step({"StepName": "Train"})

    assert (step.kind, step.resource_arn, step.start_time) == ("", "", None)


def test_a_steps_metadata_has_no_token_and_no_secret():
    raw = {
        "StepName": "Wait",
        "IterationContext": {"Index": 2},
        "Metadata": {"Callback": {"CallbackToken": "t", "OutputParameters": [{"Name": "password", "Value": "x"}]}},
    }

    step = parse_step(raw)

    assert step.metadata == {"Callback": {"OutputParameters": [{"Name": "password", "Value": "(masked)"}]}}
    assert step.iteration_index == 2


MORNING, NOON, EVENING = (datetime(2026, 11, 1, hour, tzinfo=UTC) for hour in (8, 12, 18))


def test_an_execution_has_its_own_times():
    arn = "arn:aws:sagemaker:us-east-1:123456789012:pipeline/churn/execution/x"
    record = parse_execution({"PipelineExecutionArn": arn, "StartTime": MORNING, "LastModifiedTime": EVENING})

    assert (record.start_time, record.last_modified) == (MORNING, EVENING)


def test_a_step_has_its_own_times():
    record = parse_step({"StepName": "Train", "StartTime": MORNING, "EndTime": NOON})

    assert (record.start_time, record.end_time) == (MORNING, NOON)
