"""enqueue(scope), and the Celery tasks: each a moment, not a place for logic."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from celery import shared_task
from django.db import transaction

from inventory import sync
from inventory.models import Sync
from inventory.sync.scope import Scope

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser


def enqueue(scope: Scope, *, trigger: str, user: AbstractBaseUser | None = None) -> tuple[Sync, bool]:
    """Ask for a sync of `scope`: what the admin, the API and beat all call.

    Like get_or_create: the sync, and whether it is new (one active sync per scope).
    """
    requested, created = sync.request(scope, trigger=trigger, user=user)
    if created:
        transaction.on_commit(partial(run_sync.delay, requested.pk))
    return requested, created


@shared_task
def run_sync(sync_id: int) -> None:
    """Plan one queued sync and tell workers of its parts. Delivered twice it is planned once."""
    for part_id in sync.plan(sync_id):
        run_part.delay(part_id)


@shared_task
def run_part(part_id: int) -> None:
    """Carry out one part. Delivered twice it runs once: only the first worker claims it."""
    sync.execute(part_id)


@shared_task
def dispatch() -> None:
    """Tell workers again of what was not taken and of what a silent worker held; beat runs this every minute."""
    sync_ids, part_ids = sync.undelivered()
    for sync_id in sync_ids:
        run_sync.delay(sync_id)
    for part_id in part_ids:
        run_part.delay(part_id)


@shared_task
def sync_regions() -> None:
    """Ask for a sync of everything; beat runs this hourly."""
    enqueue(Scope(), trigger=Sync.Trigger.BEAT)


@shared_task
def sync_executing() -> None:
    """Follow the pipelines that are executing; beat runs this every minute."""
    if sync.anything_executing():
        enqueue(Scope(executing_only=True), trigger=Sync.Trigger.BEAT)


@shared_task(bind=True)
def heartbeat(self: object) -> None:
    """Leave a sign of this worker's life; beat runs this every minute."""
    sync.record_heartbeat(str(self.request.hostname))  # type: ignore[attr-defined]  # a bound Celery task
