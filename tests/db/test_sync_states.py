"""Syncs and their parts: asked for once, claimed once, kept alive, taken over, closed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils.timezone import now

from inventory import sync
from inventory.models import Sync, SyncPart
from inventory.sync.finish import final_state, finish_if_done
from inventory.sync.scope import Scope


@pytest.mark.parametrize(
    ("scope", "text"),
    [
        (Scope(), "everything"),
        (Scope(regions=("us-west-2", "eu-west-1")), "region=eu-west-1,us-west-2"),
        (Scope("123456789012", ("eu-west-1",), "churn"), "account=123456789012 region=eu-west-1 pipeline=churn"),
        (Scope(executing_only=True), "only=executing"),
    ],
)
def test_a_scope_has_one_text(scope, text):
    assert str(scope) == text


@pytest.mark.django_db
def test_an_active_sync_is_returned_instead_of_a_second():
    first, created = sync.request(Scope(), trigger="api")
    second, again = sync.request(Scope(), trigger="beat")
    assert (created, again, second.pk) == (True, False, first.pk)


@pytest.mark.django_db
def test_a_finished_sync_does_not_stand_in_the_way():
    first, _ = sync.request(Scope(), trigger="api")
    Sync.objects.update(state="succeeded")
    second, created = sync.request(Scope(), trigger="api")
    assert created
    assert second.pk != first.pk


@pytest.mark.django_db
def test_a_sync_is_claimed_once():
    requested, _ = sync.request(Scope(), trigger="api")
    assert Sync.objects.claim(requested.pk).state == "running"
    assert Sync.objects.claim(requested.pk) is None


def test_a_part_is_claimed_once(make_part):
    part = make_part()
    claimed = SyncPart.objects.claim(part.pk)
    assert claimed.lease
    assert claimed.attempts == 1
    assert SyncPart.objects.claim(part.pk) is None


def test_a_part_of_a_sync_that_is_over_is_not_claimed(make_part):
    part = make_part()
    Sync.objects.update(state="cancelled")
    assert SyncPart.objects.claim(part.pk) is None


def test_a_silent_part_is_queued_again_and_its_worker_may_report_no_more(make_part):
    lost = SyncPart.objects.claim(make_part().pk)
    SyncPart.objects.update(heartbeat_at=now() - timedelta(hours=1))
    _, parts = sync.undelivered()
    assert parts == [lost]
    assert SyncPart.objects.claim(lost.pk).attempts == 2
    assert not SyncPart.objects.report(lost, done=1)


def test_a_part_that_beats_is_left_alone(make_part):
    held = SyncPart.objects.claim(make_part().pk)
    assert SyncPart.objects.report(held, done=3)
    assert sync.undelivered() == ([], [])


@pytest.mark.django_db
def test_a_sync_whose_message_was_lost_is_dispatched_again():
    requested, _ = sync.request(Scope(), trigger="api")
    assert sync.undelivered() == ([], [])
    Sync.objects.update(dispatched_at=now() - timedelta(minutes=6))
    assert sync.undelivered() == ([requested], [])
    assert sync.undelivered() == ([], [])


@pytest.mark.django_db
def test_a_sync_whose_planner_died_is_queued_again():
    Sync.objects.create(scope="everything", state="running", started_at=now() - timedelta(hours=1))
    syncs, _ = sync.undelivered()
    assert len(syncs) == 1


@pytest.mark.parametrize(
    ("outcomes", "state"),
    [
        (["ok", "ok"], "succeeded"),
        (["ok", "denied"], "partial"),
        (["denied", "throttled"], "failed"),
        (["ok", ""], "cancelled"),
    ],
)
def test_the_parts_decide_the_state(outcomes, state):
    assert final_state(outcomes) == state


def test_a_sync_closes_with_its_last_part(make_part):
    first = make_part("us-east-1")
    second = make_part("eu-west-1", sync=first.sync)
    SyncPart.objects.filter(pk=first.pk).update(state="finished", outcome="ok")
    finish_if_done(first.sync_id)
    assert Sync.objects.get().state == "running"
    SyncPart.objects.filter(pk=second.pk).update(state="finished", outcome="denied")
    finish_if_done(first.sync_id)
    assert Sync.objects.get().state == "partial"


@pytest.mark.django_db
def test_a_worker_leaves_one_heartbeat():
    sync.record_heartbeat("a")
    sync.record_heartbeat("a")
    from inventory.models import WorkerHeartbeat

    assert WorkerHeartbeat.objects.count() == 1
