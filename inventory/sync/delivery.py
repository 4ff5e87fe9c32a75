"""What a broker may have lost and a dead worker left: the database knows, so it is dispatched again."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.utils.timezone import now
from django_celery_beat.models import PeriodicTask

from inventory.models import Pipeline, Preflight, Region, Sync, SyncPart, WorkerHeartbeat
from inventory.sync.conclude import end_abandoned

REDELIVER_AFTER = timedelta(minutes=5)


def undelivered() -> tuple[list[Sync], list[SyncPart]]:
    """Release lapsed leases; the syncs and the parts that workers must be told of again."""
    SyncPart.objects.release_lapsed(timedelta(seconds=settings.SYNC_LEASE_SECONDS))
    planned = Sync.objects.filter(state=Sync.State.RUNNING, parts__isnull=False)
    for sync_id in planned.values_list("pk", flat=True).distinct():
        end_abandoned(sync_id)
    _release_unplanned()
    before = now() - REDELIVER_AFTER
    syncs, parts = list(Sync.objects.undispatched(before)), list(SyncPart.objects.undispatched(before))
    Sync.objects.filter(pk__in=[row.pk for row in syncs]).update(dispatched_at=now())
    SyncPart.objects.filter(pk__in=[row.pk for row in parts]).update(dispatched_at=now())
    return syncs, parts


def note_undelivered(row: Sync | SyncPart | Preflight) -> None:
    """The broker did not take its message: the next look for undelivered ones finds it."""
    type(row)._default_manager.filter(pk=row.pk).update(dispatched_at=None)


def _release_unplanned() -> None:
    """A worker died between claiming a sync and creating its parts."""
    started_before = now() - timedelta(seconds=settings.SYNC_LEASE_SECONDS) - REDELIVER_AFTER
    Sync.objects.filter(state=Sync.State.RUNNING, parts=None, started_at__lt=started_before).update(
        state=Sync.State.QUEUED, dispatched_at=None
    )


def anything_executing() -> bool:
    """Whether a known pipeline's latest execution has not ended, of a region that can be asked."""
    executing = Pipeline.objects.filter(missing_since=None, latest_execution__status__in=("Executing", "Stopping"))
    return executing.exclude(region__status=Region.Status.DISABLED).exists()


def record_heartbeat(worker: str) -> None:
    """Note that this worker is alive."""
    WorkerHeartbeat.objects.update_or_create(worker=worker, defaults={"beat_at": now()})


def record_beat() -> None:
    """Note that beat is alive: it just sent the heartbeat task."""
    PeriodicTask.objects.filter(name="heartbeat").update(last_run_at=now())
