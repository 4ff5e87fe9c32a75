"""The light AWS of the benchmarks speaks so that boto3 understands it, and behaves as it is told."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from urllib.error import HTTPError

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionClosedError, ReadTimeoutError

from bench.aws.estate import REGIONS
from bench.aws.process import BenchAWS

PIPELINES = 25
PIPELINE = "team-03-model-000003"
ARN = f"arn:aws:sagemaker:us-east-1:123456789012:pipeline/{PIPELINE}"
EXECUTION = f"{ARN}/execution/000003000001"
SHAPE = {"pipelines": PIPELINES, "steps": 9, "executions": 2, "buckets": 2, "domains": 3, "endpoints": 2}
REPORT = "team-03-model-000003/000003000001/Evaluate/output/evaluation/evaluation.json"
EMPTY = {
    "list_inference_components": "InferenceComponents",
    "list_feature_groups": "FeatureGroupSummaries",
    "list_monitoring_schedules": "MonitoringScheduleSummaries",
}
DESCRIBED = {
    "describe_processing_job": {"ProcessingJobName": "pipelines-000003000001-Preprocess-bench"},
    "describe_training_job": {"TrainingJobName": "pipelines-000003000001-Train-bench"},
    "describe_transform_job": {"TransformJobName": "pipelines-000003000001-Score-bench"},
    "describe_hyper_parameter_tuning_job": {"HyperParameterTuningJobName": "pipelines-000003000001-Tune-bench"},
    "describe_model": {"ModelName": "pipelines-000003000001-CreateModel-bench"},
    "describe_endpoint": {"EndpointName": "team-01-model-000001-live"},
    "describe_endpoint_config": {"EndpointConfigName": "team-01-model-000001-live"},
}
LISTED = {
    "list_domains": ("Domains", {}, 3),
    "list_pipelines": ("PipelineSummaries", {}, PIPELINES),
    "list_pipeline_versions": ("PipelineVersionSummaries", {"PipelineName": PIPELINE}, 1),
    "list_tags": ("Tags", {"ResourceArn": ARN}, 2),
    "list_pipeline_executions": ("PipelineExecutionSummaries", {"PipelineName": PIPELINE}, 2),
    "list_pipeline_execution_steps": ("PipelineExecutionSteps", {"PipelineExecutionArn": EXECUTION}, 9),
    "list_pipeline_parameters_for_execution": ("PipelineParameters", {"PipelineExecutionArn": EXECUTION}, 1),
    "list_model_package_groups": ("ModelPackageGroupSummaryList", {}, PIPELINES),
    "list_model_packages": ("ModelPackageSummaryList", {"ModelPackageGroupName": PIPELINE}, 2),
    "list_models": ("Models", {}, 2 * PIPELINES),
    "list_endpoints": ("Endpoints", {}, 2),
    "list_endpoint_configs": ("EndpointConfigs", {}, 2),
}
BUCKET = {
    "get_bucket_encryption": "ServerSideEncryptionConfiguration",
    "get_bucket_versioning": "Status",
    "get_public_access_block": "PublicAccessBlockConfiguration",
    "get_bucket_policy_status": "PolicyStatus",
    "get_bucket_tagging": "TagSet",
    "get_bucket_ownership_controls": "OwnershipControls",
    "get_bucket_acl": "Owner",
}


@pytest.fixture(scope="module")
def server():
    with BenchAWS() as aws:
        yield aws


@pytest.fixture
def aws(server):
    """A fresh estate, no latency, no rate, no faults, nothing counted."""
    server.configure(**SHAPE, latency_ms=0, admitted_per_second=0, burst=0, faults=[])
    server.reset()
    return server


@pytest.fixture(scope="module")
def client(server):
    """`client("s3")`: tries once, so that a call is one call."""
    session = boto3.Session("bench", "bench", region_name="us-east-1")
    once = Config(retries={"mode": "standard", "total_max_attempts": 1}, read_timeout=1)
    made = {}

    def make(service, **options):
        if (service, *options.items()) not in made:
            made[service, *options.items()] = session.client(service, endpoint_url=server.url, config=once, **options)
        return made[service, *options.items()]

    return make


@pytest.fixture
def sagemaker(aws, client):
    return client("sagemaker")


@pytest.mark.parametrize("operation", LISTED)
def test_a_listing_is_followed_to_its_end(sagemaker, operation):
    member, arguments, count = LISTED[operation]
    pages = sagemaker.get_paginator(operation).paginate(**arguments) if sagemaker.can_paginate(operation) else []
    listed = [item for page in pages for item in page[member]] or getattr(sagemaker, operation)(**arguments)[member]
    assert len({json.dumps(item, default=str) for item in listed}) == len(listed) == count


@pytest.mark.parametrize("operation", EMPTY)
def test_a_listing_of_what_the_estate_has_not_is_empty(sagemaker, operation):
    assert getattr(sagemaker, operation)()[EMPTY[operation]] == []


def test_pages_are_as_large_as_asked_for(sagemaker):
    first = sagemaker.list_pipelines(MaxResults=20)
    second = sagemaker.list_pipelines(MaxResults=20, NextToken=first["NextToken"])
    assert (len(first["PipelineSummaries"]), len(second["PipelineSummaries"])) == (20, 5)
    assert "NextToken" not in second


@pytest.mark.parametrize("operation", DESCRIBED)
def test_what_stands_behind_steps_is_described(sagemaker, operation):
    [(member, name)] = DESCRIBED[operation].items()
    described = getattr(sagemaker, operation)(**DESCRIBED[operation])
    assert described[member] == name
    assert isinstance(described["CreationTime"], datetime)


def test_every_step_with_a_job_leads_to_it(sagemaker):
    steps = sagemaker.list_pipeline_execution_steps(PipelineExecutionArn=EXECUTION, MaxResults=100)
    training = next(step for step in steps["PipelineExecutionSteps"] if step["StepName"] == "Train")
    arn = training["Metadata"]["TrainingJob"]["Arn"]
    assert sagemaker.describe_training_job(TrainingJobName=arn.split("/")[-1])["TrainingJobArn"] == arn


def test_a_model_package_names_the_execution_that_made_it(sagemaker):
    package = sagemaker.describe_model_package(ModelPackageName=f"{ARN.replace('pipeline/', 'model-package/')}/2")
    assert package["MetadataProperties"]["GeneratedBy"] == EXECUTION


def test_a_pipeline_has_a_definition_of_so_many_steps(sagemaker):
    text = sagemaker.describe_pipeline(PipelineName=ARN)["PipelineDefinition"]
    steps = json.loads(text)["Steps"]
    nested = [step for outer in steps for step in outer["Arguments"].get("IfSteps", [])]
    assert len(steps) + len(nested) == 9
    assert 4_000 < len(text) < 20_000


def test_an_execution_ran_the_pipelines_definition(sagemaker):
    ran = sagemaker.describe_pipeline_definition_for_execution(PipelineExecutionArn=EXECUTION)
    assert ran["PipelineDefinition"] == sagemaker.describe_pipeline(PipelineName=PIPELINE)["PipelineDefinition"]


def test_the_listing_knows_when_the_latest_execution_began(sagemaker):
    latest = sagemaker.list_pipeline_executions(PipelineName=PIPELINE)["PipelineExecutionSummaries"][0]
    listed = sagemaker.list_pipelines(MaxResults=100)["PipelineSummaries"]
    times = {summary["PipelineName"]: summary["LastExecutionTime"] for summary in listed}
    assert times[PIPELINE] == latest["StartTime"]


def test_search_finds_pipelines_with_their_tags(sagemaker):
    pages = sagemaker.get_paginator("search").paginate(Resource="Pipeline")
    found = [result["Pipeline"] for page in pages for result in page["Results"]]
    assert len(found) == PIPELINES
    assert found[0]["Tags"][0]["Key"] == "sagemaker:domain-arn"


@pytest.mark.parametrize("resource", ["ModelPackage", "Model"])
def test_search_finds_what_executions_made(sagemaker, resource):
    pages = sagemaker.get_paginator("search").paginate(Resource=resource)
    found = [json.dumps(result[resource], default=str) for page in pages for result in page["Results"]]
    assert len(set(found)) == 2 * PIPELINES


def test_search_finds_the_executions_changed_since(sagemaker):
    every = sagemaker.search(Resource="PipelineExecution", MaxResults=100)["Results"]
    ninth = every[9]["PipelineExecution"]["LastModifiedTime"].astimezone(UTC)
    filters = [{"Name": "LastModifiedTime", "Operator": "GreaterThan", "Value": f"{ninth:%Y-%m-%dT%H:%M:%S}"}]
    found = sagemaker.search(Resource="PipelineExecution", MaxResults=100, SearchExpression={"Filters": filters})
    assert len(every) == 2 * PIPELINES
    assert found["Results"] == every[:9]


def test_what_does_not_exist_is_not_found(sagemaker):
    with pytest.raises(ClientError, match="ResourceNotFound"):
        sagemaker.describe_pipeline(PipelineName="team-00-model-000099")


def test_an_operation_it_does_not_know_is_refused(sagemaker):
    with pytest.raises(ClientError, match="UnknownOperationException"):
        sagemaker.list_hubs()


def test_the_region_is_the_credentials_scope(aws, client):
    domains = client("sagemaker", region_name="eu-west-1").list_domains()["Domains"]
    assert domains[0]["DomainArn"].startswith("arn:aws:sagemaker:eu-west-1:123456789012:domain/")


def test_a_key_of_twelve_digits_is_the_account(aws):
    session = boto3.Session("210987654321", "bench", region_name="us-east-1")
    assert session.client("sts", endpoint_url=aws.url).get_caller_identity()["Account"] == "210987654321"


def test_sts_says_who_calls(aws, client):
    assert client("sts").get_caller_identity()["Arn"] == "arn:aws:iam::123456789012:user/bench"


def test_ec2_and_account_know_the_regions(aws, client):
    by_ec2 = [region["RegionName"] for region in client("ec2").describe_regions()["Regions"]]
    by_account = [region["RegionName"] for region in client("account").list_regions()["Regions"]]
    assert by_ec2 == by_account == list(REGIONS)


def test_the_regions_are_twenty_in_which_sagemaker_is():
    assert len(set(REGIONS)) == 20
    assert set(REGIONS) <= set(boto3.Session().get_available_regions("sagemaker"))


@pytest.mark.parametrize("region", ["us-east-1", "eu-west-1"])
def test_the_pipelines_of_a_region_use_its_buckets(aws, client, region):
    described = client("sagemaker", region_name=region).describe_pipeline(PipelineName=PIPELINE)
    data = json.loads(described["PipelineDefinition"])["Parameters"][0]["DefaultValue"]
    assert described["PipelineArn"] == ARN.replace("us-east-1", region)
    assert data == f"s3://bench-ml-{region}-000/raw/{PIPELINE}/"


def test_what_is_touched_changes_in_every_region_alike(aws, client):
    aws.touch(definitions=1, executions=1)
    for region in ("us-east-1", "eu-west-1"):
        sagemaker = client("sagemaker", region_name=region)
        described = sagemaker.describe_pipeline(PipelineName="team-00-model-000000")
        executed = sagemaker.list_pipeline_executions(PipelineName="team-00-model-000000")
        assert json.loads(described["PipelineDefinition"])["Metadata"] == {"Version": "1"}
        assert len(executed["PipelineExecutionSummaries"]) == 3


def test_tags_are_paged(aws, client):
    pages = client("resourcegroupstaggingapi").get_paginator("get_resources").paginate(ResourcesPerPage=10)
    counts = [len(page["ResourceTagMappingList"]) for page in pages]
    assert counts == [10, 10, 5]


@pytest.mark.parametrize("operation", BUCKET)
def test_a_bucket_tells_what_protects_it(aws, client, operation):
    assert BUCKET[operation] in getattr(client("s3"), operation)(Bucket="bench-ml-us-east-1-000")


def test_the_buckets_are_listed_with_their_regions(aws, client):
    buckets = client("s3").list_buckets()["Buckets"]
    assert [(bucket["Name"], bucket["BucketRegion"]) for bucket in buckets] == [
        (f"bench-ml-{region}-{index}", region) for region in REGIONS for index in ("000", "001")
    ]


def test_a_bucket_that_is_not_there(aws, client):
    with pytest.raises(ClientError, match="404"):
        client("s3").head_bucket(Bucket="bench-ml-us-east-1-002")
    assert client("s3").head_bucket(Bucket="bench-ml-eu-west-1-001")["BucketRegion"] == "eu-west-1"


def test_a_report_is_read_in_part(aws, client):
    part = client("s3").get_object(Bucket="bench-ml-us-east-1-001", Key=REPORT, Range="bytes=0-9")
    assert part["ContentRange"].startswith("bytes 0-9/")
    assert part["Body"].read() == b'{"metrics"'


def test_a_report_is_read_whole(aws, client):
    answer = client("s3").get_object(Bucket="bench-ml-us-east-1-001", Key=REPORT, Range="bytes=0-1048575")
    assert json.loads(answer["Body"].read())["metrics"]["accuracy"]["value"] == 0.93


def test_other_objects_are_not_there(aws, client):
    with pytest.raises(ClientError, match="NoSuchKey"):
        client("s3").get_object(Bucket="bench-ml-us-east-1-001", Key="model.tar.gz")


def test_calls_are_counted_by_operation(aws, sagemaker, client):
    sagemaker.list_domains()
    sagemaker.list_domains()
    client("sts").get_caller_identity()
    assert aws.calls()["calls"] == {"ListDomains": 2, "GetCallerIdentity": 1}


def test_more_than_the_admitted_rate_is_throttled_and_counted(aws, sagemaker):
    aws.configure(admitted_per_second=0.001, burst=2)
    sagemaker.list_domains()
    sagemaker.list_pipelines()
    with pytest.raises(ClientError, match="ThrottlingException"):
        sagemaker.list_domains()
    assert aws.calls()["throttled"] == {"ListDomains": 1}
    assert aws.calls()["limited_calls"] == 3


def test_each_region_has_a_rate_of_its_own(aws, sagemaker, client):
    aws.configure(admitted_per_second=0.001, burst=1)
    sagemaker.list_domains()
    assert client("sagemaker", region_name="eu-west-1").list_domains()["Domains"]
    assert aws.calls()["admissible"] == pytest.approx(2, abs=0.1)


def test_latency_may_be_set(aws, sagemaker):
    aws.configure(latency_ms=1)
    assert sagemaker.list_domains()["Domains"]


def test_a_setting_that_there_is_not_is_refused(aws):
    with pytest.raises(HTTPError, match="400"):
        aws.configure(latencyms=1)


def test_a_shape_that_cannot_be_is_refused(aws):
    with pytest.raises(HTTPError, match="400"):
        aws.configure(steps=3)


@pytest.mark.parametrize(("code", "raised"), [("AccessDeniedException", "AccessDenied"), ("500", "InternalFailure")])
def test_a_fault_strikes_as_often_as_asked(aws, sagemaker, code, raised):
    aws.configure(faults=[{"operation": "ListDomains", "code": code, "count": 1}])
    with pytest.raises(ClientError, match=raised):
        sagemaker.list_domains()
    assert sagemaker.list_domains()["Domains"]
    assert aws.calls()["faulted"] == {"ListDomains": 1}


def test_s3_and_sts_refuse_in_their_own_words(aws, client):
    aws.configure(faults=[{"code": "AccessDenied", "count": 2}])
    with pytest.raises(ClientError, match="AccessDenied"):
        client("s3").list_buckets()
    with pytest.raises(ClientError, match="AccessDenied"):
        client("sts").get_caller_identity()


def test_a_body_may_be_cut_off(aws, sagemaker):
    aws.configure(faults=[{"code": "truncated"}])
    assert "Domains" not in sagemaker.list_domains()


@pytest.mark.parametrize(("code", "raised"), [("hang", ReadTimeoutError), ("disconnect", ConnectionClosedError)])
def test_an_answer_may_not_come(aws, sagemaker, code, raised):
    aws.configure(faults=[{"code": code}])
    with pytest.raises(raised):
        sagemaker.list_domains()


def test_a_touched_definition_is_another(aws, sagemaker):
    before = sagemaker.describe_pipeline(PipelineName="team-00-model-000000")
    aws.touch(definitions=1)
    after = sagemaker.describe_pipeline(PipelineName="team-00-model-000000")
    assert after["LastModifiedTime"] > before["LastModifiedTime"] + timedelta(days=1)
    assert after["PipelineDefinition"] != before["PipelineDefinition"]


def test_a_touched_pipeline_has_executed_just_now(aws, sagemaker):
    newest = sagemaker.search(Resource="PipelineExecution", MaxResults=1)["Results"][0]["PipelineExecution"]
    aws.touch(executions=1)
    found = sagemaker.search(Resource="PipelineExecution", MaxResults=1)["Results"][0]["PipelineExecution"]
    listed = sagemaker.list_pipeline_executions(PipelineName="team-00-model-000000")["PipelineExecutionSummaries"]
    assert found["LastModifiedTime"] > newest["LastModifiedTime"]
    assert listed[0]["PipelineExecutionArn"] == found["PipelineExecutionArn"]
    assert len(listed) == 3
