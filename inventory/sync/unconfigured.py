"""Disabled regions that are not configured any more: one that holds something says so, any other is forgotten."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import ManyToOneRel

from inventory.models import Region, Sync, SyncPart

if TYPE_CHECKING:
    from collections.abc import Collection

    from inventory.models import Account

NOT_CONFIGURED = (
    "The region is not configured any more; what was read of it stays. Add it to SYNC_REGIONS, or sync it by name."
)


@transaction.atomic
def settle_unconfigured(account: Account, configured: Collection[str]) -> None:
    """By the settings and what is stored alone: nothing that AWS says, or does not, has a region forgotten."""
    disabled = account.regions.filter(status=Region.Status.DISABLED).exclude(name__in=configured)
    for region in disabled.exclude(problem=NOT_CONFIGURED).select_for_update():
        if region.synced_at or _holds_anything(region):
            disabled.filter(pk=region.pk).update(problem=NOT_CONFIGURED)
        elif not _is_being_read(region):
            region.delete()


def _holds_anything(region: Region) -> bool:
    if region.account.buckets.filter(region_name=region.name).exists():
        return True
    relations = [field for field in Region._meta.get_fields(include_hidden=True) if isinstance(field, ManyToOneRel)]
    rows = (each.related_model._default_manager.filter(**{each.field.name: region}) for each in relations)
    return any(found.exists() for found in rows)


def _is_being_read(region: Region) -> bool:
    """By a sync that names it, or that was planned before it was taken out."""
    parts = SyncPart.objects.unfinished().filter(account=region.account, region=region.name)
    return parts.exists() or any(region.name in sync.regions for sync in Sync.objects.active())
