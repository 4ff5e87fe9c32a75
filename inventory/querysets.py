"""Queries with names: how work is claimed, kept alive and taken over."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Count, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce, Now
from django.utils.timezone import now

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from inventory.models.buckets import Bucket
    from inventory.models.syncs import Sync, SyncPart

ACTIVE = ("queued", "running")


class SyncQuerySet(models.QuerySet["Sync"]):
    """Syncs."""

    def active(self) -> SyncQuerySet:
        return self.filter(state__in=ACTIVE)

    def claim(self, pk: int) -> Sync | None:
        """Start a queued sync; None when another worker was first."""
        if self.filter(pk=pk, state="queued").update(state="running", started_at=now()) == 0:
            return None
        return self.get(pk=pk)

    def cancel(self, pk: int) -> bool:
        """End a queued sync at once, ask a running one to stop at its next step; False when it is over."""
        cancelled = self.filter(pk=pk, state="queued").update(
            state="cancelled", cancel_requested=True, finished_at=now()
        )
        return bool(cancelled or self.active().filter(pk=pk).update(cancel_requested=True))

    def undispatched(self, before: datetime) -> SyncQuerySet:
        """Queued ones whose message, if there was one, is older than `before`: a broker may have lost it."""
        return self.filter(state="queued").filter(Q(dispatched_at=None) | Q(dispatched_at__lt=before))


class SyncPartQuerySet(models.QuerySet["SyncPart"]):
    """Parts of syncs. Leases go by the database's clock: those of the workers may differ."""

    def unfinished(self) -> SyncPartQuerySet:
        return self.filter(state__in=ACTIVE)

    def claim(self, pk: int) -> SyncPart | None:
        """Take a queued part on a lease; None when another worker was first or its sync is over."""
        lease = uuid.uuid4()
        queued = self.filter(pk=pk, state="queued", sync__state="running")
        claimed = queued.update(
            state="running", lease=lease, started_at=Now(), heartbeat_at=Now(), attempts=F("attempts") + 1
        )
        return self.select_related("sync", "account").get(pk=pk) if claimed else None

    def of_whole_regions(self) -> SyncPartQuerySet:
        """Those that take long; parts of one pipeline, or of what is executing, take a moment."""
        return self.filter(sync__pipeline="", sync__executing_only=False)

    def in_turn(self) -> SyncPartQuerySet:
        """The queued ones of running syncs: those first of whose region the fewest parts are being carried out.

        Each region has a rate of its own, so that two regions side by side are read faster than two parts of one.
        """
        running = self.model._default_manager.filter(state="running").order_by()
        beside = running.filter(account=OuterRef("account"), region=OuterRef("region")).values("account")
        queued = self.filter(state="queued", sync__state="running")
        return queued.annotate(beside=Coalesce(Subquery(beside.values(count=Count("*"))), 0)).order_by("beside", "pk")

    def claim_next(self, *, most_beside: int) -> SyncPart | None:
        """Take the one whose turn it is; None when none waits that has so few others `beside` it in its region."""
        waiting = self.in_turn().filter(beside__lte=most_beside)  # type: ignore[misc]  # it is annotated
        while candidate := waiting.values_list("pk", flat=True).first():
            if part := self.claim(candidate):
                return part
        return None

    def held(self, part: SyncPart) -> SyncPartQuerySet:
        """The part, as long as its lease is still ours."""
        return self.filter(pk=part.pk, state="running", lease=part.lease)

    def report(self, part: SyncPart, **progress: Any) -> bool:
        """Store progress and prove life; False when the lease was lost."""
        return bool(self.held(part).update(heartbeat_at=Now(), **progress))

    def release_lapsed(self, silent_for: timedelta) -> int:
        """Queue again the running parts whose worker has not been heard of for so long."""
        lapsed = self.filter(state="running", heartbeat_at__lt=Now() - silent_for)
        return lapsed.update(state="queued", lease=None, dispatched_at=None)

    def heard_of(self, within: timedelta) -> SyncPartQuerySet:
        """Those whose worker gave a sign of life so shortly ago."""
        return self.filter(heartbeat_at__gte=Now() - within)

    def undispatched(self, before: datetime) -> SyncPartQuerySet:
        """Queued ones of running syncs whose message, if there was one, is older than `before`."""
        return self.filter(state="queued", sync__state="running").filter(
            Q(dispatched_at=None) | Q(dispatched_at__lt=before)
        )


class BucketQuerySet(models.QuerySet["Bucket"]):
    """Buckets."""

    def claim_due(self, checked_before: datetime, claimed_before: datetime, failed_before: datetime) -> list[Bucket]:
        """Take those that nobody looked at since `checked_before`, nor set out to since `claimed_before`.

        Those that did not tell everything are due again when nobody looked since `failed_before`.
        """
        claim = uuid.uuid4()
        failed = ~Q(errors={}) & ~Q(exists=False) & Q(checked_at__lt=failed_before)
        due = self.filter(Q(checked_at=None) | Q(checked_at__lt=checked_before) | failed)
        free = due.filter(Q(claimed_at=None) | Q(claimed_at__lt=claimed_before))
        return list(self.filter(claim=claim)) if free.update(claim=claim, claimed_at=now()) else []

    def release(self) -> None:
        """Let others take them."""
        self.update(claim=None, claimed_at=None)
