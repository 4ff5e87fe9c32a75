"""Which accounts and which regions a sync is made of."""

from __future__ import annotations

from functools import partialmethod

import pytest
from django.db import IntegrityError

from inventory import sync
from inventory.aws.client import Connection
from inventory.models import Account, Execution, Pipeline, Region, Sync
from inventory.querysets import SyncQuerySet
from inventory.sync.scope import Scope
from tests.aws.syncing import ACCESS, ACCOUNT_ID, REGION, known_region, run, training

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def credentials(monkeypatch, demo_aws, settings):
    for name, value in {**ACCESS, "AWS_ENDPOINT_URL": demo_aws.url}.items():
        monkeypatch.setenv(name, value)
    settings.SYNC_REGIONS = [REGION]
    monkeypatch.setattr(Connection, "__init__", partialmethod(Connection.__init__, attempts=1))


def planned(scope):
    """The (account, region) of every part."""
    requested, _ = sync.request(scope, trigger="command")
    ids = [part.pk for part in sync.plan(requested.pk)]
    parts = requested.parts.all()
    assert sorted(ids) == sorted(part.pk for part in parts)
    return [(part.account.account_id, part.region) for part in parts]


def make_pipeline(region, name="churn", **fields):
    arn = f"arn:aws:sagemaker:{region.name}:{region.account.account_id}:pipeline/{name}"
    return Pipeline.objects.create(region=region, name=name, arn=arn, seen_at="2026-11-01T00:00:00Z", **fields)


def execute_pipeline(region, name="churn", status="Executing", **fields):
    pipeline = make_pipeline(region, name, **fields)
    pipeline.latest_execution = Execution.objects.create(pipeline=pipeline, arn=f"{pipeline.arn}/x", status=status)
    pipeline.save()


def test_without_accounts_the_credentials_tell_whose_they_are():
    assert planned(Scope()) == [(ACCOUNT_ID, REGION)]
    assert Account.objects.get().partition == "aws"


@pytest.mark.parametrize("asked", ["210987654321", "research"])
def test_an_account_is_known_by_its_digits_and_by_its_name(asked):
    Account.objects.create(account_id=ACCOUNT_ID)
    Account.objects.create(account_id="210987654321", name="research")
    assert planned(Scope(asked)) == [("210987654321", REGION)]


def test_without_a_name_every_account_is_synced():
    Account.objects.create(account_id=ACCOUNT_ID)
    Account.objects.create(account_id="210987654321")
    assert planned(Scope()) == [(ACCOUNT_ID, REGION), ("210987654321", REGION)]


def test_an_unknown_account_fails_with_its_reason():
    requested, _ = sync.request(Scope("999999999999"), trigger="api")
    assert sync.plan(requested.pk) == []
    requested.refresh_from_db()
    assert (requested.state, requested.problem[:15]) == ("failed", "Nothing to sync")


def test_regions_asked_for_come_before_those_configured():
    assert planned(Scope(regions=("eu-west-1", "ap-south-1"))) == [
        (ACCOUNT_ID, "ap-south-1"),
        (ACCOUNT_ID, "eu-west-1"),
    ]


def test_planned_regions_are_known_from_then_on():
    planned(Scope(regions=("eu-west-1",)))
    assert Region.objects.get().status == "never-synced"


def test_without_configured_regions_the_enabled_ones_are_synced(demo_aws, settings):
    settings.SYNC_REGIONS = []
    demo_aws.regions.set({REGION: "ENABLED_BY_DEFAULT", "ap-northeast-2": "ENABLED"})
    assert planned(Scope()) == [(ACCOUNT_ID, "ap-northeast-2"), (ACCOUNT_ID, REGION)]


def test_where_nobody_tells_what_is_enabled_every_region_is_tried(demo_aws, settings):
    settings.SYNC_REGIONS = []
    demo_aws.faults.add("AccessDeniedException", service="account")
    demo_aws.faults.add("AccessDeniedException", service="ec2")
    assert len(planned(Scope())) > 20


def test_a_pipeline_is_looked_for_where_it_is_known():
    make_pipeline(known_region("eu-west-1"))
    make_pipeline(known_region("us-west-2"))
    make_pipeline(known_region(REGION), "fraud")
    assert planned(Scope(pipeline="churn")) == [(ACCOUNT_ID, "eu-west-1"), (ACCOUNT_ID, "us-west-2")]


def test_a_pipeline_is_known_by_its_arn():
    pipeline = make_pipeline(known_region("eu-west-1"))
    make_pipeline(known_region(REGION))
    assert planned(Scope(pipeline=pipeline.arn)) == [(ACCOUNT_ID, "eu-west-1")]


def test_a_pipeline_nobody_knows_yet_is_looked_for_in_the_regions_named():
    known_region()
    assert planned(Scope(pipeline="churn", regions=("us-west-2",))) == [(ACCOUNT_ID, "us-west-2")]


def test_only_regions_in_which_something_executes_are_followed():
    execute_pipeline(known_region("eu-west-1"))
    execute_pipeline(known_region("us-west-2"), status="Stopping")
    execute_pipeline(known_region(REGION), status="Succeeded")
    execute_pipeline(known_region("ap-south-1"), missing_since="2026-11-01T00:00:00Z")
    assert planned(Scope(executing_only=True)) == [(ACCOUNT_ID, "eu-west-1"), (ACCOUNT_ID, "us-west-2")]


def test_a_sync_is_planned_once():
    requested, _ = sync.request(Scope(), trigger="api")
    assert sync.plan(requested.pk)
    assert sync.plan(requested.pk) == []


def test_a_request_that_came_second_gets_the_first(monkeypatch):
    """Both saw none active; the constraint lets one in."""
    first, _ = sync.request(Scope(), trigger="api")
    seen = iter([SyncQuerySet.none, SyncQuerySet.all])
    active = SyncQuerySet.active
    monkeypatch.setattr(SyncQuerySet, "active", lambda self: next(seen)(active(self)))
    assert sync.request(Scope(), trigger="beat") == (first, False)


def test_two_active_syncs_of_one_scope_cannot_be_stored():
    Sync.objects.create(scope="everything")
    with pytest.raises(IntegrityError):
        Sync.objects.create(scope="everything", state="running")


def test_who_asked_is_kept(admin_user):
    requested, _ = sync.request(Scope(), trigger="admin", user=admin_user)
    assert requested.requested_by == admin_user


def test_an_account_that_holds_nothing_of_the_pipeline_has_no_part(create_pipeline):
    create_pipeline("churn", training())
    run()
    Account.objects.create(account_id="210987654321")
    assert planned(Scope(pipeline="churn")) == [(ACCOUNT_ID, REGION)]
