"""Requests to refresh facts from AWS, and how they went."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from inventory.models.accounts import Account
from inventory.querysets import SyncPartQuerySet, SyncQuerySet

ACTIVE_STATES = ("queued", "running")


class Sync(models.Model):
    """One request to refresh a scope. An empty account, region or pipeline means all of them."""

    class State(models.TextChoices):
        QUEUED = "queued"
        RUNNING = "running"
        SUCCEEDED = "succeeded"
        PARTIAL = "partial"
        FAILED = "failed"
        CANCELLED = "cancelled"

    class Trigger(models.TextChoices):
        ADMIN = "admin"
        API = "api"
        BEAT = "beat"
        COMMAND = "command"

    account = models.CharField(max_length=128, blank=True, help_text="12 digits or a name; empty for all.")
    regions = models.JSONField(default=list, blank=True, help_text="Region names; empty for all that are configured.")
    pipeline = models.CharField(max_length=512, blank=True, help_text="A name or an ARN.")
    executing_only = models.BooleanField(default=False, help_text="Follow only the pipelines that are executing.")
    scope = models.CharField(max_length=1024, editable=False, help_text="The canonical text of the scope.")
    trigger = models.CharField(max_length=16, choices=Trigger, default=Trigger.COMMAND)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    state = models.CharField(max_length=16, choices=State, default=State.QUEUED)
    problem = models.TextField(blank=True)
    cancel_requested = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    dispatched_at = models.DateTimeField(null=True, help_text="When a worker was last told of it.")
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    objects = SyncQuerySet.as_manager()

    class Meta:
        ordering = ("-pk",)
        indexes = (models.Index(fields=("state",), condition=models.Q(state__in=ACTIVE_STATES), name="sync_under_way"),)
        constraints = (
            models.UniqueConstraint(
                fields=("scope",), condition=models.Q(state__in=ACTIVE_STATES), name="one_active_sync_per_scope"
            ),
        )

    def __str__(self) -> str:
        return f"Sync {self.pk} of {self.scope}"

    @property
    def is_of_whole_regions(self) -> bool:
        """Whether its outcome tells how current a region is."""
        return not (self.pipeline or self.executing_only)

    @property
    def is_active(self) -> bool:
        return self.state in ACTIVE_STATES


class SyncPart(models.Model):
    """One account and region of a sync, or a share of its pipelines: what a worker claims, carries out and reports."""

    class State(models.TextChoices):
        QUEUED = "queued"
        RUNNING = "running"
        FINISHED = "finished"
        CANCELLED = "cancelled"

    class Outcome(models.TextChoices):
        OK = "ok"
        DENIED = "denied"
        DISABLED = "disabled"
        THROTTLED = "throttled"
        UNREACHABLE = "unreachable"
        FAILED = "failed"

    sync = models.ForeignKey(Sync, models.CASCADE, related_name="parts", db_index=False)
    account = models.ForeignKey(Account, models.CASCADE, related_name="+", db_index=False)
    region = models.CharField(max_length=32)
    share = models.PositiveSmallIntegerField(
        default=0, help_text="0 lists the region; the others look at shares of its pipelines, side by side."
    )
    first_pipeline = models.BigIntegerField(null=True, help_text="Of a share: the primary keys it goes from and to.")
    last_pipeline = models.BigIntegerField(null=True)
    uses_search = models.BooleanField(default=True, help_text="Of a share: whether Search told of its executions.")
    state = models.CharField(max_length=16, choices=State, default=State.QUEUED)
    outcome = models.CharField(max_length=16, choices=Outcome, blank=True)
    error_class = models.CharField(max_length=64, blank=True, help_text="AWS's error code, or the class of a bug.")
    error = models.TextField(blank=True, help_text="One sentence a person can act on.")
    problems = models.JSONField(
        default=list, help_text="What failed without failing the part: subject, operation, kind, message."
    )
    stage = models.CharField(max_length=32, blank=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    unit = models.CharField(max_length=32, default="pipelines")
    api_calls = models.JSONField(default=dict, help_text="Operation -> calls.")
    throttles = models.PositiveIntegerField(default=0)
    lease = models.UUIDField(null=True, help_text="Who holds it: only the holder may report.")
    heartbeat_at = models.DateTimeField(null=True)
    dispatched_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)

    objects = SyncPartQuerySet.as_manager()

    class Meta:
        ordering = ("sync", "region", "account", "share")
        indexes = (
            models.Index(fields=("state",), condition=models.Q(state__in=ACTIVE_STATES), name="part_under_way"),
            models.Index(fields=("account", "region", "-id"), name="part_newest_of_region"),
        )
        constraints = (
            models.UniqueConstraint(fields=("sync", "account", "region", "share"), name="part_once_per_sync"),
        )

    def __str__(self) -> str:
        return f"{self.region} of {self.account}" + (f", share {self.share}" if self.share else "")
