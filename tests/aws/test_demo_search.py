"""The demo AWS: Search."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from botocore.exceptions import ClientError


@pytest.fixture
def search(demo_aws):
    """The found resources, over all pages."""

    def found(resource, *filters, size=100, **more):
        if filters:
            conditions = [{"Name": name, "Operator": operator, "Value": value} for name, operator, value in filters]
            more["SearchExpression"] = {"Filters": conditions}
        paginator = demo_aws.client("sagemaker").get_paginator("search")
        pages = paginator.paginate(Resource=resource, PaginationConfig={"PageSize": size}, **more)
        return [result[resource] for page in pages for result in page["Results"]]

    return found


@pytest.fixture
def executions(demo_aws, create_pipeline):
    create_pipeline("churn", parameters=[{"Name": "P", "Type": "Integer", "DefaultValue": 1}])
    return [
        demo_aws.run("churn", start=f"2026-01-0{day}T00:00:00+00:00", display_name=f"run {day}", parameters={"P": day})
        for day in (1, 2, 3)
    ]


def test_pipelines_are_found_with_tags_and_makers_but_no_definition(demo_aws, create_pipeline, search):
    create_pipeline("churn", DomainName="studio")
    demo_aws.amend("churn", created_by_domain="d-1")

    [pipeline] = search("Pipeline")

    assert pipeline["Tags"] == [{"Key": "DomainName", "Value": "studio"}]
    assert pipeline["CreatedBy"]["DomainId"] == "d-1"
    assert "PipelineDefinition" not in pipeline


def test_pipelines_are_found_by_tag(create_pipeline, search):
    create_pipeline("churn", team="customers")
    create_pipeline("fraud", team="risk")

    assert [pipeline["PipelineName"] for pipeline in search("Pipeline", ("Tags.team", "Equals", "risk"))] == ["fraud"]


def test_executions_are_found_newest_first_with_their_parameters(executions, search):
    found = search("PipelineExecution", size=2)

    assert [execution["PipelineExecutionArn"] for execution in found] == executions[::-1]
    assert found[0]["PipelineParameters"] == [{"Name": "P", "Value": "3"}]


@pytest.mark.parametrize(
    ("operator", "value", "days"),
    [
        ("GreaterThan", "2026-01-02T00:00:00", [3]),
        ("GreaterThanOrEqualTo", "2026-01-02T00:00:00Z", [2, 3]),
        ("LessThan", "2026-01-02T00:00:00", [1]),
        ("LessThanOrEqualTo", "2026-01-02T01:00:00+01:00", [1, 2]),
    ],
)
def test_executions_are_found_by_time(executions, search, operator, value, days):
    found = search("PipelineExecution", ("LastModifiedTime", operator, value), SortOrder="Ascending")

    assert [execution["LastModifiedTime"] for execution in found] == [
        datetime(2026, 1, day, tzinfo=UTC) for day in days
    ]


@pytest.mark.parametrize(
    ("operator", "value", "count"),
    [
        ("Equals", "run 1", 1),
        ("NotEquals", "run 1", 2),
        ("Contains", "run", 3),
        ("In", "run 1,run 3", 2),
        ("Exists", "-", 3),
        ("NotExists", "-", 0),
    ],
)
def test_executions_are_found_by_text(executions, search, operator, value, count):
    assert len(search("PipelineExecution", ("PipelineExecutionDisplayName", operator, value))) == count


def test_a_property_that_is_absent_equals_nothing(executions, search):
    assert search("PipelineExecution", ("FailureReason", "Equals", "x")) == []
    assert len(search("PipelineExecution", ("FailureReason", "NotEquals", "x"))) == 3


def test_filters_can_be_nested_and_joined_by_or(executions, search):
    def named(name):
        return {"Filters": [{"Name": "PipelineExecutionDisplayName", "Operator": "Equals", "Value": name}]}

    either = {"SubExpressions": [named("run 1"), named("run 2")], "Operator": "Or"}
    both = {"SubExpressions": [named("run 1"), named("run 2")], "Operator": "And"}

    assert len(search("PipelineExecution", SearchExpression=either)) == 2
    assert search("PipelineExecution", SearchExpression=both) == []


def test_results_are_sorted_by_the_property_asked_for(executions, search):
    found = search("PipelineExecution", SortBy="PipelineExecutionDisplayName", SortOrder="Ascending")

    assert [execution["PipelineExecutionDisplayName"] for execution in found] == ["run 1", "run 2", "run 3"]


def test_a_value_that_is_no_time_is_refused(executions, search):
    with pytest.raises(ClientError, match="ValidationException"):
        search("PipelineExecution", ("LastModifiedTime", "GreaterThan", "yesterday"))


def test_a_page_holds_ten_unless_asked(demo_aws, create_pipeline):
    for number in range(11):
        create_pipeline(f"p{number}")

    page = demo_aws.client("sagemaker").search(Resource="Pipeline")

    assert len(page["Results"]) == 10
    assert page["NextToken"]


def test_what_the_demo_does_not_know_is_left_to_moto(search):
    assert search("Experiment") == []


def test_tags_are_found_by_the_tagging_service(demo_aws, create_pipeline):
    arn = create_pipeline("churn", team="customers")

    answer = demo_aws.client("resourcegroupstaggingapi").get_resources(ResourceTypeFilters=["sagemaker:pipeline"])

    assert answer["ResourceTagMappingList"] == [{"ResourceARN": arn, "Tags": [{"Key": "team", "Value": "customers"}]}]


def test_numbers_are_compared_as_numbers(demo_aws, create_pipeline, search):
    step = {"Name": "a", "Type": "Training", "Arguments": {"OutputDataConfig": {"S3OutputPath": "s3://lake"}}}
    create_pipeline("churn", step)
    for seconds in (9, 100):
        demo_aws.run("churn", steps={"a": {"seconds": seconds}})

    found = search("TrainingJob", ("BillableTimeInSeconds", "GreaterThan", "10"))

    assert [job["BillableTimeInSeconds"] for job in found] == [100]
