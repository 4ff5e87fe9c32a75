"""What only a look at each pipeline tells: cached steps, older definitions, followed executions, reports."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from functools import partialmethod

import pytest
from django.utils.timezone import now

from inventory.aws import executions
from inventory.aws.client import Connection
from inventory.aws.gate import Gate
from inventory.models import Bucket, Definition, Execution, Job, ModelPackage, Pipeline, Sync
from inventory.sync.ownership import OwnershipSync
from inventory.sync.scope import Scope
from lineage.models import LineageDocument
from tests.aws.syncing import ACCESS, REGION, evaluation, run, training

pytestmark = pytest.mark.django_db(transaction=True)
EARLY, LATE = "2026-11-01T00:00:00+00:00", "2026-11-02T00:00:00+00:00"
EXECUTING = Scope(executing_only=True)


@pytest.fixture(autouse=True)
def credentials(monkeypatch, demo_aws, settings):
    for name, value in {**ACCESS, "AWS_ENDPOINT_URL": demo_aws.url}.items():
        monkeypatch.setenv(name, value)
    settings.SYNC_REGIONS = [REGION]
    settings.SYNC_EXECUTION_HISTORY_DAYS = 36_500
    monkeypatch.setattr(Connection, "__init__", partialmethod(Connection.__init__, attempts=1))


@pytest.fixture
def reports(demo_aws):
    demo_aws.client("s3").create_bucket(Bucket="reports")


@pytest.fixture
def recorded(monkeypatch):
    """`recorded(OwnershipSync, "begin")`: a list that grows by its name each time that it is called."""

    def record(owner, name):
        calls, real = [], getattr(owner, name)

        def called(self):
            calls.append(name)
            return real(self)

        monkeypatch.setattr(owner, name, called)
        return calls

    return record


def latest():
    return Pipeline.objects.get().latest_execution


def calls_of(demo_aws, scope=None):
    demo_aws.calls.clear()
    run(scope)
    return demo_aws.calls


def update(demo_aws, *steps):
    definition = json.dumps({"Version": "2020-12-01", "Steps": steps})
    demo_aws.client("sagemaker").update_pipeline(PipelineName="churn", PipelineDefinition=definition)


def test_a_cached_step_has_the_metadata_of_the_step_it_took(demo_aws, create_pipeline):
    create_pipeline("churn", training())
    demo_aws.run("churn", start=EARLY)
    cached = demo_aws.run("churn", start=LATE, steps={"Train": {"cached": True}})
    run()
    step = latest().steps.get()
    assert (latest().arn, bool(step.cache_source)) == (cached, True)
    assert step.job == Job.objects.get()


def bare(monkeypatch):
    """The cached steps come without metadata, as AWS may send them."""
    parse = executions.parse_step

    def without(raw):
        step = parse(raw)
        return replace(step, metadata={}) if step.cache_source else step

    monkeypatch.setattr(executions, "parse_step", without)


def test_a_cached_step_without_metadata_gets_it_from_its_source(demo_aws, create_pipeline, monkeypatch):
    bare(monkeypatch)
    create_pipeline("churn", training())
    demo_aws.run("churn", start=EARLY)
    demo_aws.run("churn", start=LATE, steps={"Train": {"cached": True}})
    run()
    assert latest().steps.get().job.kind == "TrainingJob"


def test_a_cached_step_whose_source_cannot_be_read_stays_without(demo_aws, create_pipeline, monkeypatch):
    bare(monkeypatch)
    create_pipeline("churn", training())
    source = demo_aws.run("churn", start=EARLY)
    demo_aws.run("churn", start=LATE, steps={"Train": {"cached": True}})
    demo_aws.faults.add("AccessDeniedException", action="ListPipelineExecutionSteps", resource=source)
    assert run().parts.get().outcome == "ok"
    step = latest().steps.get()
    assert (step.status, step.metadata, step.job) == ("Succeeded", {}, None)


def test_an_execution_keeps_the_older_definition_that_it_ran(demo_aws, create_pipeline):
    create_pipeline("churn", training("Old"))
    demo_aws.run("churn", start=EARLY)
    update(demo_aws, training("New"))
    run()
    pipeline = Pipeline.objects.get()
    assert Definition.objects.count() == 2
    assert "Old" in pipeline.latest_execution.definition.text
    assert "New" in pipeline.definition.text


def test_an_execution_that_search_does_not_show_yet_is_listed_once(demo_aws, create_pipeline, settings):
    create_pipeline("churn", training())
    settings.SYNC_EXECUTION_HISTORY_DAYS = 1
    demo_aws.run("churn", start=EARLY)
    Sync.objects.all().delete()
    first = calls_of(demo_aws).count(action="ListPipelineExecutions")
    assert (first, latest().status) == (1, "Succeeded")
    assert calls_of(demo_aws).count(action="ListPipelineExecutions") == 0


def test_an_executing_pipeline_is_followed_until_it_ends(demo_aws, create_pipeline):
    create_pipeline("churn", training())
    create_pipeline("fraud", training())
    running = demo_aws.run("churn", steps={"Train": {"status": "Executing"}})
    run()
    churn = Pipeline.objects.get(name="churn")
    assert churn.latest_execution.steps_complete is False
    demo_aws.client("sagemaker").stop_pipeline_execution(PipelineExecutionArn=running, ClientRequestToken="-" * 32)
    calls = calls_of(demo_aws, EXECUTING)
    assert calls.count(action="ListPipelines") == 0
    churn.refresh_from_db()
    assert churn.latest_execution.status in ("Stopping", "Stopped")


def test_without_search_an_executing_pipeline_is_followed_by_its_steps(demo_aws, create_pipeline, settings):
    settings.SYNC_USE_SEARCH = False
    create_pipeline("churn", training())
    demo_aws.run("churn", steps={"Train": {"status": "Executing"}})
    run()
    calls = calls_of(demo_aws, EXECUTING)
    assert [calls.count(action=action) for action in ("Search", "ListPipelineExecutionSteps")] == [0, 1]


@pytest.mark.parametrize(("age", "looked_up"), [(1, 1), (30, 0)])
def test_without_search_a_young_failure_may_be_retried(demo_aws, create_pipeline, settings, age, looked_up):
    settings.SYNC_USE_SEARCH = False
    create_pipeline("churn", training())
    start = (now() - timedelta(days=age)).isoformat()
    demo_aws.run("churn", start=start, steps={"Train": {"status": "Failed"}})
    run()
    assert latest().status == "Failed"
    assert calls_of(demo_aws).count(action="ListPipelineExecutions") == looked_up


def test_without_search_a_success_is_not_looked_up_again(demo_aws, create_pipeline, settings):
    settings.SYNC_USE_SEARCH = False
    create_pipeline("churn", training())
    demo_aws.run("churn")
    run()
    assert calls_of(demo_aws).count(action="ListPipelineExecutions") == 0


def test_the_numbers_of_a_report_are_stored(demo_aws, create_pipeline, reports):
    create_pipeline("churn", evaluation())
    demo_aws.run("churn", steps={"Evaluate": {"report": {"auc": 0.9}}})
    run()
    step = latest().steps.get()
    assert step.metrics == {"eval.auc": 0.9}
    assert (step.report["uri"], step.report["status"]) == ("s3://reports/churn/evaluation.json", "ok")


def test_a_report_is_read_once(demo_aws, create_pipeline, reports):
    create_pipeline("churn", evaluation(), training(DependsOn=["Evaluate"]))
    demo_aws.run("churn", steps={"Evaluate": {"report": {"auc": 0.9}}, "Train": {"status": "Executing"}})
    assert calls_of(demo_aws).count(service="s3", action="GetObject") == 1
    assert calls_of(demo_aws, Scope(pipeline="churn")).count(service="s3", action="GetObject") == 0
    assert latest().steps.get(name="Evaluate").metrics == {"eval.auc": 0.9}


@pytest.mark.parametrize(("body", "status"), [(b"{", "malformed"), (b"", "malformed"), (b" " * 1_048_577, "too-large")])
def test_a_report_that_tells_nothing_is_read_once(demo_aws, create_pipeline, reports, body, status):
    demo_aws.client("s3").put_object(Bucket="reports", Key="churn/evaluation.json", Body=body)
    create_pipeline("churn", evaluation())
    demo_aws.run("churn")
    assert calls_of(demo_aws).count(service="s3", action="GetObject") == 1
    assert calls_of(demo_aws, Scope(pipeline="churn")).count(service="s3", action="GetObject") == 0
    assert latest().steps.get().report["status"] == status


def test_a_report_that_is_not_there_is_looked_for_once(demo_aws, create_pipeline, reports):
    """At each of the four places where it may be."""
    create_pipeline("churn", {**evaluation(), "PropertyFiles": []})
    demo_aws.run("churn")
    assert calls_of(demo_aws).count(service="s3", action="GetObject") == 4
    assert calls_of(demo_aws, Scope(pipeline="churn")).count(service="s3", action="GetObject") == 0
    assert latest().steps.get().report["status"] == "missing"


@pytest.mark.parametrize("fault", ["AccessDenied", "InternalError"])
def test_a_report_that_could_not_be_read_is_read_again(demo_aws, create_pipeline, reports, fault):
    create_pipeline("churn", evaluation())
    demo_aws.run("churn", steps={"Evaluate": {"report": {"auc": 0.9}}})
    demo_aws.faults.add(fault, service="s3", action="GetObject", times=1)
    run()
    assert calls_of(demo_aws).count(service="s3", action="GetObject") == 1
    assert latest().steps.get().metrics == {"eval.auc": 0.9}


def test_jobs_that_are_over_are_described_once(demo_aws, create_pipeline):
    create_pipeline("churn", training())
    demo_aws.run("churn")
    run()
    assert calls_of(demo_aws, Scope(pipeline="churn")).count(action="DescribeTrainingJob") == 0
    assert latest().steps.get().job == Job.objects.get()


def test_a_registered_model_is_a_package_of_its_group(demo_aws, create_pipeline):
    demo_aws.client("sagemaker").create_model_package_group(ModelPackageGroupName="churn")
    create_pipeline(
        "churn", {"Name": "Register", "Type": "RegisterModel", "Arguments": {"ModelPackageGroupName": "churn"}}
    )
    demo_aws.run("churn")
    run()
    package = ModelPackage.objects.get()
    assert (package.group_name, latest().steps.get().model_package) == ("churn", package)


def test_a_definition_that_is_not_json_is_kept_with_its_problem(demo_aws, create_pipeline):
    create_pipeline("churn", training())
    demo_aws.client("sagemaker").update_pipeline(PipelineName="churn", PipelineDefinition="<xml/>")
    run()
    definition = Pipeline.objects.get().definition
    assert (definition.text, definition.problem[:29]) == ("<xml/>", "The definition is not JSON: E")


def test_buckets_are_looked_at_again_only_when_they_are_due(demo_aws, create_pipeline, settings):
    create_pipeline("churn", training())
    run()
    checked = Bucket.objects.get(name="lake").checked_at
    run()
    assert Bucket.objects.get(name="lake").checked_at == checked
    settings.SYNC_BUCKET_MAX_AGE_SECONDS = 0
    run()
    assert Bucket.objects.get(name="lake").checked_at > checked


def test_an_execution_of_a_pipeline_nobody_knows_is_left_out(demo_aws, create_pipeline):
    create_pipeline("churn", training())
    demo_aws.run("churn")
    run()
    create_pipeline("fraud", training())
    demo_aws.run("fraud", steps={"Train": {"status": "Executing"}})
    Execution.objects.update(status="Executing")
    assert run(EXECUTING).state == "succeeded"
    assert Execution.objects.get().pipeline.name == "churn"


def test_a_report_that_a_package_names_too_is_read_once(demo_aws, create_pipeline, reports):
    demo_aws.client("sagemaker").create_model_package_group(ModelPackageGroupName="churn")
    statistics = {"ContentType": "application/json", "S3Uri": "s3://reports/churn/evaluation.json"}
    arguments = {"ModelPackageGroupName": "churn", "ModelMetrics": {"ModelQuality": {"Statistics": statistics}}}
    register = {"Name": "Register", "Type": "RegisterModel", "Arguments": arguments, "DependsOn": ["Evaluate"]}
    create_pipeline("churn", evaluation(), register)
    demo_aws.run("churn", steps={"Evaluate": {"report": {"auc": 0.9}}})
    assert calls_of(demo_aws).count(service="s3", action="GetObject") == 1
    assert {step.name: step.metrics for step in latest().steps.all()} == {
        "Evaluate": {"eval.auc": 0.9},
        "Register": {"eval.auc": 0.9},
    }


def test_what_protects_a_bucket_is_shown_once_a_sync_has_seen_it_change(demo_aws, create_pipeline, settings):
    s3 = demo_aws.client("s3")
    s3.create_bucket(Bucket="lake")
    create_pipeline("churn", training())
    run()
    s3.put_bucket_versioning(Bucket="lake", VersioningConfiguration={"Status": "Enabled"})
    settings.SYNC_BUCKET_MAX_AGE_SECONDS = 0
    run()
    body = json.loads(LineageDocument.objects.get().definition_body)
    assert {artifact["s3"]["versioning"] for artifact in body["graph"]["artifacts"]} == {"Enabled"}


def test_tags_are_searched_as_soon_as_pipelines_are_listed(demo_aws, create_pipeline, recorded):
    create_pipeline("churn", training())
    begun = recorded(OwnershipSync, "begin")
    run()
    assert begun == ["begin"]


def test_a_batch_is_stored_while_calls_are_held_back(demo_aws, create_pipeline, recorded):
    create_pipeline("churn", training())
    held_back = recorded(Gate, "closed")
    run()
    assert held_back == ["closed"]
