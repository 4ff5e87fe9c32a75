"""Pipelines as AWS lists and describes them, in records."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime

import pytest

from inventory.aws import pipelines
from inventory.aws.errors import AWSError, ErrorKind
from inventory.aws.pipelines import (
    crawl_description,
    crawl_execution_definition,
    crawl_one_pipeline,
    crawl_ownership,
    crawl_pipeline_tags,
    crawl_pipelines,
    crawl_tags,
    parse_definition,
    parse_pipeline,
)

STEP = {"Name": "Wait", "Type": "Callback", "Arguments": {"password": "hunter2"}}
LISTINGS = [("ListPipelines", crawl_pipelines), ("Search", crawl_ownership), ("GetResources", crawl_tags)]


def test_pipelines_are_listed_over_pages(connection, create_pipeline, monkeypatch):
    monkeypatch.setattr(pipelines, "PAGE_SIZE", 2)
    arns = {create_pipeline(name) for name in ("churn", "fraud", "pricing")}

    found = list(crawl_pipelines(connection))

    assert {record.arn for record in found} == arns
    assert {record.name for record in found} == {"churn", "fraud", "pricing"}
    assert connection.calls["ListPipelines"] == 2
    assert all(record.created_at and record.last_modified for record in found)


@pytest.mark.parametrize(("operation", "crawl"), LISTINGS)
def test_a_denied_listing_is_an_error(connection, demo_aws, operation, crawl):
    demo_aws.faults.add("AccessDeniedException", action=operation)

    with pytest.raises(AWSError, match=operation):
        list(crawl(connection))


def test_search_tells_tags_and_makers(connection, demo_aws, create_pipeline):
    create_pipeline("churn", Team="growth", ApiKey="hunter2")
    demo_aws.amend("churn", created_by_domain="d-maker")

    [record] = crawl_ownership(connection)

    assert record.tags["Team"] == "growth"
    assert record.tags["ApiKey"] == "(masked)"
    assert record.created_by["DomainId"] == "d-maker"


def test_tags_are_listed_for_all_pipelines(connection, monkeypatch):
    found = {"ResourceARN": "arn:a", "Tags": [{"Key": "Team", "Value": "growth"}]}
    answers = [{"ResourceTagMappingList": [found], "PaginationToken": "x"}, {"ResourceTagMappingList": []}]
    monkeypatch.setattr(connection.tagging, "get_resources", lambda **_: answers.pop(0))

    [record] = crawl_tags(connection)

    assert (record.arn, record.tags, record.created_by) == ("arn:a", {"Team": "growth"}, None)
    assert answers == []


def test_tags_are_listed_for_one_pipeline(connection, create_pipeline):
    arn = create_pipeline("churn", Team="growth")

    assert crawl_pipeline_tags(connection, arn).tags == {"Team": "growth"}


def test_a_description_holds_the_masked_definition(connection, create_pipeline):
    arn = create_pipeline("churn", STEP)

    record = crawl_description(connection, "churn")

    assert record.arn == arn
    assert json.loads(record.definition.text)["Steps"][0]["Arguments"] == {"password": "(masked)"}


def test_one_pipeline_is_read_by_one_call(connection, demo_aws, create_pipeline):
    create_pipeline("churn", STEP)
    demo_aws.run("churn")

    pipeline, description = crawl_one_pipeline(connection, "churn")

    assert pipeline.arn == description.arn
    assert pipeline.last_execution_time
    assert connection.calls == {"DescribePipeline": 1}


def test_a_pipeline_that_is_gone_is_not_found(connection):
    with pytest.raises(AWSError) as caught:
        crawl_description(connection, "churn")
    assert caught.value.kind is ErrorKind.NOT_FOUND


def test_what_an_execution_ran_is_read(connection, demo_aws, create_pipeline):
    create_pipeline("churn", STEP)

    definition = crawl_execution_definition(connection, demo_aws.run("churn"))

    assert definition == crawl_description(connection, "churn").definition


def test_the_order_of_members_does_not_change_the_hash():
    assert parse_definition('{"a": 1, "b": 2}').sha256 == parse_definition('{"b":2,"a":1}').sha256
    assert parse_definition('{"a": 1}').sha256 != parse_definition('{"a": 2}').sha256


def test_a_parameter_in_a_secret_field_loses_its_default():
    definition = {
        "Parameters": [{"Name": "Color", "Type": "String", "DefaultValue": "hunter2"}],
        "Steps": [{"Arguments": {"password": {"Get": "Parameters.Color"}}}],
    }

    assert "hunter2" not in parse_definition(json.dumps(definition)).text


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000])
def test_a_definition_that_is_not_json_is_kept_with_its_problem(text):
    record = parse_definition(text)

    assert record.text == text
    assert record.problem.startswith("The definition is not JSON")
    assert len(record.problem) <= 256


@pytest.mark.parametrize("form", ["%s", '{"password": %s}', '{"password": {"Get": %s}}', '{"password": {"On": %s}}'])
def test_a_definition_may_be_deep(form):
    record = parse_definition(form % ("[" * 800 + "]" * 800))

    assert "(masked)" in record.text
    assert record.problem == ""


def test_a_number_that_json_lacks_becomes_text():
    assert json.loads(parse_definition('{"a": NaN}').text) == {"a": "NaN"}


@pytest.mark.parametrize("value", ["plain", "\u00e9\U0001f600", "\x00", "\\\x00", "\\u0000", "\ud800"])
def test_the_hash_is_that_of_what_is_stored(value):
    record = parse_definition(json.dumps({"b": value, "a": [1, 1.5, 10**30, {value: None}]}))

    canonical = json.dumps(json.loads(record.text), sort_keys=True)
    assert record.sha256 == hashlib.sha256(canonical.encode()).hexdigest()
    assert record.text.isprintable()


def test_half_a_character_does_not_stop_the_hash():
    assert parse_definition('"\\ud800').problem
    assert parse_definition('{"a": "\\ud800"}').sha256


def test_a_listing_may_leave_out_what_it_does_not_know():
    record = parse_pipeline({"PipelineArn": "arn:a", "PipelineName": "a"})

    assert (record.description, record.role_arn, record.last_execution_time) == ("", "", None)


def test_a_pipeline_has_its_own_times():
    created, modified, ran = (datetime(2026, 11, day, tzinfo=UTC) for day in (1, 2, 3))
    raw = {"PipelineArn": "arn", "PipelineName": "churn", "CreationTime": created, "LastModifiedTime": modified}
    record = parse_pipeline(raw | {"LastExecutionTime": ran})

    assert (record.created_at, record.last_modified, record.last_execution_time) == (created, modified, ran)
