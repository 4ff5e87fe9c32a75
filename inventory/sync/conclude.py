"""The end of a region that was dealt out: what only all of its shares together tell."""

from __future__ import annotations

from inventory.models import Region, SyncPart
from inventory.sync.announce import settle_region
from inventory.sync.makers import link_to_makers


def conclude(part: SyncPart) -> None:
    """Do so when no other part of the region is left. Two that end at once may both do it: the second finds it done."""
    parts = SyncPart.objects.filter(sync=part.sync_id, account=part.account_id, region=part.region)
    if not parts.filter(share__gt=0).exists() or parts.unfinished().exists():
        return
    region = Region.objects.get(account=part.account_id, name=part.region)
    link_to_makers(region)
    settle_region(region)
