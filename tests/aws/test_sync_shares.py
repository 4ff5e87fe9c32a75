"""A region with many pipelines is dealt out, so that several processes read at once."""

from __future__ import annotations

import pytest
from django.core.management import call_command

from inventory import sync, tasks
from inventory.models import Pipeline, Region, Sync, SyncPart
from inventory.sync import conclude, registry, shares
from inventory.sync.scope import Scope
from tests.aws.syncing import ACCESS, REGION, training

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def many(monkeypatch, demo_aws, settings, create_pipeline):
    """Five pipelines; two are a share, four are many."""
    for name, value in {**ACCESS, "AWS_ENDPOINT_URL": demo_aws.url}.items():
        monkeypatch.setenv(name, value)
    settings.SYNC_REGIONS = [REGION]
    monkeypatch.setattr(shares, "FEWEST", 2)
    monkeypatch.setattr(shares, "SHARE_FROM", 4)
    for number in range(5):
        create_pipeline(f"p{number}", training())


def listed():
    """The sync and the shares that the listing of its region dealt out."""
    requested, _ = sync.request(Scope(), trigger="api")
    [part] = sync.plan(requested.pk)
    return requested, executed(part)


def executed(part):
    """The shares that a part dealt out."""
    dealt = []
    sync.execute(part.pk, dealt.extend)
    return dealt


def test_the_listing_deals_the_pipelines_out():
    _, dealt = listed()
    assert [share.share for share in dealt] == [1, 2, 3]
    assert [shares.pipelines_of(share).count() for share in dealt] == [2, 2, 1]
    assert not Pipeline.objects.exclude(definition=None).exists()


def test_the_sync_ends_with_its_last_share():
    requested, dealt = listed()
    for share in dealt:
        requested.refresh_from_db()
        assert requested.state == "running"
        assert executed(share) == []
    requested.refresh_from_db()
    assert requested.state == "succeeded"
    assert Pipeline.objects.exclude(definition=None).count() == 5


def test_workers_are_told_of_shares_before_the_registry_is_read(monkeypatch):
    told, told_before = [], []
    monkeypatch.setattr(tasks.run_part, "delay", told.append)
    monkeypatch.setattr(registry, "sync_registry", lambda crawl: told_before.extend(told))
    requested, _ = sync.request(Scope(), trigger="api")
    [part] = sync.plan(requested.pk)
    tasks.run_part(part.pk)
    shares_made = SyncPart.objects.filter(share__gt=0).values_list("pk", flat=True)
    assert told_before == told == list(shares_made)


def test_the_command_carries_the_shares_out():
    with pytest.raises(SystemExit) as exit_status:
        call_command("sync")
    assert exit_status.value.code == 0
    assert Pipeline.objects.exclude(definition=None).count() == 5
    parts = SyncPart.objects.values_list("share", "done", "total")
    assert list(parts) == [(0, 0, 0), (1, 2, 2), (2, 2, 2), (3, 1, 1)]


def test_the_last_share_links_what_its_executions_made(monkeypatch):
    concluded = []
    monkeypatch.setattr(conclude, "link_to_makers", concluded.append)
    _, dealt = listed()
    for share in dealt:
        assert concluded == []
        sync.execute(share.pk)
    assert concluded == [Region.objects.get()]


def test_a_region_that_was_not_dealt_out_needs_no_conclusion(monkeypatch):
    monkeypatch.setattr(shares, "SHARE_FROM", 6)
    monkeypatch.setattr(conclude, "link_to_makers", pytest.fail)
    assert listed()[1] == []
    assert Pipeline.objects.exclude(definition=None).count() == 5


def test_shares_become_smaller_towards_the_end(monkeypatch):
    monkeypatch.setattr(shares, "AT_ONCE", 2)
    assert [len(span) for span in shares._spans(range(13))] == [6, 3, 2, 2]


def test_what_needs_no_look_is_not_dealt_out():
    for share in listed()[1]:
        sync.execute(share.pk)
    assert listed()[1] == []


def test_who_takes_over_a_listing_finds_its_shares():
    requested, dealt = listed()
    sync.execute(dealt[0].pk)
    SyncPart.objects.filter(share=0).update(state="queued", lease=None)
    again = executed(SyncPart.objects.get(share=0))
    assert [share.pk for share in again] == [share.pk for share in dealt[1:]]
    assert Sync.objects.get(pk=requested.pk).parts.count() == 4


def test_a_share_that_goes_well_says_nothing_of_the_region():
    _, dealt = listed()
    Region.objects.update(status="denied", problem="ListDomains is denied.")
    for share in dealt:
        sync.execute(share.pk)
    assert set(Region.objects.values_list("status", "problem")) == {("denied", "ListDomains is denied.")}
