"""An estate, a change of it, and what the service says of both: for the tests that break AWS in between."""

from __future__ import annotations

import json
from functools import partialmethod

from inventory.aws.client import Connection
from inventory.models import Bucket, Domain, Pipeline, Region, StepExecution, Sync
from tests.aws.syncing import ACCESS, REGION, evaluation, training

EARLY, LATE = "2026-11-01T00:00:00+00:00", "2026-11-02T00:00:00+00:00"
STEPS = {"Evaluate": {"report": {"auc": 0.9}}}
PACED = {"SYNC_USE_SEARCH": True, "SYNC_BUCKET_MAX_AGE_SECONDS": 0, "SYNC_EXECUTION_HISTORY_DAYS": 36_500}


def read_demo(demo_aws, monkeypatch, settings):
    """The demo AWS as the service reads it: no call is tried again, every bucket is due, everybody may ask."""
    for name, value in {**ACCESS, "AWS_ENDPOINT_URL": demo_aws.url}.items():
        monkeypatch.setenv(name, value)
    for name, value in PACED.items():
        setattr(settings, name, value)
    settings.SYNC_REGIONS = [REGION]
    settings.API_ANONYMOUS_READ = True
    monkeypatch.setattr(Connection, "__init__", partialmethod(Connection.__init__, attempts=1))


class Estate:
    """One pipeline that ran, in a domain and with buckets; `change` makes all of it news."""

    def __init__(self, demo_aws, create_pipeline):
        self.demo_aws = demo_aws
        self.create_pipeline = create_pipeline
        sagemaker = demo_aws.client("sagemaker")
        sagemaker.create_domain(DomainName="studio", AuthMode="IAM", DefaultUserSettings={}, SubnetIds=["s"], VpcId="v")
        for bucket in ("lake", "reports"):
            demo_aws.client("s3").create_bucket(Bucket=bucket)
        create_pipeline("churn", training(), evaluation(), DomainName="studio", Team="growth")
        demo_aws.run("churn", start=EARLY, steps=STEPS)

    def change(self):
        """A new execution of a definition that is replaced, a new pipeline, a new tag, a protected bucket."""
        sagemaker = self.demo_aws.client("sagemaker")
        self.demo_aws.run("churn", start=LATE, steps=STEPS)
        arn = sagemaker.describe_pipeline(PipelineName="churn")["PipelineArn"]
        definition = {"Version": "2020-12-01", "Parameters": [], "Steps": [training(), evaluation(), training("New")]}
        sagemaker.update_pipeline(PipelineName="churn", PipelineDefinition=json.dumps(definition))
        sagemaker.add_tags(ResourceArn=arn, Tags=[{"Key": "Team", "Value": "risk"}])
        self.create_pipeline("fraud", training(), evaluation(), DomainName="studio")
        self.demo_aws.run("fraud", start=LATE, steps=STEPS)
        self.demo_aws.client("s3").put_bucket_versioning(Bucket="lake", VersioningConfiguration={"Status": "Enabled"})


def lineage(client, name, region=REGION):
    """The status and the document, with the latest execution."""
    answer = client.get("/lineage", {"pipeline": name, "region": region, "includeLatestExec": "true"})
    return answer.status_code, json.loads(answer.content)


def runs(document):
    """Status of every node by its id."""
    return {node["id"]: node["run"]["status"] for node in document["graph"]["nodes"]}


def is_whole(document):
    """Every step of an execution that succeeded has its run, its job and its report."""
    if document["execution"] is None:
        return False
    steps = StepExecution.objects.filter(execution__arn=document["execution"]["arn"])
    return set(runs(document).values()) == {"Succeeded"} and all(
        step.job and (step.metrics or step.name == "Train") for step in steps
    )


def is_current(client):
    """Whether the service tells everything that `Estate.change` did."""
    (churn_status, churn), (fraud_status, fraud) = lineage(client, "churn"), lineage(client, "fraud")
    if (churn_status, fraud_status) != (200, 200):
        return False
    known = Pipeline.objects.get(name="churn")
    return (
        is_whole(churn)
        and is_whole(fraud)
        and churn["execution"]["startTime"] == LATE
        and "New" in known.definition.text
        and known.tags["Team"] == "risk"
        and known.matched_domain_id != ""
        and Bucket.objects.get(name="lake").versioning == "Enabled"
    )


def complaints():
    """Everything that the last sync, its regions, pipelines, steps and buckets name as incomplete."""
    said = []
    for part in Sync.objects.first().parts.all():
        said += [part.error, *(f"{problem['operation']} {problem['message']}" for problem in part.problems)]
    for model in (Region, Pipeline):
        said += model.objects.values_list("problem", flat=True)
    said += StepExecution.objects.values_list("detail_error", flat=True)
    reports = StepExecution.objects.exclude(report=None).values_list("report__status", flat=True)
    said += [f"GetObject {status}" for status in reports if status != "ok"]
    for errors in Bucket.objects.values_list("errors", flat=True):
        said += [f"GetBucket{field.title()} {code}" for field, code in errors.items()]
    return [text for text in said if text]


def missing():
    return [row for model in (Pipeline, Domain) for row in model.objects.exclude(missing_since=None)]
