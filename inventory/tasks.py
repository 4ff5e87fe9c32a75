"""enqueue(scope), and the Celery tasks: each a moment, not a place for logic."""

from __future__ import annotations

import logging
from functools import partial
from typing import TYPE_CHECKING

from celery import shared_task
from django.db import transaction
from kombu.exceptions import OperationalError

from inventory import sync
from inventory.models import Preflight, Sync, SyncPart
from inventory.sync.scope import Scope

if TYPE_CHECKING:
    from collections.abc import Sequence

    from celery import Task
    from django.contrib.auth.models import AbstractBaseUser
    from django.db.models import QuerySet

    from inventory.models import Account, Execution

logger = logging.getLogger(__name__)


def enqueue(scope: Scope, *, trigger: str, user: AbstractBaseUser | None = None) -> tuple[Sync, bool]:
    """Ask for a sync of `scope`: what the admin, the API and beat all call.

    Like get_or_create: the sync, and whether it is new (one active sync per scope).
    """
    requested, created = sync.request(scope, trigger=trigger, user=user)
    if created:
        transaction.on_commit(partial(_tell, run_sync, requested))
    return requested, created


def enqueue_backfill(
    executions: QuerySet[Execution], *, trigger: str, user: AbstractBaseUser | None = None
) -> tuple[int, list[Sync]]:
    """Ask for the steps of older executions: how many were not asked for before, and the syncs that will read them."""
    queued, scopes = sync.want_steps(executions)
    return queued, [enqueue(scope, trigger=trigger, user=user)[0] for scope in scopes]


def enqueue_preflight(account: Account) -> Preflight:
    """Ask for a check of an account's permissions; one that is queued or running is enough."""
    preflight, is_due = sync.request_preflight(account)
    if is_due:
        transaction.on_commit(partial(_tell, run_preflight, preflight))
    return preflight


@shared_task
def run_sync(sync_id: int) -> None:
    """Plan one queued sync and tell workers of its parts. Delivered twice it is planned once."""
    for part in sync.plan(sync_id):
        _tell(run_part, part)


@shared_task
def run_part(part_id: int) -> None:
    """Carry out a part, and with it others that wait. Delivered twice it runs once: only the first worker claims it."""
    sync.worker.work_on(part_id, _tell_of_shares)


@shared_task
def run_preflight(preflight_id: int) -> None:
    """Check what an account permits. Delivered twice it runs once."""
    sync.carry_out_preflight(preflight_id)


@shared_task
def dispatch() -> None:
    """Tell workers again of what was not taken and of what a silent worker held; beat runs this every minute."""
    syncs, parts = sync.undelivered()
    for requested in syncs:
        _tell(run_sync, requested)
    for part in parts:
        _tell(run_part, part)
    for preflight in sync.undelivered_preflights():
        _tell(run_preflight, preflight)


@shared_task
def sync_regions() -> None:
    """Ask for a sync of everything; beat runs this hourly."""
    enqueue(Scope(), trigger=Sync.Trigger.BEAT)


@shared_task
def sync_executing() -> None:
    """Follow the pipelines that are executing; beat runs this every minute."""
    if sync.anything_executing():
        enqueue(Scope(executing_only=True), trigger=Sync.Trigger.BEAT)


@shared_task
def backfill() -> None:
    """Read some older executions, within the day's calls; beat runs this every half hour."""
    sync.backfill()


@shared_task
def prune() -> None:
    """Delete what is older than the retention settings; beat runs this daily."""
    if deleted := sync.prune():
        logger.info("Pruned: %s.", deleted)


@shared_task(bind=True)
def heartbeat(self: object) -> None:
    """Leave a sign of this worker's life; beat runs this every minute."""
    sync.record_heartbeat(str(self.request.hostname))  # type: ignore[attr-defined]  # a bound Celery task


def _tell_of_shares(shares: Sequence[SyncPart]) -> None:
    for share in shares:
        _tell(run_part, share)


def _tell(task: Task[[int], None], row: Sync | SyncPart | Preflight) -> None:
    """Send a message to a worker. Without a broker the row waits in the database until `dispatch` sends it again."""
    try:
        task.delay(row.pk)
    except (OperationalError, OSError):
        logger.warning("The broker does not answer: %s waits until it does.", row)
        sync.note_undelivered(row)
