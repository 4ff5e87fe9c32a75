"""Versions of pipelines in the cache: by the back-fill within the day's calls, and with a pipeline's own re-sync."""

from __future__ import annotations

from datetime import timedelta
from functools import partialmethod

import pytest
from django.utils.timezone import now

from demo.aws.sagemaker.versions import VersionOperations
from inventory import sync
from inventory.aws.client import Connection
from inventory.models import Account, Pipeline, PipelineVersion, Region
from inventory.models.executions import BackfillDay
from inventory.sync import versions
from inventory.sync.scope import Scope
from tests.aws.syncing import ACCESS, ACCOUNT_ID, REGION, run, training

pytestmark = pytest.mark.django_db(transaction=True)
CHURN = Scope(account=ACCOUNT_ID, regions=(REGION,), pipeline="churn")
LISTING = "ListPipelineVersions"


@pytest.fixture(autouse=True)
def credentials(monkeypatch, demo_aws, settings):
    for name, value in {**ACCESS, "AWS_ENDPOINT_URL": demo_aws.url}.items():
        monkeypatch.setenv(name, value)
    settings.SYNC_REGIONS = [REGION]
    settings.SYNC_REGISTRY = False
    monkeypatch.setattr(Connection, "__init__", partialmethod(Connection.__init__, attempts=1))


@pytest.fixture
def calls(demo_aws):
    """How many listings of versions a piece of work asks for."""

    def calls(work=sync.backfill):
        demo_aws.calls.clear()
        work()
        return demo_aws.calls.count(action=LISTING)

    return calls


@pytest.fixture
def create(demo_aws, create_pipeline):
    """Pipelines, each younger than the one before."""

    def create(*names, region=REGION):
        for number, name in enumerate(names):
            create_pipeline(name, training(), region=region)
            modified = now() - timedelta(days=len(names) - number)
            demo_aws.amend(name, region, modified=modified.isoformat())

    return create


def redefine(demo_aws, name="churn"):
    demo_aws.client("sagemaker").update_pipeline(PipelineName=name, PipelineDefinition='{"Steps": []}')


def numbers(name="churn"):
    return list(PipelineVersion.objects.filter(pipeline__name=name).values_list("number", flat=True))


def problem(name="churn"):
    return Pipeline.objects.get(name=name).versions_problem


def listed():
    return set(Pipeline.objects.exclude(versions_listed_for=None).values_list("name", flat=True))


class TestBackfill:
    def test_a_crawl_lists_none(self, create, calls):
        create("churn")
        assert calls(run) == 0

    def test_each_pipeline_takes_one_call(self, create, calls):
        create("churn", "fraud")
        run()
        assert calls() == 2
        assert (numbers("churn"), numbers("fraud")) == ([1], [1])
        assert BackfillDay.objects.get().calls == 2

    def test_what_has_not_changed_costs_nothing(self, create, calls):
        create("churn", "fraud")
        run()
        sync.backfill()
        assert calls() == 0
        run()
        assert calls() == 0

    def test_what_has_changed_is_listed_again(self, create, demo_aws, calls):
        create("churn", "fraud")
        run()
        sync.backfill()
        redefine(demo_aws)
        run()
        assert calls() == 1
        assert numbers() == [2, 1]

    def test_only_what_changed_of_them_is_written(self, create, demo_aws):
        create("churn")
        run()
        sync.backfill()
        before = PipelineVersion.objects.get()
        redefine(demo_aws)
        run()
        sync.backfill()
        assert PipelineVersion.objects.get(number=1).pk == before.pk

    def test_what_a_complete_listing_no_longer_shows_goes(self, create, demo_aws):
        create("churn")
        redefine(demo_aws)
        run()
        sync.backfill()
        demo_aws.client("sagemaker").delete_pipeline(PipelineName="churn", ClientRequestToken="-" * 32)
        create("churn")
        demo_aws.amend("churn", modified=(now() + timedelta(seconds=5)).isoformat())
        run()
        sync.backfill()
        assert numbers() == [1]

    def test_the_newest_come_first(self, create, settings):
        settings.SYNC_BACKFILL_CALLS_PER_DAY = 2
        create("old", "new", "newest")
        run()
        sync.backfill()
        assert listed() == {"new", "newest"}
        settings.SYNC_BACKFILL_CALLS_PER_DAY = 3
        sync.backfill()
        assert listed() == {"old", "new", "newest"}

    def test_the_day_s_calls_are_kept(self, create, settings, calls):
        settings.SYNC_BACKFILL_CALLS_PER_DAY = 3
        create("a", "b", "c", "d")
        run()
        assert calls() == 3
        assert calls() == 0
        assert BackfillDay.objects.get().calls == 3

    def test_the_day_s_calls_are_kept_over_regions(self, create, settings, calls):
        settings.SYNC_BACKFILL_CALLS_PER_DAY = 3
        settings.SYNC_REGIONS = [REGION, "eu-west-1"]
        create("a", "b")
        create("c", "d", region="eu-west-1")
        run()
        assert calls() == 3

    def test_older_executions_get_the_calls_that_are_left(self, create, demo_aws, settings):
        settings.SYNC_BACKFILL_CALLS_PER_DAY = 2
        create("churn")
        for hours in (2, 1):
            demo_aws.run("churn", start=(now() - timedelta(hours=hours)).isoformat())
        run()
        assert sync.backfill() == 0
        assert BackfillDay.objects.get().calls == 1
        settings.SYNC_BACKFILL_CALLS_PER_DAY = 3
        assert sync.backfill() == 1

    @pytest.mark.parametrize(
        ("model", "values"),
        [
            (Pipeline, {"missing_since": now()}),
            (Region, {"status": Region.Status.DENIED}),
            (Account, {"is_enabled": False}),
        ],
        ids=["missing", "denied", "disabled"],
    )
    def test_what_cannot_be_read_is_not_asked_for(self, create, calls, model, values):
        create("churn")
        run()
        model.objects.update(**values)
        assert calls() == 0

    def test_credentials_of_another_account_list_nothing(self, create, calls):
        create("churn")
        run()
        Account.objects.update(account_id="210987654321")
        assert calls() == 0


class TestFailures:
    @pytest.fixture(autouse=True)
    def known(self, create):
        create("churn", "fraud", "pricing")
        run()

    @pytest.mark.parametrize("code", ["AccessDeniedException", "UnknownOperationException"])
    def test_a_refusal_is_remembered_for_a_day(self, demo_aws, calls, code):
        demo_aws.faults.add(code, action=LISTING)
        assert calls() == versions.ENOUGH_FAILURES
        assert calls() == 0
        assert LISTING in problem("pricing")
        Pipeline.objects.exclude(versions_refused_at=None).update(versions_refused_at=now() - timedelta(days=2))
        assert calls() == versions.ENOUGH_FAILURES
        assert problem("churn") != ""

    def test_an_api_without_the_operation_is_not_asked_again(self, monkeypatch, calls):
        monkeypatch.delattr(VersionOperations, "list_pipeline_versions")
        assert calls() == versions.ENOUGH_FAILURES
        assert calls() == 0

    def test_a_permission_that_is_given_is_found_out(self, demo_aws, calls):
        demo_aws.faults.add("AccessDeniedException", action=LISTING)
        sync.backfill()
        demo_aws.faults.clear()
        Pipeline.objects.exclude(versions_refused_at=None).update(versions_refused_at=now() - timedelta(days=2))
        assert calls() == 3
        assert not Pipeline.objects.exclude(versions_problem="", versions_refused_at=None).exists()

    def test_one_that_is_refused_keeps_no_other_from_it(self, demo_aws):
        demo_aws.faults.add("AccessDeniedException", action=LISTING, resource="pricing")
        sync.backfill()
        assert listed() == {"churn", "fraud"}

    @pytest.mark.parametrize("code", ["ThrottlingException", "InternalFailure", "Truncated"])
    def test_what_passes_is_tried_again_next_time(self, demo_aws, calls, code):
        demo_aws.faults.add(code, action=LISTING, times=versions.ENOUGH_FAILURES)
        assert calls() == versions.ENOUGH_FAILURES
        assert problem("pricing") == ""
        assert calls() == 3
        assert listed() == {"churn", "fraud", "pricing"}

    def test_a_failure_deletes_nothing(self, demo_aws):
        sync.backfill()
        redefine(demo_aws)
        run()
        demo_aws.faults.add("Truncated", action=LISTING)
        sync.backfill()
        assert numbers() == [1]

    def test_what_is_gone_is_not_asked_for_again(self, demo_aws, calls):
        demo_aws.faults.add("ResourceNotFound", action=LISTING, resource="fraud")
        assert calls() == 3
        assert calls() == 0
        assert "ResourceNotFound" in problem("fraud")


class TestOnePipeline:
    @pytest.fixture(autouse=True)
    def known(self, create):
        create("churn")
        run()

    def test_its_own_sync_lists_its_versions(self, demo_aws, calls):
        redefine(demo_aws)
        assert calls(lambda: run(CHURN)) == 1
        assert numbers() == [2, 1]
        assert calls() == 0

    def test_a_denial_is_noted_and_fails_nothing(self, demo_aws):
        demo_aws.faults.add("AccessDeniedException", action=LISTING)
        part = run(CHURN).parts.get()
        assert (part.outcome, part.problems[0]["subject"]) == ("ok", "the versions of churn")
        assert LISTING in problem()

    def test_a_denial_is_no_reason_not_to_ask_when_told_to(self, demo_aws, calls):
        demo_aws.faults.add("AccessDeniedException", action=LISTING, times=1)
        run(CHURN)
        assert calls(lambda: run(CHURN)) == 1
        assert (numbers(), problem()) == ([1], "")
