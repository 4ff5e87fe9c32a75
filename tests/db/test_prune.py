"""Pruning: what a setting calls too old goes, with what was only its own; what is kept for ever stays."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module
from itertools import count

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.models import Subquery
from django.utils.timezone import now

from inventory import tasks
from inventory.models import Definition, Execution, Job, Pipeline, StepExecution, Sync, SyncPart
from inventory.models.executions import BackfillDay
from inventory.sync.prunable import count_prunable
from inventory.sync.prune import latest_success
from inventory.sync.prune import prune as prune_now

numbers = count(1)


def ago(days):
    return now() - timedelta(days=days)


def prune():
    """Whatever is pruned, a dry run tells it before."""
    told = count_prunable()
    done = prune_now()
    assert told == {label: count for label, count in done.items() if label != "inventory.SyncPart"}
    return done


@pytest.fixture
def churn(make_pipeline):
    return make_pipeline()


@pytest.fixture
def ran(churn):
    """An execution that began and ended so many days ago; the newest is the latest."""

    def ran(days, status="Succeeded", pipeline=churn, **fields):
        values = {"start_time": ago(days), "last_modified": ago(days), "status": status, **fields}
        row = Execution.objects.create(pipeline=pipeline, arn=f"{pipeline.arn}/execution/{next(numbers)}", **values)
        pipeline.latest_execution = pipeline.executions.order_by("-start_time").first()
        pipeline.save()
        return row

    return ran


@pytest.fixture
def step(region):
    """A step of an execution, with a job of its own unless one is given."""

    def step(execution, job=None, days=90):
        number = next(numbers)
        job = job or Job.objects.create(
            region=region, arn=f"job/{number}", kind="TrainingJob", created_at=ago(days), read_at=now()
        )
        return StepExecution.objects.create(execution=execution, name=f"step-{number}", status="Succeeded", job=job)

    return step


@pytest.fixture
def definition():
    def definition(days=90):
        row = Definition.objects.create(sha256=str(next(numbers)), text="{}")
        Definition.objects.filter(pk=row.pk).update(created_at=ago(days))
        return row

    return definition


@pytest.fixture(autouse=True)
def thirty_days(settings):
    settings.RETENTION_DAYS = settings.SYNC_KEEP_DAYS = 30


def left():
    return set(Execution.objects.values_list("pk", flat=True))


class TestExecutions:
    def test_old_ones_go_with_their_steps(self, ran, step):
        step(ran(40))
        latest = ran(1)
        prune()
        assert left() == {latest.pk}
        assert not StepExecution.objects.exists()

    def test_zero_days_are_for_ever(self, ran, settings):
        settings.RETENTION_DAYS = 0
        ran(4000)
        ran(1)
        assert prune() == {}

    def test_the_latest_stays_however_old(self, ran):
        latest = ran(400, "Failed")
        prune()
        assert left() == {latest.pk}

    def test_the_latest_success_stays(self, ran):
        ran(90)
        success = ran(60)
        ran(50, "Failed")
        latest = ran(40, "Failed")
        prune()
        assert left() == {success.pk, latest.pk}

    def test_of_each_pipeline_its_own_latest_success_stays(self, ran, make_pipeline):
        fraud = make_pipeline("fraud")
        kept = {ran(90).pk, ran(80, "Failed").pk, ran(70, pipeline=fraud).pk, ran(60, "Failed", pipeline=fraud).pk}
        prune()
        assert left() == kept

    def test_one_that_is_not_over_stays(self, ran):
        kept = {ran(60, "Executing").pk, ran(50, "Stopping").pk, ran(40).pk}
        prune()
        assert left() == kept

    def test_one_that_was_retried_lately_is_young(self, ran):
        retried = ran(60, "Failed", last_modified=ago(2))
        ran(1)
        prune()
        assert retried.pk in left()

    def test_one_whose_end_is_not_known_is_as_old_as_its_start(self, ran):
        ran(60, last_modified=None)
        latest = ran(1)
        prune()
        assert left() == {latest.pk}

    def test_one_without_any_time_stays(self, ran):
        kept = {ran(60, "Failed", start_time=None, last_modified=None).pk, ran(1).pk}
        prune()
        assert left() == kept


class TestWhatNothingRefersTo:
    def test_a_job_of_an_old_execution_goes(self, ran, step):
        step(ran(40))
        kept = step(ran(1)).job
        prune()
        assert Job.objects.get() == kept

    def test_a_job_that_another_execution_took_from_a_cache_stays(self, ran, step):
        job = step(ran(40)).job
        step(ran(1), job)
        prune()
        assert Job.objects.get() == job

    def test_a_young_job_stays(self, ran, step):
        step(ran(40), days=2)
        ran(1)
        prune()
        assert Job.objects.count() == 1

    def test_a_definition_that_only_old_executions_ran_goes(self, churn, ran, definition):
        churn.definition = definition()
        ran(40, definition=definition())
        kept = ran(1, definition=definition()).definition
        prune()
        assert set(Definition.objects.all()) == {churn.definition, kept}

    def test_a_young_definition_stays(self, definition, db):
        definition(days=2)
        prune()
        assert Definition.objects.count() == 1


class TestSyncs:
    @pytest.fixture
    def asked(self, account):
        def asked(days, scope="everything", state="succeeded"):
            row = Sync.objects.create(scope=scope, state=state)
            SyncPart.objects.create(sync=row, account=account, region="us-east-1", state="finished")
            Sync.objects.filter(pk=row.pk).update(created_at=ago(days))
            return row

        return asked

    def test_old_ones_go_with_their_parts(self, asked):
        asked(40)
        kept = asked(2)
        prune()
        assert [part.sync for part in SyncPart.objects.all()] == [kept]

    def test_the_newest_of_each_scope_stays(self, asked):
        asked(90)
        kept = {asked(80), asked(70, "region=us-east-1")}
        prune()
        assert set(Sync.objects.all()) == kept

    def test_one_that_is_under_way_stays(self, asked):
        kept = {asked(90, state="running"), asked(80)}
        prune()
        assert set(Sync.objects.all()) == kept

    def test_zero_days_are_for_ever(self, asked, settings):
        settings.SYNC_KEEP_DAYS = 0
        asked(90)
        asked(80)
        assert prune() == {}

    def test_what_back_filling_cost_long_ago_goes(self, db):
        BackfillDay.objects.create(day=ago(40).date())
        BackfillDay.objects.create(day=ago(2).date())
        prune()
        assert BackfillDay.objects.get().day == ago(2).date()


class TestHow:
    @pytest.fixture
    def history(self, ran, step, definition):
        for _ in range(7):
            step(ran(40, "Failed", definition=definition()))
        ran(1)

    @pytest.fixture
    def counts(self):
        return {
            "inventory.Definition": 7,
            "inventory.Execution": 7,
            "inventory.Job": 7,
            "inventory.StepExecution": 7,
        }

    def test_a_dry_run_tells_what_would_go(self, history, counts):
        assert count_prunable() == counts
        assert Execution.objects.count() == 8

    def test_it_tells_what_went(self, history, counts):
        assert prune() == counts
        assert count_prunable() == {}

    def test_batches_are_small_and_go_on_to_the_end(self, history, monkeypatch):
        monkeypatch.setattr(import_module("inventory.sync.prune"), "EXECUTIONS_AT_ONCE", 2)
        monkeypatch.setattr(import_module("inventory.sync.prune"), "BATCH", 3)
        prune()
        assert (Execution.objects.count(), Job.objects.count(), Definition.objects.count()) == (1, 0, 0)

    def test_the_queries_of_a_batch_do_not_grow(self, history, django_assert_max_num_queries):
        with django_assert_max_num_queries(45):
            prune_now()

    def test_a_dry_run_takes_few_queries(self, history, ran, make_pipeline, django_assert_num_queries):
        for number in range(5):
            ran(40, pipeline=make_pipeline(f"p{number}"))
        with django_assert_num_queries(10):
            count_prunable()

    @pytest.mark.skipif(connection.vendor != "sqlite", reason="tests/services explains the statements of PostgreSQL")
    def test_the_latest_success_is_looked_for_among_those_of_its_pipeline(self, history):
        successes = Pipeline.objects.order_by().values_list(Subquery(latest_success("pk")))
        assert "INDEX execution_newest_first (pipeline_id=? AND start_time>?)" in successes.explain()

    def test_the_command_says_what_went(self, history, capsys):
        call_command("prune", dry_run=True)
        call_command("prune")
        out = capsys.readouterr().out
        assert "Would delete 7 of inventory.Execution." in out
        assert "Deleted 7 of inventory.Execution." in out

    def test_the_command_says_when_nothing_is_old(self, capsys, db):
        call_command("prune")
        assert capsys.readouterr().out == "Nothing is old enough to be deleted.\n"

    def test_the_task_prunes(self, history):
        tasks.prune()
        assert Execution.objects.count() == 1
