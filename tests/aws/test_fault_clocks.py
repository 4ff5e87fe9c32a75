"""Workers whose clocks differ: a live part is not stolen, a silent one is, and nothing is marked missing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from inventory import sync
from inventory.models import (
    Account,
    Endpoint,
    EndpointConfig,
    FeatureGroup,
    InferenceComponent,
    Model,
    ModelPackage,
    ModelPackageGroup,
    Pipeline,
    Region,
    Sync,
    SyncPart,
)
from inventory.signals import facts_changed
from inventory.sync.listed import ListingSync
from tests.aws.faulting import missing, read_demo
from tests.aws.syncing import run

ARN = "arn:aws:sagemaker:us-east-1:123456789012:thing/new"
MODULES = ("inventory.querysets", "inventory.sync.delivery")
SKEWS = pytest.mark.parametrize("minutes", [-2, 2], ids=["behind", "ahead"])
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def clock_differs(monkeypatch):
    """`clock_differs(minutes)`: from here on this process is a worker whose clock is ahead by so much."""

    def differ(minutes):
        for module in MODULES:
            monkeypatch.setattr(f"{module}.now", lambda: timezone.now() + timedelta(minutes=minutes))

    return differ


@pytest.fixture
def part():
    account = Account.objects.create(account_id="123456789012")
    Region.objects.create(account=account, name="us-east-1")
    running = Sync.objects.create(scope="everything", state="running")
    return SyncPart.objects.create(sync=running, account=account, region="us-east-1", dispatched_at=timezone.now())


@SKEWS
def test_a_live_part_is_not_taken_by_a_worker_with_another_clock(part, clock_differs, minutes):
    held = SyncPart.objects.claim(part.pk)
    clock_differs(minutes)

    assert sync.undelivered() == ([], [])
    assert SyncPart.objects.report(held)


@SKEWS
def test_a_worker_with_another_clock_keeps_its_live_part(part, clock_differs, monkeypatch, minutes):
    clock_differs(minutes)
    held = SyncPart.objects.claim(part.pk)
    SyncPart.objects.report(held, done=1)
    monkeypatch.undo()

    assert sync.undelivered() == ([], [])
    assert SyncPart.objects.report(held)


@SKEWS
def test_a_silent_part_is_released_by_a_worker_with_another_clock(part, clock_differs, minutes):
    held = SyncPart.objects.claim(part.pk)
    SyncPart.objects.update(heartbeat_at=timezone.now() - timedelta(seconds=90))
    clock_differs(minutes)

    assert sync.undelivered()[1] == [held]


@SKEWS
def test_the_clocks_of_a_lease_are_in_utc(part, clock_differs, minutes):
    clock_differs(minutes)
    held = SyncPart.objects.claim(part.pk)

    assert abs(held.heartbeat_at - timezone.now()) < timedelta(minutes=1)


@SKEWS
def test_what_another_worker_saw_meanwhile_is_not_missing(demo_aws, create_pipeline, monkeypatch, settings, minutes):
    read_demo(demo_aws, monkeypatch, settings)
    create_pipeline("churn")

    def see(**_):
        facts_changed.disconnect(see)
        moment = timezone.now() + timedelta(minutes=minutes)
        Pipeline.objects.create(region=Region.objects.get(), name="fraud", arn="arn:fraud", seen_at=moment)

    facts_changed.connect(see)
    run()

    assert Pipeline.objects.count() == 2
    assert missing() == []


@SKEWS
@pytest.mark.parametrize(
    "kind",
    [ModelPackageGroup, ModelPackage, FeatureGroup, Model, EndpointConfig, Endpoint, InferenceComponent],
    ids=lambda kind: kind.__name__,
)
def test_what_another_worker_stored_of_the_registry_meanwhile_is_not_missing(
    demo_aws, create_pipeline, monkeypatch, settings, minutes, kind
):
    read_demo(demo_aws, monkeypatch, settings)
    create_pipeline("churn")
    listed = ListingSync.mark_missing

    def store_and_mark(self):
        if self.kind.rows is kind:
            moment = timezone.now() + timedelta(minutes=minutes)
            kind.objects.create(region=Region.objects.get(), arn=ARN, read_at=moment)
        listed(self)

    settings.SYNC_USE_SEARCH = False
    monkeypatch.setattr(ListingSync, "mark_missing", store_and_mark)
    run()

    assert kind.objects.get(arn=ARN).missing_since is None
