"""The Celery application."""

from __future__ import annotations

import gc
import os
from typing import Any

from celery import Celery
from celery.signals import (
    beat_init,
    celeryd_after_setup,
    worker_before_create_process,
    worker_ready,
    worker_shutting_down,
)

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lineage_site.settings")

app = Celery("lineage_site")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_before_create_process.connect
def keep_what_is_loaded(**_: Any) -> None:
    """It stays: no collection of a forked process needs to look at it, and no fork to copy it."""
    gc.freeze()


@celeryd_after_setup.connect
def begin_worker(**_: Any) -> None:
    """Before it forks the processes that carry parts out."""
    from inventory import sync

    sync.worker.begin()


@worker_shutting_down.connect
def end_worker(**_: Any) -> None:
    """Its processes finish what they have begun."""
    from inventory import sync

    sync.worker.end()


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
