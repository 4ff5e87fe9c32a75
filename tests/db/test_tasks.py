"""The tasks: each hands ids on, and does nothing by itself."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest
from django.utils.timezone import now

from inventory import sync, tasks
from inventory.models import Execution, Pipeline, Region, Sync, SyncPart, WorkerHeartbeat
from inventory.sync.scope import Scope

LONG_AGO = timedelta(hours=1)


@pytest.fixture
def sent(monkeypatch):
    """What the broker was given: the task's name and its argument."""
    messages = []
    for name in ("run_sync", "run_part"):
        monkeypatch.setattr(getattr(tasks, name), "delay", lambda pk, name=name: messages.append((name, pk)))
    return messages


@pytest.fixture
def execute(make_pipeline):
    def make(status):
        pipeline = make_pipeline()
        pipeline.latest_execution = Execution.objects.create(pipeline=pipeline, arn=pipeline.arn + "/x", status=status)
        pipeline.save()

    return make


@pytest.mark.django_db
def test_a_worker_is_told_after_the_commit(sent, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        requested, created = tasks.enqueue(Scope(), trigger="api")
        assert sent == []
    assert created
    assert sent == [("run_sync", requested.pk)]


@pytest.mark.django_db
def test_a_second_request_tells_nobody(sent, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        first, _ = tasks.enqueue(Scope(), trigger="api")
        assert tasks.enqueue(Scope(), trigger="api") == (first, False)
    assert len(sent) == 1


def test_the_parts_of_a_planned_sync_are_told_once(account, sent, settings):
    settings.SYNC_REGIONS = ["us-east-1", "eu-west-1"]
    requested = Sync.objects.create(scope="everything")
    tasks.run_sync(requested.pk)
    tasks.run_sync(requested.pk)
    ids = SyncPart.objects.values_list("pk", flat=True)
    assert len(sent) == 2
    assert set(sent) == {("run_part", pk) for pk in ids}


@pytest.mark.django_db
def test_without_a_broker_a_request_waits_in_the_database(monkeypatch, django_capture_on_commit_callbacks):
    with tasks.run_sync.app.connection_for_write("redis://127.0.0.1:1/0") as nowhere:
        send = partial(tasks.run_sync.apply_async, connection=nowhere, retry=False)
        monkeypatch.setattr(tasks.run_sync, "delay", lambda pk: send((pk,)))
        with django_capture_on_commit_callbacks(execute=True):
            requested, _ = tasks.enqueue(Scope(), trigger="api")
    assert sync.undelivered() == ([requested], [])


def test_a_part_that_another_worker_holds_is_left_to_it(make_part):
    part = make_part()
    held = SyncPart.objects.claim(part.pk)
    tasks.run_part(part.pk)
    part.refresh_from_db()
    assert (part.state, part.lease, part.attempts) == ("running", held.lease, 1)


def test_what_the_broker_lost_is_told_again(make_part, sent):
    part = make_part()
    queued = Sync.objects.create(scope="everything", dispatched_at=now() - LONG_AGO)
    tasks.dispatch()
    assert sent == [("run_sync", queued.pk), ("run_part", part.pk)]
    tasks.dispatch()
    assert len(sent) == 2


def test_a_sync_whose_last_worker_died_before_closing_it_is_closed(make_part, sent):
    make_part(state="finished", outcome="ok")
    tasks.dispatch()
    assert Sync.objects.get().state == "succeeded"
    assert sent == []


@pytest.mark.django_db
def test_every_hour_everything_is_asked_for():
    tasks.sync_regions()
    asked = Sync.objects.get()
    assert (asked.scope, asked.trigger, asked.state) == ("everything", "beat", "queued")


@pytest.mark.parametrize(("status", "scopes"), [("Executing", ["only=executing"]), ("Succeeded", [])])
def test_only_what_executes_is_followed(execute, status, scopes):
    execute(status)
    tasks.sync_executing()
    assert list(Sync.objects.values_list("scope", flat=True)) == scopes


def test_what_is_missing_is_not_followed(execute):
    execute("Executing")
    Pipeline.objects.update(missing_since=now())
    tasks.sync_executing()
    assert not Sync.objects.exists()


@pytest.mark.django_db
def test_a_worker_leaves_its_name():
    tasks.heartbeat.push_request(hostname="worker@a")
    try:
        tasks.heartbeat.run()
    finally:
        tasks.heartbeat.pop_request()
    assert WorkerHeartbeat.objects.get().worker == "worker@a"


def test_a_region_keeps_when_it_was_last_read_whole(region):
    region.record_outcome("ok", "")
    read = region.synced_at
    region.record_outcome("throttled", "ListPipelines was throttled.")
    stored = Region.objects.get()
    assert (stored.status, stored.synced_at) == ("throttled", read)
    assert stored.attempted_at > read
