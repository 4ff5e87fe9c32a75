"""The end of a region that was dealt out: what only all of its shares together tell."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings

from inventory.models import Region, SyncPart
from inventory.sync.announce import settle_region
from inventory.sync.finish import finish_if_done
from inventory.sync.makers import link_to_makers

if TYPE_CHECKING:
    from django.db.models import QuerySet


def conclude(part: SyncPart) -> None:
    """Do so when no other part of the region is left. Two that end at once may both do it: the second finds it done."""
    parts = SyncPart.objects.filter(sync=part.sync_id, account=part.account_id, region=part.region)
    if not parts.filter(share__gt=0).exists() or parts.unfinished().exists():
        return
    region = Region.objects.get(account=part.account_id, name=part.region)
    link_to_makers(region)
    settle_region(region)
    _record_outcome(region, parts)


def end_abandoned(sync_id: int) -> None:
    """Do what the worker of its last part did not live to do, and say that the sync is over."""
    parts = SyncPart.objects.filter(sync=sync_id)
    if parts.unfinished().exists() or parts.heard_of(timedelta(seconds=settings.SYNC_LEASE_SECONDS)).exists():
        return
    finish_if_done(sync_id)
    for part in parts.filter(share=0):
        conclude(part)


def _record_outcome(region: Region, parts: QuerySet[SyncPart]) -> None:
    """The region is as current as the worst of its parts; of one that was cancelled nothing is known."""
    if parts.filter(outcome="").exists():
        return
    failed = parts.exclude(outcome=SyncPart.Outcome.OK).order_by("share").first()
    region.record_outcome(failed.outcome if failed else Region.Status.OK, failed.error if failed else "")
