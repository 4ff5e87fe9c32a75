"""The estate, loaded into the demo AWS: what a crawl will find there."""

from __future__ import annotations

import json
import re
from collections import Counter
from datetime import UTC, datetime

import boto3
import pytest
from botocore.exceptions import ClientError

from demo.estate import (
    DENIED_BUCKET,
    DENIED_REGION,
    DISABLED_REGION,
    MISSING_BUCKET,
    PLANTED_SECRETS,
    REGIONS,
    RESEARCH_ID,
    STORES_ID,
)
from demo.estate.accounts import ACCOUNTS, MAIN
from demo.estate.catalog import DOMAINS, Sign, entries
from demo.estate.history import HISTORIES
from demo.estate.load import Loader, load, main
from demo.estate.reports import REPORTS
from inventory.aws.preflight import crawl_preflight
from inventory.aws.sessions import Access


def flat(steps):
    for step in steps:
        yield step
        arguments = step.get("Arguments") or {}
        if step["Type"] == "Condition":
            yield from flat(arguments["IfSteps"])
            yield from flat(arguments["ElseSteps"])


@pytest.fixture(scope="module")
def estate(demo_server):
    """Loaded once for the tests of this file, which only read."""
    demo_server.reset()
    load(demo_server.url)
    yield demo_server
    demo_server.reset()


@pytest.fixture(scope="module")
def pipelines(estate):
    """(region, name): the pipeline as Search gives it."""
    return {
        (region, result["Pipeline"]["PipelineName"]): result["Pipeline"]
        for region in REGIONS
        for page in estate.client("sagemaker", region).get_paginator("search").paginate(Resource="Pipeline")
        for result in page["Results"]
    }


@pytest.fixture(scope="module")
def executions(estate):
    return [
        result["PipelineExecution"] | {"region": region}
        for region in REGIONS
        for page in estate.client("sagemaker", region).get_paginator("search").paginate(Resource="PipelineExecution")
        for result in page["Results"]
    ]


@pytest.fixture(scope="module")
def steps(estate, executions):
    """Every step of every execution."""
    listed = []
    for execution in executions:
        paginator = estate.client("sagemaker", execution["region"]).get_paginator("list_pipeline_execution_steps")
        for page in paginator.paginate(PipelineExecutionArn=execution["PipelineExecutionArn"]):
            listed += [step | {"region": execution["region"]} for step in page["PipelineExecutionSteps"]]
    return listed


def test_every_region_has_pipelines(pipelines):
    assert len(pipelines) >= 30
    assert {region for region, _ in pipelines} == set(REGIONS)


def test_every_step_type_occurs_at_least_twice():
    kinds = Counter(step["Type"] for entry in entries() for step in flat(json.loads(entry.definition)["Steps"]))

    assert set(kinds) >= {
        *("Processing", "Training", "Tuning", "Transform", "Model", "RegisterModel", "Condition", "Fail", "Callback"),
        *("Lambda", "QualityCheck", "ClarifyCheck", "AutoML", "EMR", "EMRServerless", "EndpointConfig", "Endpoint"),
        *("InferenceComponent", "Lineage"),
    }
    assert min(kinds.values()) >= 2


def test_functions_and_notebooks_occur_as_training_steps():
    definitions = [entry.definition for entry in entries()]

    assert sum("sagemaker_remote_function_bootstrap" in definition for definition in definitions) >= 1
    assert sum("sagemaker_headless_execution_pipelinestep" in definition for definition in definitions) >= 1


@pytest.mark.parametrize("secret", PLANTED_SECRETS)
def test_every_planted_secret_is_in_a_definition(secret):
    assert any(secret in entry.definition for entry in entries())


def test_a_name_may_occur_in_two_regions(pipelines):
    assert {("us-east-1", "churn-features-daily"), ("us-west-2", "churn-features-daily")} <= set(pipelines)


def test_artifacts_are_shared_over_pipelines_and_regions():
    readers = {
        (entry.region, entry.name)
        for entry in entries()
        if "s3://acme-data-lake-us-east-1/" in entry.definition and entry.region != "us-east-1"
    }

    assert {region for region, _ in readers} == {"eu-west-1", "ap-northeast-2", "us-west-2"}


def test_two_domains_share_a_name_in_one_region(estate):
    domains = estate.client("sagemaker", "eu-west-1").list_domains()["Domains"]

    assert [domain["DomainName"] for domain in domains] == ["pricing-lab", "pricing-lab"]


@pytest.mark.parametrize("sign", Sign)
def test_pipelines_show_their_domain_by_every_sign(estate, pipelines, sign):
    names = {domain.key: domain.name for domain in DOMAINS}
    [entry, *_] = [entry for entry in entries() if entry.sign is sign]
    listed = estate.client("sagemaker", entry.region).list_domains()["Domains"]
    pipeline = pipelines[entry.region, entry.name]
    tags = {tag["Key"]: tag["Value"] for tag in pipeline["Tags"]}

    ids = {domain["DomainId"] for domain in listed if domain["DomainName"] == names.get(entry.domain)}
    shown = {
        Sign.ARN_TAG: tags.get("sagemaker:domain-arn", "").rpartition("/")[2] in ids,
        Sign.ID_TAG: tags.get("DomainId") in ids,
        Sign.NAME_TAG: tags.get("DomainName") == names.get(entry.domain),
        Sign.CREATOR: pipeline["CreatedBy"].get("DomainId") in ids,
        Sign.NONE: "DomainId" not in pipeline["CreatedBy"] and set(tags) == {"team", "cost-center"},
    }
    assert shown[sign]


def test_executions_are_in_every_state(executions):
    states = {execution["PipelineExecutionStatus"] for execution in executions}

    assert states == {"Executing", "Stopping", "Stopped", "Failed", "Succeeded", "CompletedWithFailures"}


def test_some_pipelines_never_ran(pipelines, executions):
    ran = {execution["PipelineArn"] for execution in executions}

    assert sum(pipeline["PipelineArn"] not in ran for pipeline in pipelines.values()) >= 3


def test_every_failure_has_a_reason(executions, steps):
    assert all(
        execution.get("FailureReason") for execution in executions if execution["PipelineExecutionStatus"] == "Failed"
    )
    assert all(step.get("FailureReason") for step in steps if step["StepStatus"] == "Failed")


def test_nothing_ends_in_the_future(steps):
    now = datetime.now(UTC)
    assert all(step["StartTime"] < now and step.get("EndTime", now) <= now for step in steps)


def test_steps_are_cached_selected_and_gated_both_ways(steps):
    cached = [step for step in steps if step["CacheHitResult"]["SourcePipelineExecutionArn"]]
    selected = [step for step in steps if "SelectiveExecutionResult" in step]
    outcomes = {step["Metadata"]["Condition"]["Outcome"] for step in steps if "Condition" in step.get("Metadata", {})}

    assert len(cached) >= 4
    assert selected
    assert outcomes == {"True", "False"}


def test_every_kind_of_metadata_occurs(steps):
    kinds = {kind for step in steps for kind in step.get("Metadata", {})}

    assert kinds == {
        *("ProcessingJob", "TrainingJob", "TransformJob", "TuningJob", "AutoMLJob", "Model", "RegisterModel", "Fail"),
        *("Condition", "Callback", "Lambda", "QualityCheck", "ClarifyCheck", "EMR", "EMRServerless", "Lineage"),
        *("Endpoint", "EndpointConfig", "InferenceComponent"),
    }


DESCRIBE = {
    "ProcessingJob": ("describe_processing_job", "ProcessingJobName"),
    "TrainingJob": ("describe_training_job", "TrainingJobName"),
    "TransformJob": ("describe_transform_job", "TransformJobName"),
    "TuningJob": ("describe_hyper_parameter_tuning_job", "HyperParameterTuningJobName"),
    "AutoMLJob": ("describe_auto_ml_job_v2", "AutoMLJobName"),
    "Model": ("describe_model", "ModelName"),
    "Endpoint": ("describe_endpoint", "EndpointName"),
    "EndpointConfig": ("describe_endpoint_config", "EndpointConfigName"),
    "InferenceComponent": ("describe_inference_component", "InferenceComponentName"),
}


@pytest.mark.parametrize("kind", DESCRIBE)
def test_the_job_behind_every_step_is_described(estate, steps, kind):
    operation, parameter = DESCRIBE[kind]
    arns = {(step["region"], step["Metadata"][kind]["Arn"]) for step in steps if kind in step.get("Metadata", {})}

    for region, arn in arns:
        described = getattr(estate.client("sagemaker", region), operation)(**{parameter: arn.rpartition("/")[2]})
        assert described[parameter].lower() == arn.rpartition("/")[2]
    assert arns


def test_checks_have_a_job_and_a_baseline(estate, steps):
    for kind in ("QualityCheck", "ClarifyCheck"):
        found = [step for step in steps if kind in step.get("Metadata", {})]
        for step in found:
            check = step["Metadata"][kind]
            name = check["CheckJobArn"].rpartition("/")[2]
            estate.client("sagemaker", step["region"]).describe_processing_job(ProcessingJobName=name)
            assert check["CalculatedBaselineConstraints"].startswith("s3://")
        assert found


def test_inference_components_are_listed_by_endpoint(estate):
    client = estate.client("sagemaker", "eu-west-1")

    assert len(client.list_inference_components(EndpointNameEquals="ticket-router")["InferenceComponents"]) == 1
    assert client.list_inference_components(EndpointNameEquals="other")["InferenceComponents"] == []
    with pytest.raises(ClientError, match="ResourceNotFound"):
        client.describe_inference_component(InferenceComponentName="other")


def test_reports_are_in_the_buckets(estate):
    objects = {
        content["Key"]
        for region in REGIONS
        for content in estate.client("s3").list_objects_v2(Bucket=f"acme-ml-artifacts-{region}")["Contents"]
    }

    assert len(objects) >= len(REPORTS)
    assert all(key.endswith(".json") for key in objects)


def test_packages_are_approved_pending_and_rejected_and_some_are_served(estate):
    approvals = Counter()
    served = []
    for region in REGIONS:
        client = estate.client("sagemaker", region)
        for page in client.get_paginator("search").paginate(Resource="ModelPackage"):
            approvals.update(result["ModelPackage"]["ModelApprovalStatus"] for result in page["Results"])
        for page in client.get_paginator("search").paginate(Resource="Model"):
            served += [
                result["Model"]["Endpoints"]
                for result in page["Results"]
                if "ModelPackageName" in result["Model"]["Model"].get("PrimaryContainer", {})
            ]

    assert set(approvals) == {"Approved", "PendingManualApproval", "Rejected"}
    assert len(served) == 4
    assert all(served)


@pytest.mark.parametrize("resource", ["Endpoint", "TrainingJob", "ModelPackageGroup"])
def test_other_resources_are_found_too(estate, resource):
    assert estate.client("sagemaker").search(Resource=resource)["Results"]


def test_some_definitions_changed_after_the_last_run(estate, pipelines):
    changed = [
        pipeline
        for pipeline in pipelines.values()
        if pipeline["LastModifiedTime"] > pipeline.get("LastRunTime", pipeline["LastModifiedTime"])
    ]

    assert len(changed) == 2
    definition = estate.client("sagemaker").describe_pipeline(PipelineName="fraud-train-daily")["PipelineDefinition"]
    assert "second edition" in definition


def test_versions_agree_with_what_ran(estate, executions):
    ran = {
        row["CreationTime"]: row for row in executions if "/fraud-train-daily/execution/" in row["PipelineExecutionArn"]
    }

    listed = estate.client("sagemaker").list_pipeline_versions(PipelineName="fraud-train-daily")
    second, first = listed["PipelineVersionSummaries"]

    assert {row["PipelineVersionId"] for row in ran.values()} == {first["PipelineVersionId"]}
    assert first["LastExecutionPipelineExecutionArn"] == ran[max(ran)]["PipelineExecutionArn"]
    assert "LastExecutionPipelineExecutionArn" not in second
    assert second["PipelineVersionAliases"] == ["candidate"]


def test_buckets_are_protected_in_every_degree(estate):
    client = estate.client("s3")
    names = [bucket["Name"] for bucket in client.list_buckets()["Buckets"]]

    assert len(names) >= 12
    assert MISSING_BUCKET not in names
    assert client.get_bucket_policy_status(Bucket="acme-public-datasets-us-west-2")["PolicyStatus"]["IsPublic"]
    assert client.get_bucket_versioning(Bucket="acme-data-lake-us-west-2")["Status"] == "Suspended"
    with pytest.raises(ClientError, match="NoSuchPublicAccessBlockConfiguration"):
        client.get_public_access_block(Bucket="acme-scratch-us-west-2")
    rule = client.get_bucket_encryption(Bucket="acme-data-lake-us-east-1")["ServerSideEncryptionConfiguration"][
        "Rules"
    ][0]
    assert rule["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "aws:kms"
    with pytest.raises(ClientError, match="AccessDenied"):
        client.get_bucket_encryption(Bucket=DENIED_BUCKET)


def test_one_region_is_denied_and_one_is_disabled(estate):
    regions = estate.client("account").list_regions(RegionOptStatusContains=["ENABLED_BY_DEFAULT"])["Regions"]

    assert {region["RegionName"] for region in regions} == {*REGIONS, DENIED_REGION}
    with pytest.raises(ClientError, match="AccessDeniedException"):
        estate.client("sagemaker", DENIED_REGION).list_pipelines()
    with pytest.raises(ClientError, match="UnrecognizedClientException"):
        estate.client("sagemaker", DISABLED_REGION).list_pipelines()


def test_histories_and_reports_name_pipelines_and_steps_that_exist():
    steps = {
        (entry.region, entry.name): {step["Name"] for step in flat(json.loads(entry.definition)["Steps"])}
        for account in ACCOUNTS
        for entry in entries(account.account_id)
    }

    for key, runs in HISTORIES.items():
        for run in runs:
            assert set(run.get("steps", {})) | set(run.get("selected", [])) <= steps[key], key
    for name, step in REPORTS:
        assert any(step in names for (_, pipeline), names in steps.items() if pipeline == name)


def test_the_command_says_how_much_it_loaded(demo_aws, capsys):
    assert main(["--endpoint", demo_aws.url]) == 0

    count = sum(len(entries(account.account_id)) for account in ACCOUNTS)
    assert capsys.readouterr().out.startswith(f"{count} pipelines of 3 accounts loaded in ")


def test_a_refusal_of_the_demo_aws_stops_the_loader(demo_server):
    with pytest.raises(RuntimeError, match="400"):
        Loader(demo_server.url)._ask("faults", {})


class TestAccounts:
    @pytest.fixture
    def stores(self, estate):
        """A client in the stores' account, by its role."""
        role = next(account for account in ACCOUNTS if account.account_id == STORES_ID)
        given = estate.client("sts").assume_role(
            RoleArn=role.role_arn, RoleSessionName="test", ExternalId=role.external_id
        )["Credentials"]
        session = boto3.Session(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])
        return lambda service: session.client(service, region_name="us-east-1", endpoint_url=estate.url)

    def test_each_has_pipelines_of_its_own(self):
        counts = {account.name: len(entries(account.account_id)) for account in ACCOUNTS}

        assert counts == {"acme-platform": 40, "acme-stores": 4, "acme-research": 2}

    def test_no_name_of_a_pipeline_is_of_two_accounts(self):
        names = [{entry.name for entry in entries(account.account_id)} for account in ACCOUNTS]

        assert len(set.union(*names)) == sum(map(len, names))

    def test_a_role_leads_into_the_stores(self, stores):
        arns = [row["PipelineArn"] for row in stores("sagemaker").list_pipelines()["PipelineSummaries"]]

        assert len(arns) == 3
        assert all(f":{STORES_ID}:" in arn for arn in arns)

    def test_the_role_asks_for_its_external_id(self, estate):
        role = next(account.role_arn for account in ACCOUNTS if account.account_id == STORES_ID)

        with pytest.raises(ClientError, match="AccessDenied"):
            estate.client("sts").assume_role(RoleArn=role, RoleSessionName="test", ExternalId="a guess")

    def test_a_key_leads_into_research(self, estate):
        key = next(account.access_key for account in ACCOUNTS if account.account_id == RESEARCH_ID)
        session = boto3.Session(key, "demo")

        identity = session.client("sts", region_name="us-east-1", endpoint_url=estate.url).get_caller_identity()
        assert identity["Account"] == RESEARCH_ID

    @pytest.mark.parametrize("account", [account for account in ACCOUNTS if account is not MAIN])
    def test_they_read_what_others_write(self, account):
        own = f"s3://{account.name}-"
        definitions = [entry.definition for entry in entries(account.account_id)]

        assert all("s3://acme-" in text.replace(own, "") for text in definitions if "S3Uri" in text)

    def test_the_stores_serve_the_platform_s_packages(self, stores, estate):
        definitions = [entry.definition for entry in entries(STORES_ID)]
        arns = {
            arn for text in definitions for arn in re.findall(r"arn:aws:sagemaker:[^\"]*:model-package/[^\"]+", text)
        }

        assert len(arns) == 2
        for arn in arns:
            assert estate.client("sagemaker").describe_model_package(ModelPackageName=arn)["ModelPackageArn"] == arn
        assert stores("sagemaker").describe_endpoint(EndpointName="stores-card-fraud")["EndpointStatus"] == "InService"

    def test_the_stores_role_lacks_one_permission(self, stores):
        with pytest.raises(ClientError, match="no identity-based policy allows it"):
            stores("sagemaker").describe_transform_job(TransformJobName="x")

    def test_a_preflight_of_the_stores_finds_it(self, estate, monkeypatch):
        for name, value in (("ENDPOINT_URL", estate.url), ("ACCESS_KEY_ID", "demo"), ("SECRET_ACCESS_KEY", "demo")):
            monkeypatch.setenv(f"AWS_{name}", value)
        row = next(account for account in ACCOUNTS if account.account_id == STORES_ID)

        record = crawl_preflight(
            Access(row.account_id, role_arn=row.role_arn, external_id=row.external_id), ("us-east-1", DENIED_REGION)
        )

        assert record.matrix["sagemaker:DescribeTransformJob"] == {"us-east-1": "denied", DENIED_REGION: "denied"}
        [statement] = record.policy["Statement"]
        assert statement["Action"] == ["sagemaker:DescribeTransformJob"]

    def test_each_has_buckets_of_its_own(self, stores):
        names = [bucket["Name"] for bucket in stores("s3").list_buckets()["Buckets"]]

        assert sorted(names) == ["acme-stores-eu-west-1", "acme-stores-us-east-1"]
