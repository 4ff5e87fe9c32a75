"""A region with many pipelines is dealt out, so that several processes read at once."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module

import pytest
from django.core.management import call_command
from django.utils.timezone import now

from inventory import sync, tasks
from inventory.models import Pipeline, Region, Sync, SyncPart
from inventory.sync import conclude, registry, shares
from inventory.sync.scope import Scope
from tests.aws.syncing import ACCESS, REGION, training

execute = import_module("inventory.sync.execute")
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


def test_a_share_that_goes_well_says_nothing_of_the_region(demo_aws):
    demo_aws.faults.add("AccessDeniedException", action="ListDomains")
    for share in listed()[1]:
        sync.execute(share.pk)
    region = Region.objects.get()
    assert (region.status, region.problem[:20]) == ("denied", "ListDomains is denie")


def test_a_region_is_current_once_its_last_share_is_read():
    _, dealt = listed()
    for share in dealt:
        assert Region.objects.get().synced_at is None
        sync.execute(share.pk)
    assert Region.objects.get().status == "ok"


def test_a_share_that_fails_before_the_listing_ends_is_not_forgotten(demo_aws):
    def fail(dealt):
        demo_aws.faults.add("ExpiredTokenException", action="DescribePipeline")
        for share in dealt:
            sync.execute(share.pk)
        demo_aws.faults.clear()

    requested, _ = sync.request(Scope(), trigger="api")
    [part] = sync.plan(requested.pk)
    sync.execute(part.pk, fail)
    part.refresh_from_db()
    assert part.outcome == "ok"
    region = Region.objects.get()
    assert (region.status, region.problem[:16], region.synced_at) == ("denied", "DescribePipeline", None)


def test_a_cancelled_share_leaves_the_region_as_old_as_it_was():
    requested, dealt = listed()
    Sync.objects.cancel(requested.pk)
    for share in dealt:
        sync.execute(share.pk)
    assert Region.objects.get().status == "never-synced"


def test_shares_are_of_all_pipelines_also_of_those_between(demo_aws, create_pipeline):
    for number in range(5, 10):
        create_pipeline(f"p{number}", training())
    with pytest.raises(SystemExit):
        call_command("sync")
    due = [Pipeline.objects.get(name=f"p{number}").pk for number in (2, 3, 5, 6)]
    Pipeline.objects.filter(pk__in=due).update(described_version=None)
    for arn in Pipeline.objects.values_list("arn", flat=True):
        demo_aws.client("sagemaker").add_tags(ResourceArn=arn, Tags=[{"Key": "DomainId", "Value": "d-1"}])
    _, dealt = listed()
    assert len(dealt) == 2
    for share in dealt:
        sync.execute(share.pk)
    assert not Pipeline.objects.exclude(matched_domain_id="d-1").exists()


class KilledError(BaseException):
    """What no handler of the worker's sees."""


@pytest.fixture
def killed(monkeypatch):
    """A sync whose last worker was killed when its part was over, and nothing else."""

    def kill(part):
        raise KilledError

    requested, (*others, last) = listed()
    for share in others:
        sync.execute(share.pk)
    with monkeypatch.context() as patched:
        patched.setattr(execute, "conclude", kill)
        with pytest.raises(KilledError):
            sync.execute(last.pk)
    return requested


def test_a_worker_that_may_yet_conclude_is_waited_for(killed):
    sync.undelivered()
    killed.refresh_from_db()
    assert killed.state == "running"


@pytest.mark.parametrize("go_on", [sync.undelivered, lambda: sync.take_up(Sync.objects.get())])
def test_a_region_whose_last_worker_was_killed_at_its_end_is_concluded(killed, go_on):
    SyncPart.objects.update(heartbeat_at=now() - timedelta(hours=1))
    go_on()
    killed.refresh_from_db()
    assert (killed.state, Region.objects.get().status) == ("succeeded", "ok")


def test_the_command_concludes_what_was_killed_at_its_end(killed):
    SyncPart.objects.update(heartbeat_at=now() - timedelta(hours=1))
    with pytest.raises(SystemExit) as exit_status:
        call_command("sync")
    assert exit_status.value.code == 0
    assert Sync.objects.get().state == "succeeded"
