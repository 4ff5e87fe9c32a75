"""What went wrong in each region's latest sync, whatever that covered.

A region's status tells of syncs of the whole region alone; one that follows what is executing, every minute, may fail
in between, and what fails without failing a sync changes no status at all.
"""

from __future__ import annotations

from typing import NamedTuple

from django.db.models import OuterRef, Q, Subquery

from inventory.models import Region, Sync, SyncPart

Place = tuple[int, str]


class Failure(NamedTuple):
    """A sentence, and the sync that tells more."""

    sync: Sync
    sentence: str


def latest_failures() -> dict[Place, Failure]:
    """By an account's primary key and a region's name."""
    finished = SyncPart.objects.filter(account=OuterRef("account"), region=OuterRef("name"), state="finished")
    latest = Region.objects.values(latest=Subquery(finished.order_by("-pk").values("pk")[:1]))
    failed = SyncPart.objects.filter(~Q(outcome=SyncPart.Outcome.OK) | ~Q(problems=[]), pk__in=latest)
    return {
        (part.account_id, part.region): Failure(part.sync, _sentence(part)) for part in failed.select_related("sync")
    }


def _sentence(part: SyncPart) -> str:
    if part.error or not part.problems:
        return part.error
    first = part.problems[0]
    more = f" (and {len(part.problems) - 1} more)" if len(part.problems) > 1 else ""
    return f"{first['subject']}: {first['message']}{more}"
