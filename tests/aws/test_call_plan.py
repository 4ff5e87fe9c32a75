"""What crawls cost, in calls by operation, against the least that is needed; S3 and the registry are left out."""

from __future__ import annotations

import json
import re
from collections import Counter
from datetime import timedelta

import pytest
from django.utils.timezone import now

from bench.aws.process import BenchAWS
from inventory.models import Account, Bucket, Pipeline, Region, Sync, SyncPart
from inventory.sync.scope import Scope
from tests.aws.syncing import ACCESS, ACCOUNT_ID, REGION, run, training

pytestmark = pytest.mark.django_db(transaction=True)
PIPELINES = 500
S3 = re.compile(r"Bucket|Object|PublicAccessBlock")
LISTINGS = {"ListPipelines": 1, "ListDomains": 1, "Search": 2}
RUNNING = {"Train": {"status": "Executing"}}
EXECUTING = Scope(executing_only=True)
FAILED = {"Train": {"status": "Failed"}}
JOBS = {
    "DescribeProcessingJob": 2,
    "DescribeTrainingJob": 1,
    "DescribeTransformJob": 1,
    "DescribeModel": 1,
    "DescribeModelPackage": 1,
}


@pytest.fixture(autouse=True)
def account(settings, monkeypatch):
    settings.SYNC_REGIONS = [REGION]
    settings.SYNC_REGISTRY = False
    for name, value in ACCESS.items():
        monkeypatch.setenv(name, value)
    return Account.objects.create(account_id=ACCOUNT_ID)


@pytest.fixture
def large(monkeypatch):
    """500 pipelines, each executed once with six jobs."""
    with BenchAWS(pipelines=PIPELINES) as aws:
        monkeypatch.setenv("AWS_ENDPOINT_URL", aws.url)
        yield aws


@pytest.fixture
def small(monkeypatch, demo_aws, create_pipeline):
    """Two pipelines, of which churn has executed; crawled once."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", demo_aws.url)
    for name in ("churn", "fraud"):
        create_pipeline(name, training())
        demo_aws.amend(name, created=day(20), modified=day(10))
    demo_aws.run("churn", start=day(3))
    run()
    return demo_aws


def day(ago):
    return (now() - timedelta(days=ago)).isoformat()


def cost(trigger=Sync.Trigger.COMMAND, scope=None):
    """Calls of a sync, of everything unless a scope is given."""
    finished = run(scope, trigger)
    assert finished.state == Sync.State.SUCCEEDED
    calls = Counter()
    for part in SyncPart.objects.filter(sync=finished):
        calls.update(part.api_calls)
    return {name: count for name, count in calls.items() if not S3.search(name)}


def test_five_hundred_pipelines(large):
    first = cost()
    listings = {"ListPipelines": 5, "ListDomains": 1}
    described = {name: PIPELINES * count for name, count in JOBS.items()}
    per_pipeline = {"DescribePipeline": PIPELINES, "ListPipelineExecutionSteps": PIPELINES}
    assert first == listings | {"Search": 10} | per_pipeline | described
    assert sum(first.values()) == 4016

    unchanged = cost()
    assert unchanged == listings | {"Search": 6}
    assert sum(unchanged.values()) == 12

    large.touch(definitions=5, executions=20)
    changed = cost()
    described = {name: 20 * count for name, count in JOBS.items()}
    assert changed == unchanged | {"DescribePipeline": 5, "ListPipelineExecutionSteps": 20} | described
    assert sum(changed.values()) == 157


def test_nothing_changed(small):
    assert cost() == LISTINGS


def test_one_definition_changed(small):
    small.client("sagemaker").update_pipeline(
        PipelineName="churn", PipelineDefinition=json.dumps({"Version": "2020-12-01", "Steps": [training("New")]})
    )
    assert cost() == LISTINGS | {"DescribePipeline": 1}


def test_one_execution_finished(small):
    start = day(2)
    small.run("fraud", execution_id="abc", start=start, steps=RUNNING)
    running = LISTINGS | {"ListPipelineExecutionSteps": 1, "DescribeTrainingJob": 1}
    assert cost() == running
    small.run("fraud", execution_id="abc", start=start)
    assert cost() == running
    assert cost() == LISTINGS


def test_one_execution_was_retried(small):
    """Under the same ARN: the steps are read again, and the jobs that are new."""
    start = day(2)
    small.run("fraud", execution_id="abc", start=start, steps=FAILED)
    cost()
    small.run("fraud", execution_id="abc", start=start, pace=2)
    assert cost() == LISTINGS | {"ListPipelineExecutionSteps": 1}
    assert Pipeline.objects.get(name="fraud").latest_execution.status == "Succeeded"
    assert cost() == LISTINGS


def test_one_tag_changed(small):
    arn = Pipeline.objects.get(name="churn").arn
    small.client("sagemaker").add_tags(ResourceArn=arn, Tags=[{"Key": "team", "Value": "growth"}])
    assert cost() == LISTINGS
    assert Pipeline.objects.get(name="churn").tags == {"team": "growth"}


def test_one_pipeline_was_deleted(small):
    small.client("sagemaker").delete_pipeline(PipelineName="fraud", ClientRequestToken="fraud".ljust(32, "-"))
    assert cost() == LISTINGS
    assert Pipeline.objects.get(name="fraud").missing_since


def test_search_is_refused(small):
    """Listings tell of executions and tagging of tags; for a day nobody asks again, but for a person."""
    small.faults.add("AccessDeniedException", action="Search")
    listings = {"ListPipelines": 1, "ListDomains": 1, "GetResources": 1}
    assert cost() == listings | {"Search": 1}
    assert cost(Sync.Trigger.BEAT) == listings
    assert cost() == listings | {"Search": 1}
    small.faults.clear()
    Region.objects.update(search_refused_at=now())
    assert cost(Sync.Trigger.BEAT) == listings
    assert cost() == LISTINGS


def test_search_is_refused_and_one_execution_is_new(small):
    small.faults.add("AccessDeniedException", action="Search")
    cost()
    small.run("fraud", start=day(2))
    listings = {"ListPipelines": 1, "ListDomains": 1, "GetResources": 1}
    found = {"ListPipelineExecutions": 1, "ListPipelineExecutionSteps": 1, "DescribeTrainingJob": 1}
    assert cost(Sync.Trigger.BEAT) == listings | found


@pytest.fixture
def running(small):
    """Both pipelines execute, and are known to."""
    for name in ("churn", "fraud"):
        small.run(name, execution_id="abc", start=day(1), steps=RUNNING)
    cost()
    return small


def test_executing_pipelines_are_followed_by_one_search(running):
    assert cost(Sync.Trigger.BEAT, EXECUTING) == {"Search": 1}


def test_an_execution_that_moved_is_read(running):
    running.run("fraud", execution_id="abc", start=day(1), pace=3)
    read = {"ListPipelineExecutionSteps": 1, "DescribeTrainingJob": 1}
    assert cost(Sync.Trigger.BEAT, EXECUTING) == {"Search": 1} | read
    assert Pipeline.objects.get(name="fraud").latest_execution.status == "Succeeded"


def test_without_search_executing_pipelines_are_followed_by_their_steps(running):
    Region.objects.update(search_refused_at=now())
    followed = {"ListPipelineExecutionSteps": 2}
    assert cost(Sync.Trigger.BEAT, EXECUTING) == followed
    running.run("fraud", execution_id="abc", start=day(1), pace=3)
    ended = {"ListPipelineExecutions": 1, "DescribeTrainingJob": 1}
    assert cost(Sync.Trigger.BEAT, EXECUTING) == followed | ended
    assert Pipeline.objects.get(name="fraud").latest_execution.status == "Succeeded"


def test_a_denied_bucket_is_looked_at_again_when_a_person_asks(small):
    small.faults.add("AccessDenied", service="s3", action="GetBucketVersioning")
    Bucket.objects.update(errors={"versioning": "AccessDenied"}, exists=True)
    small.calls.clear()
    run(trigger=Sync.Trigger.BEAT)
    assert small.calls.count(service="s3") == 0
    run()
    assert small.calls.count(service="s3") > 0
