"""GET /health and /health/ready."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.utils.timezone import now
from django_celery_beat.models import IntervalSchedule, PeriodicTask

from inventory.models import WorkerHeartbeat


def beat(last_run_at):
    schedule = IntervalSchedule.objects.create(every=1, period="minutes")
    PeriodicTask.objects.update_or_create(
        name="heartbeat", defaults={"task": "heartbeat", "interval": schedule, "last_run_at": last_run_at}
    )


def test_health_needs_no_database(client, settings):
    response = client.get("/health")

    assert response.status_code == 200
    assert response.json() == {"status": "ok", "version": settings.VERSION}


def test_ready_when_every_component_is_there(client, db):
    WorkerHeartbeat.objects.create(worker="w1", beat_at=now())
    beat(now())

    response = client.get("/health/ready")

    assert response.status_code == 200
    assert response.json()["status"] == "ok"
    assert set(response.json()["components"]) == {"database", "broker", "worker", "beat"}


@pytest.mark.parametrize("heard", [None, timedelta(minutes=6)])
def test_silent_workers_and_beat_are_503(client, db, heard):
    if heard:
        WorkerHeartbeat.objects.create(worker="w1", beat_at=now() - heard)
        beat(now() - heard)

    response = client.get("/health/ready")

    components = response.json()["components"]
    assert response.status_code == 503
    assert [name for name, component in components.items() if not component["ok"]] == ["worker", "beat"]


def test_the_newest_heartbeat_counts(client, db):
    WorkerHeartbeat.objects.create(worker="gone", beat_at=now() - timedelta(days=1))
    WorkerHeartbeat.objects.create(worker="here", beat_at=now())

    assert client.get("/health/ready").json()["components"]["worker"]["ok"] is True


def test_an_unreachable_broker_is_503(client, db, monkeypatch):
    from inventory.api import health

    unreachable = health.current_app.connection_for_write("redis://127.0.0.1:1/0")
    monkeypatch.setattr(health.current_app, "connection_for_write", lambda: unreachable, raising=False)

    response = client.get("/health/ready")

    assert response.status_code == 503
    assert response.json()["components"]["broker"] == {"ok": False, "detail": "The broker does not answer."}


def test_a_database_that_does_not_answer_is_503(client, db, monkeypatch):
    def refuse():
        raise OperationalError("secret host name")

    with monkeypatch.context() as broken:
        broken.setattr(connection, "cursor", refuse)
        response = client.get("/health/ready")

    assert response.status_code == 503
    assert response.json()["components"]["beat"]["detail"] == "Not known while the database does not answer."
    assert b"secret" not in response.content
