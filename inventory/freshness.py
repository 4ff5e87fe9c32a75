"""How fresh the facts are that a document was made from: the member `cache` of every document."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.timezone import now

from inventory.models import Region

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

SUCCEEDED = (Region.Status.OK, Region.Status.NEVER_SYNCED)


@dataclass(frozen=True, slots=True)
class Freshness:
    """When facts were last confirmed with AWS, whether that is too long ago, and what kept the last sync from it."""

    synced_at: datetime | None
    stale: bool
    problem: str | None

    def as_member(self) -> dict[str, Any]:
        return {"syncedAt": self.synced_at, "stale": self.stale, "problem": self.problem}


def region_freshness(region: Mapping[str, Any]) -> Freshness:
    """Of a whole region, given its synced_at, status and problem."""
    stale = _is_old(region["synced_at"]) or region["status"] not in SUCCEEDED
    return Freshness(region["synced_at"], stale, region["problem"] or None)


def pipeline_freshness(pipeline: Mapping[str, Any]) -> Freshness:
    """Of one pipeline, given its synced_at and problem and those of its region, prefixed with `region__`.

    A listing that shows a pipeline unchanged confirms it, unless something of it could not be read.
    """
    confirmed = [pipeline["synced_at"], None if pipeline["problem"] else pipeline["region__synced_at"]]
    synced_at = max((moment for moment in confirmed if moment), default=None)
    stale = _is_old(synced_at) or pipeline["region__status"] not in SUCCEEDED
    return Freshness(synced_at, stale, pipeline["problem"] or pipeline["region__problem"] or None)


def _is_old(synced_at: datetime | None) -> bool:
    return synced_at is None or now() - synced_at > timedelta(seconds=settings.SYNC_STALE_AFTER_SECONDS)
