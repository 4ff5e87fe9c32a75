"""The demo AWS: versions of pipelines."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from botocore.exceptions import ClientError


@pytest.fixture
def sagemaker(demo_aws):
    return demo_aws.client("sagemaker")


@pytest.fixture
def versions(sagemaker):
    def versions(name="churn", **how):
        return sagemaker.list_pipeline_versions(PipelineName=name, **how)["PipelineVersionSummaries"]

    return versions


def redefine(sagemaker, **more):
    return sagemaker.update_pipeline(PipelineName="churn", PipelineDefinition='{"Steps": []}', **more)


def test_the_first_is_as_old_as_its_pipeline(demo_aws, create_pipeline, versions):
    arn = create_pipeline("churn")
    demo_aws.amend("churn", created="2026-01-02T00:00:00+00:00")

    [first] = versions(arn)

    assert (first["PipelineArn"], first["PipelineVersionId"]) == (arn, 1)
    assert first["CreationTime"] == datetime(2026, 1, 2, tzinfo=UTC)


def test_a_definition_makes_one_and_a_name_none(create_pipeline, sagemaker, versions):
    create_pipeline("churn")

    assert redefine(sagemaker)["PipelineVersionId"] == 2
    assert sagemaker.update_pipeline(PipelineName="churn", PipelineDisplayName="c")["PipelineVersionId"] == 2
    assert [version["PipelineVersionId"] for version in versions()] == [2, 1]
    assert [version["PipelineVersionId"] for version in versions(SortOrder="Ascending")] == [1, 2]


def test_each_knows_its_last_execution(demo_aws, create_pipeline, sagemaker, versions):
    create_pipeline("churn")
    first = [demo_aws.run("churn"), demo_aws.run("churn")][-1]
    redefine(sagemaker)
    second = demo_aws.run("churn")

    assert [version["LastExecutionPipelineExecutionArn"] for version in versions()] == [second, first]
    assert sagemaker.describe_pipeline_execution(PipelineExecutionArn=second)["PipelineVersionId"] == 2


def test_an_alias_moves(create_pipeline, sagemaker, versions):
    create_pipeline("churn")
    redefine(sagemaker, PipelineVersionAliases=["live", "tried"])
    redefine(sagemaker, PipelineVersionAliases=["live"])

    assert [version["PipelineVersionAliases"] for version in versions()] == [["live"], ["tried"], []]


def test_one_is_described_afterwards(create_pipeline, sagemaker, versions):
    arn = create_pipeline("churn")

    sagemaker.update_pipeline_version(PipelineArn=arn, PipelineVersionId=1, PipelineVersionDescription="The first")

    assert versions()[0]["PipelineVersionDescription"] == "The first"
    with pytest.raises(ClientError, match="ResourceNotFound"):
        sagemaker.update_pipeline_version(PipelineArn=arn, PipelineVersionId=2, PipelineVersionDescription="None")


def test_they_are_paged(create_pipeline, sagemaker):
    create_pipeline("churn")
    redefine(sagemaker)

    page = sagemaker.list_pipeline_versions(PipelineName="churn", MaxResults=1)
    rest = sagemaker.list_pipeline_versions(PipelineName="churn", NextToken=page["NextToken"])

    assert [len(each["PipelineVersionSummaries"]) for each in (page, rest)] == [1, 1]


def test_of_no_pipeline_they_are_not_found(versions):
    with pytest.raises(ClientError, match="ResourceNotFound"):
        versions("none")
