"""A region from AWS into rows, over HTTP: crawled, stored, marked, and never deleted."""

from __future__ import annotations

import pytest

from inventory import sync
from inventory.models import Bucket, Definition, Domain, Execution, Job, Pipeline, Region, Sync
from inventory.sync.scope import Scope
from lineage.models import ArtifactUse, LineageDocument

pytestmark = pytest.mark.django_db(transaction=True)
REGION = "us-east-1"


def training(name="Train", **arguments):
    return {
        "Name": name,
        "Type": "Training",
        "Arguments": {
            "AlgorithmSpecification": {"TrainingImage": "image", "TrainingInputMode": "File"},
            "InputDataConfig": [{"ChannelName": "train", "DataSource": {"S3DataSource": {"S3Uri": "s3://lake/raw"}}}],
            "OutputDataConfig": {"S3OutputPath": "s3://lake/models"},
            **arguments,
        },
    }


@pytest.fixture(autouse=True)
def credentials(monkeypatch, demo_aws, settings):
    monkeypatch.setenv("AWS_ENDPOINT_URL", demo_aws.url)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    settings.SYNC_REGIONS = [REGION]


def run(scope=None):
    requested, _ = sync.request(scope or Scope(), trigger="command")
    for part in sync.plan(requested.pk):
        sync.execute(part.pk)
    requested.refresh_from_db()
    return requested


def part_of(requested):
    return requested.parts.get()


def test_a_first_sync_stores_pipeline_definition_execution_steps_and_jobs(demo_aws, create_pipeline):
    create_pipeline("churn", training(), Team="growth")
    demo_aws.run("churn")
    done = run()
    assert (done.state, part_of(done).outcome) == ("succeeded", "ok"), part_of(done).error
    pipeline = Pipeline.objects.get()
    assert pipeline.tags == {"Team": "growth"}
    assert pipeline.latest_execution.status == "Succeeded"
    assert pipeline.definition == Definition.objects.get()
    assert [step.name for step in pipeline.latest_execution.steps.all()] == ["Train"]
    assert Job.objects.get().kind == "TrainingJob"


def test_the_lineage_follows_the_facts(demo_aws, create_pipeline):
    create_pipeline("churn", training())
    demo_aws.run("churn")
    run()
    document = LineageDocument.objects.get()
    assert document.outdated == 0
    assert b'"S' in bytes(document.execution_body)
    assert {use.uri for use in ArtifactUse.objects.filter(direction="input")} >= {"s3://lake/raw"}
    assert Bucket.objects.get(name="lake").checked_at


def test_a_pipeline_that_never_ran_has_its_current_definition(create_pipeline):
    create_pipeline("churn", training())
    run()
    assert Pipeline.objects.get().definition is not None
    assert Execution.objects.count() == 0


def test_nothing_changed_costs_the_listings_alone(demo_aws, create_pipeline):
    create_pipeline("churn", training())
    demo_aws.run("churn")
    run()
    demo_aws.calls.clear()
    run()
    assert demo_aws.calls.by_action("sagemaker") == {"ListPipelines": 1, "ListDomains": 1, "Search": 2}


def test_what_a_complete_listing_no_longer_shows_is_marked_and_kept(demo_aws, create_pipeline):
    create_pipeline("churn", training())
    run()
    demo_aws.client("sagemaker").delete_pipeline(PipelineName="churn", ClientRequestToken="x" * 32)
    run()
    assert Pipeline.objects.get().missing_since
    create_pipeline("churn", training())
    run()
    assert Pipeline.objects.get().missing_since is None


@pytest.mark.parametrize(
    ("code", "outcome"),
    [("AccessDeniedException", "denied"), ("UnrecognizedClientException", "disabled")],
)
def test_a_region_that_may_not_be_listed_keeps_its_facts(demo_aws, create_pipeline, code, outcome):
    create_pipeline("churn", training())
    run()
    demo_aws.faults.add(code, action="ListPipelines")
    done = run()
    assert (done.state, part_of(done).outcome) == ("failed", outcome)
    assert part_of(done).error
    assert Pipeline.objects.get().missing_since is None
    assert Region.objects.get().status == outcome


def test_denied_domains_stop_nothing_else(demo_aws, create_pipeline):
    create_pipeline("churn", training())
    demo_aws.faults.add("AccessDeniedException", action="ListDomains")
    done = run()
    assert part_of(done).outcome == "denied"
    assert Pipeline.objects.get().definition is not None


def test_without_search_the_same_facts_come_by_listing(demo_aws, create_pipeline):
    create_pipeline("churn", training(), Team="growth", parameters=[{"Name": "Rate", "Type": "String"}])
    demo_aws.run("churn", parameters={"Rate": "0.1"})
    demo_aws.faults.add("AccessDeniedException", action="Search")
    done = run()
    assert part_of(done).outcome == "ok"
    pipeline = Pipeline.objects.get()
    assert pipeline.tags == {"Team": "growth"}
    assert pipeline.latest_execution.parameters == {"Rate": "0.1"}
    assert pipeline.latest_execution.steps.count() == 1


def test_a_job_that_cannot_be_described_marks_its_step_alone(demo_aws, create_pipeline):
    create_pipeline("churn", training("First"), training("Second"))
    demo_aws.run("churn")
    demo_aws.faults.add("AccessDeniedException", action="DescribeTrainingJob", times=1)
    run()
    errors = sorted(bool(step.detail_error) for step in Execution.objects.get().steps.all())
    assert errors == [False, True]


def test_one_pipeline_is_synced_by_itself(demo_aws, create_pipeline):
    create_pipeline("churn", training())
    create_pipeline("fraud", training())
    run()
    demo_aws.run("churn")
    demo_aws.calls.clear()
    done = run(Scope(pipeline="churn"))
    assert done.state == "succeeded"
    assert Pipeline.objects.get(name="churn").latest_execution.status == "Succeeded"
    assert demo_aws.calls.count(action="ListPipelines") == 0


def test_a_deleted_pipeline_synced_by_itself_is_marked(demo_aws, create_pipeline):
    create_pipeline("churn", training())
    run()
    demo_aws.client("sagemaker").delete_pipeline(PipelineName="churn", ClientRequestToken="x" * 32)
    run(Scope(pipeline="churn"))
    assert Pipeline.objects.get().missing_since
    assert LineageDocument.objects.get().outdated == 0


def test_secrets_are_stored_nowhere(demo_aws, create_pipeline):
    create_pipeline(
        "churn", training(HyperParameters={"db_password": "hunter2-planted"}, Environment={"API_KEY": "k-planted"})
    )
    demo_aws.run("churn")
    run()
    job = Job.objects.get()
    document = LineageDocument.objects.get()
    texts = [Definition.objects.get().text, str(job.description), bytes(document.execution_body).decode()]
    assert not any("planted" in text for text in texts)


def test_domains_are_stored_and_matched(demo_aws, create_pipeline):
    answer = demo_aws.client("sagemaker").create_domain(
        DomainName="studio-a",
        AuthMode="IAM",
        DefaultUserSettings={"ExecutionRole": "arn:aws:iam::123456789012:role/studio"},
        SubnetIds=["subnet-1"],
        VpcId="vpc-1",
    )
    create_pipeline("churn", training(), DomainName="studio-a")
    run()
    assert Domain.objects.get().arn == answer["DomainArn"]
    assert Pipeline.objects.get().domain.name == "studio-a"


def test_a_sync_of_a_pipeline_nobody_knows_fails_with_its_reason():
    Region.objects.all().delete()
    done = run(Scope(pipeline="nobody"))
    assert done.state == "failed"
    assert "Nothing to sync" in done.problem
    assert Sync.objects.active().count() == 0
