"""The demo AWS: what is counted and what is broken on request."""

from __future__ import annotations

import json
import urllib.error
import urllib.request

import pytest
from botocore.exceptions import ClientError, FlexibleChecksumError


@pytest.mark.parametrize(
    ("code", "status"),
    [("AccessDeniedException", 400), ("ThrottlingException", 400), ("InternalFailure", 500), ("AccessDenied", 403)],
)
def test_a_fault_is_the_error_of_its_code(demo_aws, code, status):
    demo_aws.faults.add(code, action="ListPipelines")

    with pytest.raises(ClientError, match=code) as raised:
        demo_aws.client("sagemaker").list_pipelines()

    assert raised.value.response["ResponseMetadata"]["HTTPStatusCode"] == status


def test_a_fault_ends_after_its_times(demo_aws):
    demo_aws.faults.add("ThrottlingException", times=1)
    client = demo_aws.client("sagemaker")

    with pytest.raises(ClientError, match="Rate exceeded"):
        client.list_domains()

    assert client.list_domains()["Domains"] == []


@pytest.mark.parametrize(
    "rule",
    [{"service": "s3"}, {"region": "eu-west-1"}, {"action": "ListDomains"}, {"account": "1"}, {"resource": "fraud"}],
)
def test_a_fault_spares_what_its_rule_does_not_name(demo_aws, create_pipeline, rule):
    create_pipeline("churn")
    demo_aws.faults.add("AccessDeniedException", **rule)

    assert demo_aws.client("sagemaker").describe_pipeline(PipelineName="churn")


def test_a_fault_may_strike_one_resource(demo_aws, create_pipeline):
    create_pipeline("churn")
    create_pipeline("fraud")
    demo_aws.faults.add("AccessDeniedException", resource="fraud", message="explicit deny")
    client = demo_aws.client("sagemaker")

    client.describe_pipeline(PipelineName="churn")
    with pytest.raises(ClientError, match="explicit deny"):
        client.describe_pipeline(PipelineName="fraud")


def test_a_truncated_answer_looks_empty(demo_aws, create_pipeline):
    create_pipeline("churn")
    demo_aws.faults.add("Truncated", action="ListPipelines")

    assert "PipelineSummaries" not in demo_aws.client("sagemaker").list_pipelines()


def test_a_truncated_object_does_not_fit_its_checksum(demo_aws):
    client = demo_aws.client("s3")
    client.create_bucket(Bucket="reports")
    client.put_object(Bucket="reports", Key="a.json", Body=b'{"auc": 0.9}')
    demo_aws.faults.add("Truncated", action="GetObject")

    with pytest.raises(FlexibleChecksumError):
        client.get_object(Bucket="reports", Key="a.json")["Body"].read()


def test_a_hanging_answer_comes_in_the_end(demo_aws):
    demo_aws.faults.add("Hang", seconds=0.01)

    assert demo_aws.client("sagemaker").list_domains()["Domains"] == []


def test_a_denied_bucket_denies_its_settings_and_objects(demo_aws):
    client = demo_aws.client("s3")
    client.create_bucket(Bucket="secret-ledger")
    demo_aws.faults.add("AccessDenied", service="s3", resource="/secret-ledger")

    for denied in (
        lambda: client.get_bucket_tagging(Bucket="secret-ledger"),
        lambda: client.get_object(Bucket="secret-ledger", Key="a"),
    ):
        with pytest.raises(ClientError, match="AccessDenied"):
            denied()
    with pytest.raises(ClientError, match="403"):
        client.head_bucket(Bucket="secret-ledger")
    assert [bucket["Name"] for bucket in client.list_buckets()["Buckets"]] == ["secret-ledger"]


def test_an_operation_moto_lacks_is_unknown(demo_aws):
    with pytest.raises(ClientError, match="UnknownOperationException"):
        demo_aws.client("sagemaker").list_projects()


def test_calls_are_counted_with_account_region_and_service(demo_aws):
    demo_aws.client("sagemaker", "eu-west-1").list_domains()
    demo_aws.client("s3").list_buckets()
    demo_aws.client("sts").get_caller_identity()
    demo_aws.client("resourcegroupstaggingapi").get_resources()

    assert demo_aws.calls.as_json() == [
        {"account": "123456789012", "region": region, "service": service, "action": action, "count": 1}
        for region, service, action in (
            ("eu-west-1", "sagemaker", "ListDomains"),
            ("us-east-1", "resourcegroupstaggingapi", "GetResources"),
            ("us-east-1", "s3", "ListBuckets"),
            ("us-east-1", "sts", "GetCallerIdentity"),
        )
    ]


def test_a_call_that_failed_is_counted_too(demo_aws):
    demo_aws.faults.add("ThrottlingException", times=1)
    client = demo_aws.client("sagemaker")
    with pytest.raises(ClientError):
        client.list_domains()
    client.list_domains()

    assert demo_aws.calls.count(action="ListDomains", region="us-east-1") == 2
    assert demo_aws.calls.by_action() == {"ListDomains": 2}


def request(url, method="GET", document=None):
    body = json.dumps(document).encode() if document is not None else None
    with urllib.request.urlopen(urllib.request.Request(url, body, method=method)) as answer:
        return json.load(answer)


def test_faults_are_set_read_and_forgotten_over_http(demo_aws):
    url = f"{demo_aws.url}/demo-api/faults"
    request(url, "POST", {"code": "ThrottlingException", "action": "ListDomains"})
    with pytest.raises(ClientError):
        demo_aws.client("sagemaker").list_domains()

    [fault] = request(url)
    request(url, "DELETE")

    assert fault["action"] == "ListDomains"
    assert request(url) == {}


def test_calls_are_read_and_forgotten_over_http(demo_aws):
    demo_aws.client("sagemaker").list_domains()
    url = f"{demo_aws.url}/demo-api/calls"

    [row] = request(url)
    request(url, "DELETE")

    assert row["action"] == "ListDomains"
    assert request(url) == {}


def test_regions_are_set_over_http(demo_aws):
    request(f"{demo_aws.url}/demo-api/regions", "POST", {"eu-west-1": "ENABLED"})

    assert request(f"{demo_aws.url}/demo-api/regions")["eu-west-1"] == "ENABLED"


def test_executions_are_written_down_over_http(demo_aws, create_pipeline):
    create_pipeline("churn")

    answer = request(f"{demo_aws.url}/demo-api/executions", "POST", [{"region": "us-east-1", "pipeline": "churn"}])

    assert answer[0]["PipelineExecutionArn"].startswith("arn:aws:sagemaker:us-east-1:123456789012:pipeline/churn/")


def test_a_reset_forgets_everything(demo_aws, create_pipeline):
    create_pipeline("churn")
    demo_aws.faults.add("AccessDenied")
    demo_aws.regions.set({})

    request(f"{demo_aws.url}/demo-api/reset", "POST")

    assert demo_aws.client("sagemaker").list_pipelines()["PipelineSummaries"] == []
    assert demo_aws.calls.count() == 1


@pytest.mark.parametrize(
    ("path", "document", "status"),
    [
        ("faults", {"code": "x", "colour": "red"}, 400),
        ("faults", {}, 400),
        ("executions", {"region": "us-east-1", "pipeline": "none"}, 400),
        ("nothing", {}, 404),
    ],
)
def test_a_request_that_cannot_be_carried_out_says_why(demo_aws, path, document, status):
    with pytest.raises(urllib.error.HTTPError) as raised:
        request(f"{demo_aws.url}/demo-api/{path}", "POST", document)

    with raised.value as answer:
        assert answer.code == status
        assert json.load(answer)["error"]


def test_only_the_first_fault_that_matches_strikes(demo_aws):
    demo_aws.faults.add("ThrottlingException", times=1)
    demo_aws.faults.add("AccessDeniedException", times=1)
    client = demo_aws.client("sagemaker")

    for code in ("ThrottlingException", "AccessDeniedException"):
        with pytest.raises(ClientError, match=code):
            client.list_domains()
    client.list_domains()
