"""Which regions' latest sync failed, whatever it covered.

A region's status tells of syncs of the whole region alone; one that follows what is executing, every minute, may fail
in between.
"""

from __future__ import annotations

from django.db.models import OuterRef, Subquery

from inventory.models import Region, SyncPart

Place = tuple[int, str]


def latest_failures() -> dict[Place, SyncPart]:
    """The latest finished part of each region, keyed by account's primary key and region, where it was not ok."""
    finished = SyncPart.objects.filter(account=OuterRef("account"), region=OuterRef("name"), state="finished")
    latest = Region.objects.values(latest=Subquery(finished.order_by("-pk").values("pk")[:1]))
    failed = SyncPart.objects.filter(pk__in=latest).exclude(outcome=SyncPart.Outcome.OK).select_related("sync")
    return {(part.account_id, part.region): part for part in failed}
