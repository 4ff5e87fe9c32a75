"""What a sync leaves behind when AWS, the network, a worker or the code itself fails."""

from __future__ import annotations

import uuid
from functools import partialmethod

import pytest
from django.utils.timezone import now

from demo.aws.server import DemoServer
from inventory import sync
from inventory.aws.client import Connection
from inventory.models import Account, Bucket, Domain, Pipeline, Region, Sync, SyncPart
from inventory.signals import facts_changed
from inventory.sync import lease
from inventory.sync.scope import Scope
from tests.aws.faulting import lineage
from tests.aws.syncing import ACCESS, REGION, evaluation, known_region, run, training

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def sync_once(monkeypatch, demo_aws, settings):
    """Reads the demo AWS, and does not try a call again."""
    for name, value in {**ACCESS, "AWS_ENDPOINT_URL": demo_aws.url}.items():
        monkeypatch.setenv(name, value)
    settings.SYNC_REGIONS = [REGION]
    monkeypatch.setattr(Connection, "__init__", partialmethod(Connection.__init__, attempts=1))


@pytest.fixture
def on_change():
    """`on_change(act)`: the next stored facts call it, in the worker's own transaction."""
    receivers = []

    def connect(act):
        def once(**_):
            facts_changed.disconnect(once)
            act()

        receivers.append(once)
        facts_changed.connect(once, weak=False)

    yield connect
    for receiver in receivers:
        facts_changed.disconnect(receiver)


@pytest.fixture
def gone(monkeypatch):
    """AWS, at a port where nobody listens any more."""

    def leave():
        with DemoServer() as server:
            monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)

    return leave


def take_over():
    SyncPart.objects.update(lease=uuid.uuid4())


def fail():
    raise ZeroDivisionError


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        ("ThrottlingException", "throttled"),
        ("InternalFailure", "unreachable"),
        ("Truncated", "unreachable"),
        ("ExpiredTokenException", "denied"),
    ],
)
def test_a_listing_that_does_not_reach_its_end_marks_nothing_missing_until_it_does(
    demo_aws, create_pipeline, client, settings, code, outcome
):
    settings.API_ANONYMOUS_READ = True
    create_pipeline("churn", training())
    run()
    demo_aws.client("sagemaker").delete_pipeline(PipelineName="churn", ClientRequestToken="x" * 32)
    demo_aws.faults.add(code, action="ListPipelines")
    done = run()
    part = done.parts.get()
    assert (done.state, part.outcome) == ("failed", outcome)
    assert Pipeline.objects.get().missing_since is None
    status, document = lineage(client, "churn")
    assert (status, document["cache"]["stale"], document["cache"]["problem"]) == (200, True, part.error)

    demo_aws.faults.clear()
    assert run().state == "succeeded"
    assert Pipeline.objects.get().missing_since
    assert lineage(client, "churn")[0] == 404


def test_a_second_page_that_fails_marks_nothing_missing(demo_aws, create_pipeline, monkeypatch):
    monkeypatch.setattr("inventory.aws.pipelines.PAGE_SIZE", 1)
    for name in ("churn", "fraud", "pricing"):
        create_pipeline(name, training())
    run()
    Pipeline.objects.update(seen_at=now())
    demo_aws.faults.add("ThrottlingException", action="ListPipelines", resource="NextToken")
    assert run().parts.get().outcome == "throttled"
    assert not Pipeline.objects.exclude(missing_since=None).exists()
    demo_aws.faults.clear()
    assert run().state == "succeeded"
    assert not Pipeline.objects.exclude(missing_since=None).exists()


def test_throttles_are_counted(demo_aws, create_pipeline):
    known_region()
    demo_aws.faults.add("ThrottlingException", action="ListPipelines")
    part = run().parts.get()
    assert (part.throttles, part.error_class, part.api_calls) == (1, "ThrottlingException", {"ListPipelines": 1})


def test_an_aws_that_is_gone_is_unreachable_and_keeps_every_fact(create_pipeline, gone):
    create_pipeline("churn", training())
    run()
    gone()
    part = run().parts.get()
    assert (part.outcome, part.error_class) == ("unreachable", "EndpointConnectionError")
    region = Region.objects.get()
    assert (region.status, region.problem) == ("unreachable", part.error)
    assert Pipeline.objects.get().missing_since is None


def test_a_region_that_was_unreachable_recovers(demo_aws, create_pipeline):
    create_pipeline("churn", training())
    demo_aws.faults.add("Truncated", action="ListPipelines", times=1)
    run()
    run()
    region = Region.objects.get()
    assert (region.status, region.problem) == ("ok", "")
    assert region.synced_at


def test_without_an_account_an_unreachable_aws_is_the_problem_of_the_sync(gone):
    gone()
    done = run()
    assert done.state == "failed"
    assert "GetCallerIdentity" in done.problem
    assert done.finished_at


def test_a_failure_of_one_pipeline_is_no_news_of_its_region(demo_aws, create_pipeline):
    create_pipeline("churn", training())
    run()
    demo_aws.faults.add("AccessDeniedException", action="DescribePipeline")
    assert run(Scope(pipeline="churn", regions=(REGION,))).parts.get().outcome == "denied"
    assert Region.objects.get().status == "ok"


def test_an_error_without_an_outcome_of_its_own_is_failed(demo_aws):
    demo_aws.faults.add("ValidationException", action="ListPipelines")
    assert run().parts.get().outcome == "failed"
    assert Region.objects.get().status == "unreachable"


def test_a_bug_is_recorded_and_raised(create_pipeline, on_change):
    create_pipeline("churn", training())
    on_change(fail)
    with pytest.raises(ZeroDivisionError):
        run()
    part = SyncPart.objects.get()
    assert (part.state, part.outcome, part.error_class) == ("finished", "failed", "ZeroDivisionError")
    assert Sync.objects.get().state == "failed"


def test_a_bug_of_a_worker_that_lost_its_part_is_not_recorded(create_pipeline, on_change, monkeypatch):
    create_pipeline("churn", training())
    on_change(lambda: monkeypatch.setattr("inventory.sync.domains.upsert", lambda *_, **__: take_over() or fail()))
    with pytest.raises(ZeroDivisionError):
        run()
    assert SyncPart.objects.get().state == "running"


def test_a_worker_that_lost_its_part_writes_no_more(create_pipeline, on_change):
    create_pipeline("churn", training())
    on_change(take_over)
    done = run()
    assert (done.state, done.parts.get().state) == ("running", "running")
    assert Pipeline.objects.get().definition is None


def test_a_cancelled_sync_stops_and_keeps_what_it_has(create_pipeline, on_change):
    create_pipeline("churn", training())
    on_change(lambda: Sync.objects.update(cancel_requested=True))
    done = run()
    assert (done.state, done.parts.get().state) == ("cancelled", "cancelled")
    assert Pipeline.objects.get().definition is None


def test_a_cancel_is_heard_while_aws_is_silent(demo_aws, create_pipeline, monkeypatch):
    create_pipeline("churn", training())
    known_region()
    monkeypatch.setattr(lease, "HEARTBEAT_SECONDS", 0.01)
    demo_aws.faults.add("Hang", action="DescribePipeline", seconds=0.3)
    requested, _ = sync.request(Scope(pipeline="churn", regions=(REGION,)), trigger="api")
    Sync.objects.update(cancel_requested=True)
    for part in sync.plan(requested.pk):
        sync.execute(part.pk)
    assert SyncPart.objects.get().state == "cancelled"
    assert not Pipeline.objects.exists()


def test_a_wait_for_aws_proves_life(demo_aws, create_pipeline, monkeypatch):
    beats = []
    report = lease.Lease.report
    monkeypatch.setattr(lease, "HEARTBEAT_SECONDS", 0.01)
    monkeypatch.setattr(lease.Lease, "report", lambda self, **news: beats.append(news) or report(self, **news))
    demo_aws.faults.add("Hang", action="ListPipelines", seconds=0.2)
    assert run().state == "succeeded"
    assert {} in beats


def test_a_part_that_somebody_else_took_is_not_executed(demo_aws):
    known_region()
    requested, _ = sync.request(Scope(), trigger="api")
    [part] = sync.plan(requested.pk)
    SyncPart.objects.claim(part.pk)
    demo_aws.calls.clear()
    sync.execute(part.pk)
    assert demo_aws.calls.as_json() == []


def test_tags_are_read_one_by_one_where_neither_search_nor_tagging_is_allowed(demo_aws, create_pipeline):
    create_pipeline("churn", training(), Team="growth")
    demo_aws.faults.add("AccessDeniedException", action="Search")
    demo_aws.faults.add("AccessDeniedException", action="GetResources")
    assert run().parts.get().outcome == "ok"
    assert Pipeline.objects.get().tags == {"Team": "growth"}


def test_tags_that_nobody_may_read_are_noted_and_stop_nothing(demo_aws, create_pipeline):
    create_pipeline("churn", training(), Team="growth")
    for action in ("Search", "GetResources", "ListTags"):
        demo_aws.faults.add("AccessDeniedException", action=action)
    part = run().parts.get()
    assert part.outcome == "ok"
    assert ("tags", "denied") in {(problem["subject"], problem["kind"]) for problem in part.problems}
    assert Pipeline.objects.get().definition


def test_tags_that_were_read_stay_when_search_is_throttled(demo_aws, create_pipeline):
    create_pipeline("churn", training(), Team="growth")
    run()
    demo_aws.faults.add("ThrottlingException", action="Search")
    part = run().parts.get()
    assert {problem["subject"] for problem in part.problems} == {"tags", "executions"}
    assert Pipeline.objects.get().tags == {"Team": "growth"}


def test_one_bad_pipeline_stops_no_other(demo_aws, create_pipeline):
    create_pipeline("churn", training())
    create_pipeline("fraud", training())
    demo_aws.faults.add("InternalFailure", action="DescribePipeline", resource="churn")
    part = run().parts.get()
    assert [problem["subject"] for problem in part.problems] == ["churn"]
    assert Pipeline.objects.get(name="churn").problem
    assert Pipeline.objects.get(name="fraud").definition
    demo_aws.faults.clear()
    run()
    assert Pipeline.objects.get(name="churn").problem == ""


def test_a_job_that_was_throttled_is_read_again(demo_aws, create_pipeline):
    create_pipeline("churn", training())
    demo_aws.run("churn")
    demo_aws.faults.add("ThrottlingException", action="DescribeTrainingJob", times=1)
    run()
    step = Pipeline.objects.get().latest_execution.steps.get()
    assert (step.job, bool(step.detail_error)) == (None, True)
    run()
    step.refresh_from_db()
    assert (step.job.kind, step.detail_error) == ("TrainingJob", "")


def test_a_report_that_could_not_be_read_whole_is_read_again(demo_aws, create_pipeline):
    demo_aws.client("s3").create_bucket(Bucket="reports")
    create_pipeline("churn", evaluation())
    demo_aws.run("churn", steps={"Evaluate": {"report": {"auc": 0.9}}})
    demo_aws.faults.add("InternalError", action="GetObject", times=1)
    run()
    assert Pipeline.objects.get().problem
    run()
    assert Pipeline.objects.get().latest_execution.steps.get().metrics == {"eval.auc": 0.9}


def test_a_denied_domain_listing_keeps_the_domains(demo_aws):
    region = known_region()
    Domain.objects.create(region=region, domain_id="d-1", name="studio", arn="arn", seen_at=now())
    demo_aws.faults.add("AccessDeniedException", action="ListDomains")
    assert run().state == "failed"
    assert Domain.objects.get().missing_since is None


def test_a_domain_that_is_gone_is_marked():
    region = known_region()
    Domain.objects.create(region=region, domain_id="d-1", name="studio", arn="arn", seen_at=now())
    run()
    assert Domain.objects.get().missing_since


def test_a_bucket_nobody_may_look_at_says_so_and_stops_nothing(demo_aws, create_pipeline):
    create_pipeline("churn", training())
    demo_aws.faults.add("AccessDenied", service="s3")
    assert run().parts.get().outcome == "ok"
    bucket = Bucket.objects.get(name="lake")
    assert bucket.encryption == "Denied"
    assert bucket.checked_at


def test_what_is_known_of_a_bucket_stays_while_s3_does_not_answer(demo_aws, create_pipeline, settings):
    demo_aws.client("s3").create_bucket(Bucket="lake")
    create_pipeline("churn", training())
    run()
    known = Bucket.objects.get(name="lake")
    settings.SYNC_BUCKET_MAX_AGE_SECONDS = 0
    demo_aws.faults.add("InternalError", service="s3", action="GetBucketVersioning")
    part = run().parts.get()
    assert [problem["subject"] for problem in part.problems] == ["lake"]
    stays = Bucket.objects.get(name="lake")
    assert (stays.versioning, stays.checked_at) == ("Disabled", known.checked_at)


def test_buckets_wait_for_a_listing_that_may_come_later(demo_aws, create_pipeline):
    create_pipeline("churn", training())
    demo_aws.faults.add("SlowDown", service="s3", action="ListBuckets")
    assert [problem["subject"] for problem in run().parts.get().problems] == ["buckets"]
    demo_aws.faults.clear()
    run()
    assert Bucket.objects.get(name="lake").checked_at


def test_a_bucket_that_another_worker_looks_at_is_left_to_it(demo_aws, create_pipeline):
    create_pipeline("churn", training())
    run()
    Bucket.objects.update(checked_at=None, claimed_at=now())
    demo_aws.calls.clear()
    run()
    assert demo_aws.calls.count(service="s3") == 0


def test_another_accounts_credentials_read_nothing_and_hide_nothing(demo_aws, create_pipeline):
    create_pipeline("churn", training())
    run()
    Account.objects.update(account_id="999999999999")
    create_pipeline("fraud", training())
    part = run().parts.get()
    assert (part.outcome, part.error_class) == ("denied", "WrongAccount")
    assert list(Pipeline.objects.values_list("name", "missing_since")) == [("churn", None)]
