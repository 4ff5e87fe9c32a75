"""The end of a sync: when its last part is over, what came of them all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.timezone import now

from inventory.models import Sync, SyncPart

if TYPE_CHECKING:
    from collections.abc import Collection


def finish_if_done(sync_id: int) -> None:
    """Close a running sync none of whose parts is left."""
    parts = SyncPart.objects.filter(sync_id=sync_id)
    if parts.unfinished().exists():
        return
    outcomes = list(parts.values_list("outcome", flat=True))
    Sync.objects.filter(pk=sync_id, state=Sync.State.RUNNING).update(state=final_state(outcomes), finished_at=now())


def final_state(outcomes: Collection[str]) -> str:
    """Succeeded when every part was ok, failed when none was; an empty outcome is a cancelled part."""
    if "" in outcomes:
        return Sync.State.CANCELLED
    succeeded = sum(outcome == SyncPart.Outcome.OK for outcome in outcomes)
    if succeeded == len(outcomes):
        return Sync.State.SUCCEEDED
    return Sync.State.PARTIAL if succeeded else Sync.State.FAILED
