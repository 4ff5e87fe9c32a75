"""What the last preflight of an account found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.timezone import now

from inventory.models.accounts import Account

if TYPE_CHECKING:
    from datetime import datetime


class PreflightQuerySet(models.QuerySet["Preflight"]):
    """Preflights."""

    def claim(self, pk: int) -> Preflight | None:
        """Start a queued one; None when another worker was first."""
        queued = self.filter(pk=pk, state=Preflight.State.QUEUED)
        started = queued.update(state=Preflight.State.RUNNING, started_at=now())
        return self.select_related("account").get(pk=pk) if started else None

    def release_lapsed(self, started_before: datetime) -> int:
        """Queue again those whose worker has not ended them."""
        lapsed = self.filter(state=Preflight.State.RUNNING, started_at__lt=started_before)
        return lapsed.update(state=Preflight.State.QUEUED, dispatched_at=None)

    def undispatched(self, before: datetime) -> PreflightQuerySet:
        """Queued ones whose message, if there was one, is older than `before`: a broker may have lost it."""
        queued = self.filter(state=Preflight.State.QUEUED)
        return queued.filter(Q(dispatched_at=None) | Q(dispatched_at__lt=before))


class Preflight(models.Model):
    """One per account. While it is checked again, what was found before stays."""

    class State(models.TextChoices):
        QUEUED = "queued"
        RUNNING = "running"
        ALLOWED = "allowed"
        DENIED = "denied"
        UNREACHABLE = "unreachable"
        FAILED = "failed"

    account = models.OneToOneField(Account, models.CASCADE, related_name="preflight")
    state = models.CharField(max_length=16, choices=State, default=State.QUEUED, db_index=True)
    problem = models.TextField(blank=True, help_text="Why the account could not be entered.")
    identity = models.CharField(max_length=512, blank=True, help_text="Whose permissions these are.")
    places = models.JSONField(default=list, help_text="name, state and problem of each region and of 'global'.")
    matrix = models.JSONField(default=list, help_text="Of each action: action and, by place, what was found.")
    policy = models.JSONField(null=True, help_text="The smallest policy that mends what is denied.")
    dispatched_at = models.DateTimeField(null=True, help_text="When a worker was last told of it.")
    started_at = models.DateTimeField(null=True)
    checked_at = models.DateTimeField(null=True)

    objects = PreflightQuerySet.as_manager()

    class Meta:
        ordering = ("account",)

    def __str__(self) -> str:
        return f"Preflight of {self.account}"

    @property
    def is_active(self) -> bool:
        return self.state in (self.State.QUEUED, self.State.RUNNING)
