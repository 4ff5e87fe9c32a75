"""Execution history: summaries at a listing's price, steps of what ends, older ones on demand and within a budget."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partialmethod

import pytest
from django.core.management import CommandError, call_command
from django.utils.timezone import now
from moto.sagemaker.models import sagemaker_backends

from demo.aws.state import state_of
from inventory import sync
from inventory.aws.client import Connection
from inventory.models import Execution, Pipeline, Region, StepExecution
from inventory.models.executions import BackfillDay
from inventory.sync import history
from inventory.sync.reading import history_works
from inventory.sync.scope import Scope
from tests.aws.syncing import ACCESS, ACCOUNT_ID, REGION, evaluation, run, training

pytestmark = pytest.mark.django_db(transaction=True)
CHURN = Scope(account=ACCOUNT_ID, regions=(REGION,), pipeline="churn")


@pytest.fixture(autouse=True)
def credentials(monkeypatch, demo_aws, settings):
    for name, value in {**ACCESS, "AWS_ENDPOINT_URL": demo_aws.url}.items():
        monkeypatch.setenv(name, value)
    settings.SYNC_REGIONS = [REGION]
    settings.SYNC_REGISTRY = False
    monkeypatch.setattr(Connection, "__init__", partialmethod(Connection.__init__, attempts=1))


@pytest.fixture
def execute(demo_aws):
    """An execution that began so many hours ago; its step as told."""

    def execute(hours, pipeline="churn", status="Succeeded", **script):
        start = (now() - timedelta(hours=hours)).isoformat()
        return demo_aws.run(pipeline, start=start, steps={"Train": {"status": status}}, pace=0, **script)

    return execute


@pytest.fixture
def churn(demo_aws, create_pipeline):
    """A pipeline that is older than its executions."""
    create_pipeline("churn", training())
    demo_aws.amend("churn", modified=(now() - timedelta(days=9)).isoformat())


@pytest.fixture
def calls(demo_aws):
    """What a piece of work asks SageMaker for: operation -> calls."""

    def calls(work=run):
        demo_aws.calls.clear()
        work()
        return demo_aws.calls.by_action("sagemaker")

    return calls


LISTINGS = {"ListPipelines": 1, "ListDomains": 1, "Search": 2}


def change(arn, status):
    """In AWS: a retry reopens an execution under its ARN, and the end of it is seen in its steps."""
    execution = state_of(sagemaker_backends[ACCOUNT_ID][REGION]).executions[arn]
    execution.status, execution.last_modified = status, datetime.now(UTC).replace(tzinfo=None)
    for step in execution.steps:
        step["StepStatus"] = status


def with_steps():
    return set(Execution.objects.filter(steps_complete=True).values_list("arn", flat=True))


def ask(most=50):
    executions = history.newest_without_steps(Pipeline.objects.all(), most)
    return history.want_steps(executions)


class TestSummaries:
    def test_a_first_crawl_stores_the_newest_of_each_pipeline(self, churn, create_pipeline, execute, settings):
        settings.SYNC_EXECUTIONS_PER_PIPELINE = 2
        create_pipeline("fraud", training())
        newest = {execute(hours, name) for name in ("churn", "fraud") for hours in (1, 2)}
        execute(3)
        run()
        assert set(Execution.objects.values_list("arn", flat=True)) == newest

    def test_a_first_crawl_reads_no_further_than_needed(self, churn, execute, settings, monkeypatch, calls):
        settings.SYNC_EXECUTIONS_PER_PIPELINE = 2
        monkeypatch.setattr("inventory.aws.executions.PAGE_SIZE", 2)
        monkeypatch.setattr("inventory.sync.lease.Lease.batches.__defaults__", (2,))
        for hours in range(1, 8):
            execute(hours)
        assert calls()["Search"] == 2
        assert Execution.objects.count() == 2

    def test_a_first_crawl_reads_the_steps_of_the_latest_alone(self, churn, execute, calls):
        execute(2)
        latest = execute(1)
        found = calls()
        assert (found["ListPipelineExecutionSteps"], found["DescribeTrainingJob"]) == (1, 1)
        assert with_steps() == {latest}

    def test_history_grows_beyond_the_number_of_the_first_crawl(self, churn, execute, settings):
        settings.SYNC_EXECUTIONS_PER_PIPELINE = 1
        execute(1)
        run()
        execute(0)
        run()
        assert Execution.objects.count() == 2

    def test_a_region_where_nothing_ran_begins_its_history_with_the_first_crawl(self, churn, demo_aws):
        run()
        both = {demo_aws.run("churn"), demo_aws.run("churn")}
        run()
        assert with_steps() == both

    def test_without_search_the_newest_are_listed_by_one_call(self, churn, execute, settings, demo_aws, calls):
        settings.SYNC_EXECUTIONS_PER_PIPELINE = 3
        for hours in range(1, 6):
            execute(hours)
        demo_aws.faults.add("AccessDeniedException", action="Search")
        assert calls()["ListPipelineExecutions"] == 1
        assert Execution.objects.count() == 3

    def test_summaries_that_would_be_pruned_are_not_stored(self, churn, execute, settings):
        settings.RETENTION_DAYS, settings.SYNC_USE_SEARCH = 1, False
        execute(80)
        execute(60)
        latest = execute(50)
        run()
        assert Execution.objects.get().arn == latest


class TestWhatEnds:
    def test_two_that_finish_between_two_crawls_are_both_read(self, churn, execute, calls):
        execute(2)
        run()
        both = {execute(0.02), execute(0.01)}
        expected = LISTINGS | {"ListPipelineExecutionSteps": 2, "DescribeTrainingJob": 2}
        assert calls() == expected
        assert both < with_steps()

    def test_two_that_finish_are_both_read_without_search(self, churn, execute, settings, calls):
        settings.SYNC_USE_SEARCH = False
        execute(2)
        run()
        both = {execute(0.02), execute(0.01)}
        found = calls()
        assert (found["ListPipelineExecutions"], found["ListPipelineExecutionSteps"]) == (1, 2)
        assert both < with_steps()

    def test_once_read_they_cost_nothing(self, churn, execute, calls):
        run()
        execute(0.02)
        execute(0.01)
        run()
        assert calls() == LISTINGS

    def test_one_that_was_overtaken_is_read_when_it_ends(self, churn, execute, calls):
        slow = execute(0.1, status="Executing")
        run()
        execute(0.05)
        run()
        assert slow not in with_steps()
        change(slow, "Succeeded")
        found = calls()
        assert found["ListPipelineExecutionSteps"] == 1
        assert slow in with_steps()
        assert not Execution.objects.filter(wants_steps=True).exists()

    def test_one_that_was_overtaken_is_read_when_it_ends_without_search(self, churn, execute, settings, calls):
        settings.SYNC_USE_SEARCH = False
        slow = execute(0.1, status="Executing")
        run()
        execute(0.05)
        run()
        change(slow, "Succeeded")
        found = calls()
        assert (found["ListPipelineExecutions"], found["ListPipelineExecutionSteps"]) == (1, 1)
        assert slow in with_steps()
        assert "ListPipelineExecutions" not in calls()

    def test_a_retried_one_is_read_again_when_it_is_over(self, churn, execute, calls):
        retried = execute(3, status="Failed")
        run()
        execute(2)
        run()
        change(retried, "Executing")
        assert calls() == LISTINGS
        change(retried, "Succeeded")
        assert calls() == LISTINGS | {"ListPipelineExecutionSteps": 1}
        assert Execution.objects.get(arn=retried).steps.get().status == "Succeeded"
        assert calls() == LISTINGS

    def test_steps_that_could_not_be_read_stay_wanted(self, churn, execute, demo_aws):
        run()
        older = execute(0.02)
        execute(0.01)
        demo_aws.faults.add("ThrottlingException", action="ListPipelineExecutionSteps", resource=older, times=1)
        run()
        row = Execution.objects.get(arn=older)
        assert (row.wants_steps, row.steps.count(), row.problem) == (True, 0, "")
        run()
        assert older in with_steps()

    def test_what_is_denied_says_so_and_stays_wanted(self, churn, execute, demo_aws):
        run()
        older = execute(0.02)
        execute(0.01)
        demo_aws.faults.add("AccessDeniedException", action="ListPipelineExecutionSteps", resource=older)
        part = run().parts.get()
        row = Execution.objects.get(arn=older)
        assert (row.wants_steps, row.problem[:38]) == (True, "ListPipelineExecutionSteps is denied (")
        assert part.problems[0]["subject"] == "an older execution of churn"

    def test_what_aws_has_forgotten_is_wanted_no_more(self, churn, execute, demo_aws):
        run()
        older = execute(0.02)
        execute(0.01)
        demo_aws.faults.add("ResourceNotFound", action="ListPipelineExecutionSteps", resource=older)
        run()
        assert Execution.objects.get(arn=older).wants_steps is False

    def test_when_nothing_can_be_read_a_crawl_does_not_try_all(self, churn, execute, demo_aws, monkeypatch, calls):
        monkeypatch.setattr("inventory.sync.history.FIRST", 1)
        monkeypatch.setattr("inventory.sync.reading.BATCH", 1)
        execute(20)
        run()
        for hours in range(1, 10):
            execute(hours)
        Region.objects.update(execution_cursor=now() - timedelta(days=1))
        demo_aws.faults.add("AccessDeniedException", action="ListPipelineExecutionSteps")
        assert calls()["ListPipelineExecutionSteps"] == 4  # the latest, and what is read while the first fails


class TestOnDemand:
    @pytest.fixture(autouse=True)
    def known(self, churn, execute):
        for hours in (4, 3, 2, 1):
            execute(hours)
        run()

    def test_back_fill_reads_the_steps_and_jobs_of_each(self, calls):
        assert ask(3) == (3, [CHURN])
        assert calls(lambda: run(CHURN))["ListPipelineExecutionSteps"] == 3 + 1
        assert StepExecution.objects.exclude(job=None).count() == 4

    def test_in_a_region_s_sync_it_costs_them_alone(self, calls):
        ask(3)
        assert calls() == LISTINGS | {"ListPipelineExecutionSteps": 3, "DescribeTrainingJob": 3}

    def test_the_second_time_there_is_nothing_to_do(self, calls):
        ask(3)
        run()
        assert ask(3) == (0, [])
        assert calls() == LISTINGS

    def test_of_long_definitions_few_are_held_at_once(self, monkeypatch):
        monkeypatch.setattr("inventory.sync.history.FIRST", 1)
        monkeypatch.setattr("inventory.sync.reading.MOST_TEXT", 1)
        held = []
        monkeypatch.setattr(history, "history_works", lambda ids: held.append(len(ids)) or history_works(ids))
        ask(3)
        run()
        assert held == [1, 1, 1]

    def test_asking_twice_wants_them_once(self):
        assert ask(2)[0] == 2
        assert ask(2)[0] == 0

    def test_the_command_reads_them_in_the_foreground(self, capsys):
        call_command("backfill", pipeline="churn", count=2)
        assert len(with_steps()) == 3
        assert "Back-filled 2 of 2 executions." in capsys.readouterr().out

    def test_the_command_says_when_there_is_nothing_to_do(self, capsys):
        call_command("backfill", region=["eu-west-1"])
        assert "Nothing to back-fill" in capsys.readouterr().out

    def test_the_command_says_what_could_not_be_read(self, demo_aws):
        demo_aws.faults.add("AccessDeniedException", action="ListPipelineExecutionSteps")
        with pytest.raises(CommandError, match="2 of 2 executions could not be read"):
            call_command("backfill", pipeline="churn", count=2)

    def test_a_document_of_the_latest_is_not_rendered_again(self):
        from lineage.models import LineageDocument

        rendered = LineageDocument.objects.get().rendered_at
        ask(3)
        run()
        assert LineageDocument.objects.get().rendered_at == rendered


def test_an_older_execution_keeps_the_definition_and_the_parameters_it_had(create_pipeline, execute, settings, calls):
    settings.SYNC_USE_SEARCH = False
    create_pipeline("churn", training(), parameters=[{"Name": "Rate", "Type": "String"}])
    older = execute(2, parameters={"Rate": "0.1"})
    execute(1)
    run()
    ask()
    found = calls()
    assert (found["DescribePipelineDefinitionForExecution"], found["ListPipelineParametersForExecution"]) == (1, 1)
    assert Execution.objects.get(arn=older).parameters == {"Rate": "0.1"}


def test_a_report_of_an_older_execution_is_read(demo_aws, create_pipeline):
    demo_aws.client("s3").create_bucket(Bucket="reports")
    create_pipeline("churn", evaluation())
    start = (now() - timedelta(hours=2)).isoformat()
    older = demo_aws.run("churn", start=start, steps={"Evaluate": {"report": {"auc": 0.9}}})
    demo_aws.run("churn")
    run()
    ask()
    run()
    assert StepExecution.objects.get(execution__arn=older).metrics == {"eval.auc": 0.9}


class TestBudget:
    @pytest.fixture(autouse=True)
    def known(self, churn, execute):
        self.arns = [execute(hours) for hours in (1, 2, 3, 4, 5, 6)]
        run()
        changed = now() - timedelta(days=9)
        Pipeline.objects.update(last_modified=changed, described_version=changed, versions_listed_for=changed)

    def test_the_newest_are_read_first(self, settings):
        settings.SYNC_BACKFILL_CALLS_PER_DAY = 4
        assert sync.backfill() == 2
        assert with_steps() == set(self.arns[:3])

    def test_it_costs_steps_and_jobs_alone(self, calls):
        assert calls(sync.backfill) == {"ListPipelineExecutionSteps": 5, "DescribeTrainingJob": 5}
        assert BackfillDay.objects.values_list("calls", "executions").get() == (10, 5)

    def test_a_definition_that_may_be_another_counts_too(self, settings, calls):
        Pipeline.objects.update(described_version=None)
        settings.SYNC_BACKFILL_CALLS_PER_DAY = 3
        assert calls(sync.backfill)["DescribePipelineDefinitionForExecution"] == 1
        assert BackfillDay.objects.get().calls == 3

    def test_the_budget_of_a_day_is_kept(self, settings, calls):
        settings.SYNC_BACKFILL_CALLS_PER_DAY = 5
        assert sum(calls(sync.backfill).values()) == 4
        assert calls(sync.backfill) == {}
        assert len(with_steps()) == 3

    def test_another_day_has_calls_of_its_own(self, settings):
        settings.SYNC_BACKFILL_CALLS_PER_DAY = 4
        sync.backfill()
        BackfillDay.objects.update(day=now().date() - timedelta(days=1))
        assert sync.backfill() == 2

    def test_zero_is_off(self, settings, calls):
        settings.SYNC_BACKFILL_CALLS_PER_DAY = 0
        assert calls(sync.backfill) == {}

    def test_one_worker_is_at_it_at_a_time(self, calls):
        BackfillDay.objects.create(day=now().date(), held_until=now() + timedelta(minutes=1))
        assert calls(sync.backfill) == {}

    def test_what_was_asked_for_is_left_to_the_syncs(self, calls):
        ask()
        assert calls(sync.backfill) == {}

    def test_what_was_tried_in_vain_is_not_tried_again(self, demo_aws, calls):
        demo_aws.faults.add("AccessDeniedException", action="ListPipelineExecutionSteps")
        assert calls(sync.backfill) == {"ListPipelineExecutionSteps": 5}
        assert calls(sync.backfill) == {}

    def test_credentials_of_another_account_read_nothing(self, calls):
        Region.objects.get().account.__class__.objects.update(account_id="210987654321")
        assert calls(sync.backfill) == {}
        assert len(with_steps()) == 1

    def test_its_queries_do_not_grow_with_the_executions(self, django_assert_max_num_queries):
        with django_assert_max_num_queries(45):
            sync.backfill()
