"""The Celery application."""

from __future__ import annotations

import os
from typing import Any

from celery import Celery
from celery.signals import beat_init, worker_ready

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lineage_site.settings")

app = Celery("lineage_site")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_ready.connect
def show_worker(sender: Any, **_: Any) -> None:
    """A worker is known from its start, not from beat's first heartbeat task a minute later."""
    from inventory import sync

    sync.record_heartbeat(sender.hostname)


@beat_init.connect
def show_beat(**_: Any) -> None:
    """So is beat: it sends the first heartbeat task at its start."""
    from inventory import sync, tasks

    tasks.heartbeat.delay()
    sync.record_beat()
