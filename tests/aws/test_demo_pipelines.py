"""The demo AWS: pipelines, domains and regions."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from demo.aws import extension


def test_pages_hold_ten_pipelines_unless_asked(demo_aws, create_pipeline):
    for number in range(12):
        create_pipeline(f"p{number:02}")

    page = demo_aws.client("sagemaker").list_pipelines()
    rest = demo_aws.client("sagemaker").list_pipelines(NextToken=page["NextToken"])

    assert (len(page["PipelineSummaries"]), len(rest["PipelineSummaries"])) == (10, 2)
    assert "NextToken" not in rest


def test_pipelines_are_sorted_over_all_pages(demo_aws, create_pipeline):
    for name in ("b", "c", "a"):
        create_pipeline(name)
    paginator = demo_aws.client("sagemaker").get_paginator("list_pipelines")

    pages = paginator.paginate(SortBy="Name", SortOrder="Ascending", PaginationConfig={"PageSize": 1})

    assert [summary["PipelineName"] for page in pages for summary in page["PipelineSummaries"]] == ["a", "b", "c"]


def test_a_filter_applies_after_the_page_was_cut(demo_aws, create_pipeline):
    create_pipeline("wanted")
    create_pipeline("other")

    page = demo_aws.client("sagemaker").list_pipelines(PipelineNamePrefix="wanted", MaxResults=1)

    assert page["PipelineSummaries"] == []
    assert page["NextToken"]


def test_pipelines_are_filtered_by_creation(demo_aws, create_pipeline):
    create_pipeline("old")
    create_pipeline("new")
    demo_aws.amend("old", created="2020-01-01T00:00:00+00:00")
    client = demo_aws.client("sagemaker")

    def names(**bounds):
        return [summary["PipelineName"] for summary in client.list_pipelines(**bounds)["PipelineSummaries"]]

    assert names(CreatedBefore=datetime(2021, 1, 1, tzinfo=UTC)) == ["old"]
    assert names(CreatedAfter=datetime(2021, 1, 1, tzinfo=UTC)) == ["new"]


def test_a_foreign_token_is_refused(demo_aws):
    with pytest.raises(ClientError, match="pagination token"):
        demo_aws.client("sagemaker").list_pipelines(NextToken="foreign")


def test_a_pipeline_is_described_by_name_and_by_arn(demo_aws, create_pipeline):
    arn = create_pipeline("churn")

    for name in ("churn", arn, arn.upper().replace("ARN:AWS:SAGEMAKER", "arn:aws:sagemaker")):
        assert demo_aws.client("sagemaker").describe_pipeline(PipelineName=name)["PipelineArn"] == arn


def test_a_missing_pipeline_is_resource_not_found(demo_aws):
    with pytest.raises(ClientError, match="ResourceNotFound"):
        demo_aws.client("sagemaker").describe_pipeline(PipelineName="none")


def test_a_missing_training_job_is_resource_not_found(demo_aws):
    with pytest.raises(ClientError, match="ResourceNotFound"):
        demo_aws.client("sagemaker").describe_training_job(TrainingJobName="none")


def test_a_missing_model_is_a_validation_error(demo_aws):
    with pytest.raises(ClientError, match="ValidationException"):
        demo_aws.client("sagemaker").describe_model(ModelName="none")


def test_a_definition_from_s3_is_described_as_json(demo_aws):
    demo_aws.client("s3").create_bucket(Bucket="definitions")
    demo_aws.client("s3").put_object(Bucket="definitions", Key="churn.json", Body=b'{"Steps": []}')
    client = demo_aws.client("sagemaker")

    client.create_pipeline(
        PipelineName="churn",
        PipelineDefinitionS3Location={"Bucket": "definitions", "ObjectKey": "churn.json"},
        RoleArn="arn:aws:iam::123456789012:role/pipelines",
        ClientRequestToken="-" * 32,
    )

    assert json.loads(client.describe_pipeline(PipelineName="churn")["PipelineDefinition"]) == {"Steps": []}


def test_an_update_moves_the_time_of_modification(demo_aws, create_pipeline):
    create_pipeline("churn")
    demo_aws.amend("churn", modified="2020-01-01T00:00:00+00:00")
    client = demo_aws.client("sagemaker")

    client.update_pipeline(PipelineName="churn", PipelineDefinition='{"Steps": [{"Name": "a", "Type": "Fail"}]}')

    described = client.describe_pipeline(PipelineName="churn")
    assert described["LastModifiedTime"].year > 2020
    assert "Fail" in described["PipelineDefinition"]


def test_the_last_execution_is_listed_with_its_pipeline(demo_aws, create_pipeline):
    create_pipeline("churn")
    create_pipeline("never-run")
    demo_aws.run("churn", start="2026-01-02T03:04:05+00:00")
    demo_aws.run("churn", start="2026-01-01T00:00:00+00:00")

    listed = demo_aws.client("sagemaker").list_pipelines()["PipelineSummaries"]

    times = {summary["PipelineName"]: summary.get("LastExecutionTime") for summary in listed}
    assert times == {"churn": datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), "never-run": None}


def test_a_pipeline_made_outside_studio_has_no_domain(demo_aws, create_pipeline):
    create_pipeline("churn")
    client = demo_aws.client("sagemaker")
    assert "DomainId" not in client.describe_pipeline(PipelineName="churn")["CreatedBy"]

    demo_aws.amend("churn", created_by_domain="d-1", modified_by_domain="d-2")

    described = client.describe_pipeline(PipelineName="churn")
    assert (described["CreatedBy"]["DomainId"], described["LastModifiedBy"]["DomainId"]) == ("d-1", "d-2")


def test_regions_hold_their_own_pipelines(demo_aws, create_pipeline):
    create_pipeline("churn", region="eu-west-1")

    assert demo_aws.client("sagemaker", "us-east-1").list_pipelines()["PipelineSummaries"] == []
    assert demo_aws.client("sagemaker", "eu-west-1").list_pipelines()["PipelineSummaries"] != []


def test_an_assumed_role_sees_its_own_account(demo_aws, create_pipeline):
    create_pipeline("churn")
    other = demo_aws.assume("222222222222").client("sagemaker", region_name="us-east-1", endpoint_url=demo_aws.url)

    assert other.list_pipelines()["PipelineSummaries"] == []
    assert demo_aws.calls.count(account="222222222222", action="ListPipelines") == 1


def test_two_domains_may_share_a_name(demo_aws):
    client = demo_aws.client("sagemaker")
    for _ in range(2):
        client.create_domain(DomainName="studio", AuthMode="IAM", DefaultUserSettings={}, SubnetIds=["s"], VpcId="v")

    domains = client.list_domains()["Domains"]

    assert [domain["DomainName"] for domain in domains] == ["studio", "studio"]
    assert len({domain["DomainId"] for domain in domains}) == 2
    assert client.describe_domain(DomainId=domains[0]["DomainId"])["DomainArn"] == domains[0]["DomainArn"]


def test_regions_are_those_of_a_new_account(demo_aws):
    regions = demo_aws.client("account").list_regions(RegionOptStatusContains=["DISABLED"])["Regions"]

    assert "me-south-1" in {region["RegionName"] for region in regions}
    assert "us-east-1" not in {region["RegionName"] for region in regions}


def test_regions_are_paged(demo_aws):
    page = demo_aws.client("account").list_regions(MaxResults=3)

    assert len(page["Regions"]) == 3
    assert page["NextToken"]


@pytest.mark.parametrize(
    ("service", "operation", "code"),
    [
        ("sagemaker", "list_domains", "UnrecognizedClientException"),
        ("sts", "get_caller_identity", "InvalidClientTokenId"),
        ("ec2", "describe_regions", "AuthFailure"),
    ],
)
def test_a_disabled_region_refuses_the_credentials(demo_aws, service, operation, code):
    demo_aws.regions.set({"us-east-1": "ENABLED_BY_DEFAULT"})

    with pytest.raises(ClientError, match=code):
        getattr(demo_aws.client(service, "eu-west-1"), operation)()
    getattr(demo_aws.client(service, "us-east-1"), operation)()


def test_buckets_are_encrypted_unless_set_otherwise(demo_aws):
    client = demo_aws.client("s3")
    client.create_bucket(Bucket="reports")

    encryption = client.get_bucket_encryption(Bucket="reports")["ServerSideEncryptionConfiguration"]

    assert encryption["Rules"][0]["ApplyServerSideEncryptionByDefault"] == {"SSEAlgorithm": "AES256"}


def test_a_list_of_buckets_names_regions_only_when_asked_with_a_parameter(demo_aws):
    client = demo_aws.client("s3", "eu-west-1")
    client.create_bucket(Bucket="reports", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})

    assert client.list_buckets(MaxBuckets=10)["Buckets"][0]["BucketRegion"] == "eu-west-1"
    assert "BucketRegion" not in client.list_buckets()["Buckets"][0]


def test_the_extension_works_within_mock_aws(demo_aws):
    import boto3

    extension.install()
    with mock_aws():
        client = boto3.client("sagemaker", region_name="us-east-1")
        with pytest.raises(ClientError, match="ResourceNotFound"):
            client.list_pipeline_execution_steps(
                PipelineExecutionArn="arn:aws:sagemaker:us-east-1:1:pipeline/a/execution/b"
            )
