"""The minute task: what executes is followed by one Search, or by its steps, and nothing is read twice."""

from __future__ import annotations

from datetime import UTC, timedelta
from functools import partialmethod

import pytest
from django.utils.timezone import now

from demo.aws.state import backend_of, state_of
from inventory.aws.client import Connection
from inventory.models import Execution, Region, StepExecution, Sync
from inventory.sync.region import FOLLOW_STEPS_EVERY
from inventory.sync.scope import Scope
from tests.aws.syncing import ACCESS, ACCOUNT_ID, REGION, evaluation, run, training

pytestmark = pytest.mark.django_db(transaction=True)
EXECUTING, SUCCEEDED = {"status": "Executing"}, {"status": "Succeeded"}
STEPS = {"ListPipelineExecutionSteps": 1}
REGISTER = {"Name": "Register", "Type": "RegisterModel", "Arguments": {"ModelPackageGroupName": "churn"}}


@pytest.fixture(autouse=True)
def credentials(monkeypatch, demo_aws, settings):
    for name, value in {**ACCESS, "AWS_ENDPOINT_URL": demo_aws.url}.items():
        monkeypatch.setenv(name, value)
    settings.SYNC_REGIONS = [REGION]
    settings.SYNC_REGISTRY = False
    monkeypatch.setattr(Connection, "__init__", partialmethod(Connection.__init__, attempts=1))


@pytest.fixture
def churn(demo_aws, create_pipeline):
    """It trains, evaluates, registers; `churn(Train=…, Evaluate=…)` says how far one execution of it is."""
    demo_aws.client("s3").create_bucket(Bucket="reports")
    demo_aws.client("sagemaker").create_model_package_group(ModelPackageGroupName="churn")
    evaluate, register = {**evaluation(), "DependsOn": ["Train"]}, {**REGISTER, "DependsOn": ["Evaluate"]}
    create_pipeline("churn", training(), evaluate, register)
    demo_aws.amend("churn", modified=ago(days=9).isoformat())
    start = ago(hours=2).isoformat()
    return lambda **steps: demo_aws.run("churn", execution_id="abc", start=start, steps=steps)


@pytest.fixture
def two(demo_aws, create_pipeline):
    """Two pipelines that execute, and are known to."""
    for name in ("churn", "fraud"):
        create_pipeline(name, training())
        demo_aws.amend(name, modified=ago(days=9).isoformat())
    arns = [
        demo_aws.run(name, start=ago(hours=3).isoformat(), steps={"Train": EXECUTING}) for name in ("churn", "fraud")
    ]
    run()
    return arns


def ago(**span):
    return now() - timedelta(**span)


def naive(moment):
    return moment.astimezone(UTC).replace(tzinfo=None)


def minute():
    """What a run of the minute task asks for: operation -> calls."""
    [part] = run(Scope(executing_only=True), Sync.Trigger.BEAT).parts.all()
    return part.api_calls


def end(arn, at):
    """In AWS: the step ended, and so did the execution."""
    execution = state_of(backend_of(ACCOUNT_ID, REGION)).executions[arn]
    execution.status, execution.last_modified = "Succeeded", naive(at)
    for step in execution.steps:
        step |= {"StepStatus": "Succeeded", "EndTime": naive(at)}


def step(name):
    return StepExecution.objects.get(name=name)


class TestWithoutSearch:
    @pytest.fixture(autouse=True)
    def without_search(self, settings):
        settings.SYNC_USE_SEARCH = False

    def test_what_goes_on_costs_a_look_at_its_steps(self, churn):
        churn(Train=EXECUTING)
        run()
        assert [minute(), minute()] == [STEPS, STEPS]
        assert step("Train").job.kind == "TrainingJob"

    def test_what_has_just_ended_and_what_has_just_begun_is_described_once(self, churn):
        churn(Train=EXECUTING)
        run()
        churn(Train=SUCCEEDED, Evaluate=EXECUTING)
        assert minute() == STEPS | {"DescribeTrainingJob": 1, "DescribeProcessingJob": 1}
        assert minute() == STEPS
        assert (step("Train").job.status, step("Evaluate").job.kind) == ("Completed", "ProcessingJob")

    def test_the_end_costs_the_last_jobs_their_report_and_the_listing_that_tells(self, churn):
        churn(Evaluate=EXECUTING)
        run()
        churn(Evaluate=SUCCEEDED | {"report": {"auc": 0.9}})
        last = {"ListPipelineExecutions": 1, "DescribeProcessingJob": 1, "DescribeModelPackage": 1, "GetObject": 1}
        assert minute() == STEPS | last
        assert step("Evaluate").metrics == {"eval.auc": 0.9}
        assert Execution.objects.get().steps_complete

    def test_a_package_is_described_when_its_step_has_ended(self, demo_aws, create_pipeline):
        demo_aws.client("sagemaker").create_model_package_group(ModelPackageGroupName="churn")
        create_pipeline("churn", REGISTER, training(DependsOn=["Register"]))
        start = ago(hours=2).isoformat()
        demo_aws.run("churn", execution_id="abc", start=start, steps={"Register": EXECUTING})
        run()
        demo_aws.run("churn", execution_id="abc", start=start, steps={"Train": EXECUTING})
        assert minute()["DescribeModelPackage"] == 1
        assert minute() == STEPS
        assert step("Register").model_package

    def test_a_report_that_is_denied_is_asked_for_again_at_the_end(self, demo_aws, churn):
        churn(Evaluate=SUCCEEDED | {"report": {"auc": 0.9}}, Register=EXECUTING)
        demo_aws.faults.add("AccessDenied", service="s3", action="GetObject")
        run()
        assert minute() == STEPS
        demo_aws.faults.clear()
        churn(Evaluate=SUCCEEDED | {"report": {"auc": 0.9}})
        assert minute()["GetObject"] == 1
        assert step("Evaluate").metrics == {"eval.auc": 0.9}

    def test_a_job_that_is_denied_is_asked_for_again_at_the_end(self, demo_aws, churn):
        demo_aws.faults.add("AccessDeniedException", action="DescribeTrainingJob")
        churn(Evaluate=EXECUTING)
        run()
        assert minute() == STEPS
        assert step("Train").detail_error
        demo_aws.faults.clear()
        churn(Evaluate=SUCCEEDED)
        assert minute()["DescribeTrainingJob"] == 1
        assert step("Train").detail_error == ""


class TestWithSearch:
    def test_it_costs_one_search(self, two):
        assert [minute(), minute()] == [{"Search": 1}, {"Search": 1}]

    def test_it_costs_one_search_however_much_has_changed(self, two, demo_aws, monkeypatch):
        monkeypatch.setattr("inventory.aws.executions.PAGE_SIZE", 2)
        monkeypatch.setattr("inventory.sync.executions.PAGE_SIZE", 2)
        for _ in range(3):
            demo_aws.run("fraud", start=ago(minutes=5).isoformat(), pace=0)
        assert minute()["Search"] == 1

    def test_what_does_not_fit_a_page_is_left_to_the_next_sync_of_everything(self, two, demo_aws, monkeypatch):
        monkeypatch.setattr("inventory.aws.executions.PAGE_SIZE", 2)
        monkeypatch.setattr("inventory.sync.executions.PAGE_SIZE", 2)
        end(two[0], ago(minutes=30))
        for _ in range(2):
            demo_aws.run("fraud", start=ago(seconds=5).isoformat(), pace=0)
        minute()
        assert Execution.objects.get(arn=two[0]).status == "Executing"
        assert "ListPipelineExecutions" not in run().parts.get().api_calls
        assert Execution.objects.get(arn=two[0]).status == "Succeeded"

    def test_now_and_then_the_steps_are_read_instead(self, two):
        Region.objects.update(steps_followed_at=ago(seconds=1) - FOLLOW_STEPS_EVERY)
        assert minute() == {"ListPipelineExecutionSteps": 2}
        assert minute() == {"Search": 1}

    def test_a_region_that_was_never_synced_as_a_whole_is_followed_by_steps(self, two):
        Region.objects.update(execution_cursor=None)
        assert minute() == {"ListPipelineExecutionSteps": 2}
