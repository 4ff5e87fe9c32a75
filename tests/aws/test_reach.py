"""Which regions of an account a sync reads, and what becomes of those that the account has not enabled."""

from __future__ import annotations

from datetime import timedelta
from functools import partialmethod

import pytest
from django.utils.timezone import now

from inventory import sync
from inventory.aws.client import Connection
from inventory.models import Account, Bucket, Domain, Execution, FeatureGroup, Job, Pipeline, Region, Sync, SyncPart
from inventory.sync.preflight import NO_REGION, check
from inventory.sync.reach import LOOK_AGAIN_AFTER, NOT_ENABLED
from inventory.sync.scope import Scope
from inventory.sync.unconfigured import NOT_CONFIGURED, settle_unconfigured
from tests.aws.syncing import ACCESS, ACCOUNT_ID, REGION, known_region, run, training

pytestmark = pytest.mark.django_db(transaction=True)
OTHER = "210987654321"
SEOUL = "ap-northeast-2"
ENABLED = {REGION: "ENABLED_BY_DEFAULT", SEOUL: "ENABLED"}
DISABLED = {REGION: "ENABLED_BY_DEFAULT", SEOUL: "DISABLED"}


@pytest.fixture(autouse=True)
def account(monkeypatch, demo_aws, settings):
    for name, value in {**ACCESS, "AWS_ENDPOINT_URL": demo_aws.url}.items():
        monkeypatch.setenv(name, value)
    settings.SYNC_REGIONS = [REGION, SEOUL]
    monkeypatch.setattr(Connection, "__init__", partialmethod(Connection.__init__, attempts=1))
    return Account.objects.create(account_id=ACCOUNT_ID)


@pytest.fixture
def nobody_tells(demo_aws):
    demo_aws.faults.add("AccessDeniedException", service="account")
    demo_aws.faults.add("UnauthorizedOperation", service="ec2")


def planned(scope=None):
    """The regions of every part, by account."""
    requested, _ = sync.request(scope or Scope(), trigger="command")
    sync.plan(requested.pk)
    return [(part.account.account_id, part.region) for part in requested.parts.all()]


def states():
    return dict(Region.objects.values_list("name", "status"))


def a_day_later():
    Region.objects.update(attempted_at=now() - LOOK_AGAIN_AFTER - timedelta(minutes=1))


def lists(demo_aws):
    """How often somebody was asked which regions are enabled, since this was last asked."""
    asked = demo_aws.calls.count(action="ListRegions") + demo_aws.calls.count(action="DescribeRegions")
    demo_aws.calls.clear()
    return asked


def a_listing(region):
    Region.objects.filter(pk=region.pk).update(synced_at=now())


def a_domain(region):
    Domain.objects.create(region=region, domain_id="d-1", name="studio", arn="arn:d-1", seen_at=now())


def a_job(region):
    Job.objects.create(region=region, arn="arn:job", name="job", created_at=now(), read_at=now())


def a_feature_group(region):
    FeatureGroup.objects.create(region=region, arn="arn:group", name="group", read_at=now())


def a_bucket(region):
    Bucket.objects.create(account=region.account, name="lake", region_name=region.name)


class TestDisabledSince:
    """A region that was read is disabled later."""

    @pytest.fixture(params=[[], [REGION, SEOUL]], ids=["of-all", "of-configured"])
    def disabled(self, request, demo_aws, settings, create_pipeline):
        settings.SYNC_REGIONS = request.param
        demo_aws.regions.set(ENABLED)
        create_pipeline("churn", training(), region=SEOUL)
        run()
        assert states() == {REGION: "ok", SEOUL: "ok"}
        demo_aws.regions.set(DISABLED)
        run()

    def test_it_says_so(self, disabled):
        assert states() == {REGION: "ok", SEOUL: "disabled"}
        region = Region.objects.get(name=SEOUL)
        assert "is not enabled for the account" in region.problem
        assert region.attempted_at > region.synced_at

    def test_what_was_read_of_it_stays(self, disabled):
        pipeline = Pipeline.objects.get()
        assert (pipeline.region.name, pipeline.missing_since) == (SEOUL, None)

    def test_it_rests(self, disabled, demo_aws):
        demo_aws.calls.clear()
        run()
        assert demo_aws.calls.count(region=SEOUL) == 0

    def test_a_day_later_the_list_tells_that_it_still_is(self, disabled, demo_aws):
        a_day_later()
        demo_aws.calls.clear()
        run()
        assert demo_aws.calls.count(region=SEOUL) == 0
        assert Region.objects.get(name=SEOUL).attempted_at > now() - timedelta(minutes=1)

    def test_enabled_again_it_is_read_a_day_later(self, disabled, demo_aws):
        demo_aws.regions.set(ENABLED)
        a_day_later()
        run()
        assert states() == {REGION: "ok", SEOUL: "ok"}


class TestConfigured:
    def test_one_that_is_not_enabled_is_never_asked(self, demo_aws):
        demo_aws.regions.set(DISABLED)
        run()
        assert states() == {REGION: "ok", SEOUL: "disabled"}
        assert demo_aws.calls.count(region=SEOUL) == 0

    def test_the_list_is_asked_for_once(self, demo_aws):
        run()
        assert lists(demo_aws) == 1
        run()
        assert lists(demo_aws) == 0

    def test_the_list_is_asked_for_once_a_day_while_one_is_disabled(self, demo_aws):
        demo_aws.regions.set(DISABLED)
        run()
        assert lists(demo_aws) == 1
        run()
        assert lists(demo_aws) == 0
        a_day_later()
        run()
        assert lists(demo_aws) == 1

    def test_where_nobody_tells_what_is_enabled_they_are_tried(self, nobody_tells):
        assert planned() == [(ACCOUNT_ID, SEOUL), (ACCOUNT_ID, REGION)]

    def test_one_without_sagemaker_is_not_asked(self, settings):
        settings.SYNC_REGIONS = [REGION, "us-east-9"]
        assert planned() == [(ACCOUNT_ID, REGION)]
        assert "No SageMaker is known" in Region.objects.get(name="us-east-9").problem

    def test_one_without_sagemaker_that_was_read_by_name_keeps_its_state(self, settings):
        settings.SYNC_REGIONS = [REGION, "us-east-9"]
        known_region("us-east-9").record_outcome("ok", "")
        planned()
        assert states()["us-east-9"] == "ok"

    def test_those_of_another_partition_are_not_the_account_s(self, nobody_tells):
        Account.objects.create(account_id=OTHER, partition="aws-cn")
        assert planned(Scope(account=OTHER)) == []
        assert not Region.objects.exists()

    def test_a_preflight_of_an_account_without_any_says_so(self):
        record = check(Account.objects.create(account_id=OTHER, partition="aws-cn"))
        assert (record.state, record.problem) == ("unreachable", NO_REGION)

    def test_a_preflight_is_of_all_of_them(self, demo_aws, account):
        demo_aws.regions.set(DISABLED)
        run()
        assert {place.name: place.state for place in check(account).places if place.name != "global"} == {
            REGION: "ok",
            SEOUL: "disabled",
        }


class TestNotConfiguredAnyMore:
    """A region that is disabled is taken out of SYNC_REGIONS."""

    @pytest.fixture
    def take_out(self, demo_aws, settings):
        """`take_out()`: Seoul, which is not enabled; a sync of everything follows."""
        demo_aws.regions.set(DISABLED)
        run()

        def take_out():
            settings.SYNC_REGIONS = [REGION]
            return run()

        return take_out

    def test_one_that_was_never_read_is_forgotten(self, take_out):
        take_out()
        assert states() == {REGION: "ok"}

    def test_a_name_that_was_never_one_is_forgotten_once_it_is_corrected(self, settings):
        settings.SYNC_REGIONS = [REGION, "us-east-9"]
        planned()
        settings.SYNC_REGIONS = []
        planned(Scope(account=ACCOUNT_ID))
        assert "us-east-9" not in states()

    def test_credentials_that_are_known_nowhere_have_none_forgotten(self, demo_aws):
        demo_aws.faults.add("UnrecognizedClientException")
        for name in (REGION, SEOUL):
            known_region(name)
        run()
        run()
        assert states() == {REGION: "disabled", SEOUL: "disabled"}

    def test_one_that_does_not_answer_stays(self, take_out, demo_aws):
        known_region(SEOUL).record_outcome("unreachable", "AWS does not answer.")
        demo_aws.faults.add("InternalFailure")
        take_out()
        assert states() == {REGION: "unreachable", SEOUL: "unreachable"}

    def test_one_of_which_something_is_stored_says_so_and_keeps_it(self, take_out):
        arn = f"arn:aws:sagemaker:{SEOUL}:{ACCOUNT_ID}:pipeline/churn"
        Pipeline.objects.create(region=known_region(SEOUL), name="churn", arn=arn, seen_at=now())
        take_out()
        assert states() == {REGION: "ok", SEOUL: "disabled"}
        assert Region.objects.get(name=SEOUL).problem == NOT_CONFIGURED
        assert Pipeline.objects.get().missing_since is None

    @pytest.mark.parametrize("store", [a_listing, a_domain, a_job, a_feature_group, a_bucket])
    def test_whatever_is_stored_of_it_keeps_it(self, take_out, store):
        store(known_region(SEOUL))
        take_out()
        assert Region.objects.get(name=SEOUL).problem == NOT_CONFIGURED

    def test_that_it_says_so_is_written_once(self, take_out, account, django_assert_num_queries):
        a_domain(known_region(SEOUL))
        take_out()
        with django_assert_num_queries(3) as asked:
            settle_unconfigured(account, [REGION])
        assert not any("UPDATE" in query["sql"].split()[0] for query in asked.captured_queries)

    def test_one_that_a_sync_names_stays_until_that_is_over(self, take_out):
        named, _ = sync.request(Scope(regions=(SEOUL,)), trigger="api")
        take_out()
        assert SEOUL in states()
        Sync.objects.cancel(named.pk)
        take_out()
        assert SEOUL not in states()

    def test_one_whose_part_waits_stays(self, take_out, account):
        planned_before = Sync.objects.create(scope=f"account={ACCOUNT_ID}", account=ACCOUNT_ID, state="running")
        SyncPart.objects.create(sync=planned_before, account=account, region=SEOUL)
        take_out()
        assert SEOUL in states()

    def test_one_of_another_account_is_its_own(self, take_out):
        other = Account.objects.create(account_id=OTHER, is_enabled=False)
        Region.objects.create(account=other, name=SEOUL, status="disabled")
        take_out()
        assert list(Region.objects.filter(name=SEOUL)) == list(other.regions.all())

    def test_configured_again_it_is_looked_at_at_once(self, take_out, demo_aws, settings):
        Region.objects.filter(name=SEOUL).update(synced_at=now())
        take_out()
        settings.SYNC_REGIONS = [REGION, SEOUL]
        run()
        assert Region.objects.get(name=SEOUL).problem == NOT_ENABLED
        settings.SYNC_REGIONS = [REGION]
        run()
        demo_aws.regions.set(ENABLED)
        settings.SYNC_REGIONS = [REGION, SEOUL]
        run()
        assert states() == {REGION: "ok", SEOUL: "ok"}


class TestOfAll:
    @pytest.fixture(autouse=True)
    def nothing_configured(self, settings):
        settings.SYNC_REGIONS = []

    def test_the_list_is_asked_for_once_per_sync(self, demo_aws):
        demo_aws.regions.set(DISABLED)
        run()
        assert lists(demo_aws) == 1
        run()
        assert lists(demo_aws) == 1

    def test_those_that_never_were_enabled_are_not_noted(self, demo_aws):
        demo_aws.regions.set(DISABLED)
        run()
        assert states() == {REGION: "ok"}

    def test_one_that_is_enabled_for_the_first_time_is_read_at_once(self, demo_aws):
        demo_aws.regions.set(DISABLED)
        run()
        demo_aws.regions.set(ENABLED)
        run()
        assert states() == {REGION: "ok", SEOUL: "ok"}


class TestWrongCredentials:
    def test_seen_disabled_all_at_once_the_enabled_ones_are_tried(self, demo_aws):
        demo_aws.regions.set(DISABLED)
        for name in (REGION, SEOUL):
            known_region(name).record_outcome("disabled", "The credentials are not known there.")
        assert planned() == [(ACCOUNT_ID, REGION)]

    def test_seen_disabled_all_at_once_they_are_tried_where_nobody_tells(self, nobody_tells):
        for name in (REGION, SEOUL):
            known_region(name).record_outcome("disabled", "The credentials are not known there.")
        assert planned() == [(ACCOUNT_ID, SEOUL), (ACCOUNT_ID, REGION)]

    def test_another_account_s_list_says_nothing(self, demo_aws):
        """Its row names no role, so that the worker's own credentials would tell of the worker's regions."""
        demo_aws.regions.set(DISABLED)
        Account.objects.create(account_id=OTHER)
        assert planned(Scope(account=OTHER)) == [(OTHER, SEOUL), (OTHER, REGION)]
        assert set(states().values()) == {"never-synced"}


def test_what_executes_in_a_disabled_region_is_not_followed():
    region = known_region(SEOUL)
    arn = f"arn:aws:sagemaker:{SEOUL}:{ACCOUNT_ID}:pipeline/churn"
    pipeline = Pipeline.objects.create(region=region, name="churn", arn=arn, seen_at=now())
    pipeline.latest_execution = Execution.objects.create(pipeline=pipeline, arn=f"{arn}/x", status="Executing")
    pipeline.save()
    assert sync.anything_executing()

    region.record_outcome("disabled", "It is not enabled.")

    assert not sync.anything_executing()
    assert planned(Scope(executing_only=True)) == []


def test_a_pipeline_is_not_looked_for_in_regions_of_another_partition():
    Account.objects.create(account_id=OTHER, partition="aws-cn", profile="cn")
    assert planned(Scope(pipeline="churn", regions=(REGION,))) == [(ACCOUNT_ID, REGION)]
    assert set(Region.objects.values_list("account__account_id", "name")) == {(ACCOUNT_ID, REGION)}
