"""AWS accounts and their regions."""

from __future__ import annotations

import re

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.utils.timezone import now

from inventory.aws.sessions import Access


class Account(models.Model):
    """One AWS account, and how the service gets into it."""

    account_id = models.CharField(
        max_length=12, unique=True, validators=[RegexValidator(r"^\d{12}$", "Give the 12 digits.")]
    )
    name = models.CharField(
        max_length=128, blank=True, help_text="What people call it; accepted wherever the 12 digits are."
    )
    partition = models.CharField(max_length=16, default="aws", help_text="aws, aws-cn or aws-us-gov.")
    profile = models.CharField(
        max_length=128, blank=True, help_text="A local AWS profile to read it with; empty for the default credentials."
    )
    role_arn = models.CharField(
        "role ARN",
        max_length=256,
        blank=True,
        help_text="A role of the account to assume, with the profile's or the default credentials.",
    )
    external_id = models.CharField(
        "external ID", max_length=1224, blank=True, help_text="What the role's trust policy asks for."
    )
    is_enabled = models.BooleanField(default=True, help_text="Whether syncs of everything include it.")
    public_access_block = models.JSONField(
        null=True, blank=True, help_text="The account level of S3's public access block: its four flags."
    )
    public_access_status = models.CharField(max_length=16, default="Unknown", help_text="ok, Denied or Unknown.")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("account_id",)

    def __str__(self) -> str:
        return f"{self.name} ({self.account_id})" if self.name else self.account_id

    def clean(self) -> None:
        """The role is of this account and its partition; that is checked here so that no sync mixes two accounts."""
        if not self.role_arn:
            return
        if not re.fullmatch(rf"arn:{self.partition}:iam::{self.account_id}:role/[\w+=,.@/-]+", self.role_arn):
            raise ValidationError(
                {"role_arn": f"Give the ARN of a role of account {self.account_id} in {self.partition}."}
            )

    @property
    def access(self) -> Access:
        return Access(self.account_id, self.partition, self.profile, self.role_arn, self.external_id)


class Region(models.Model):
    """One region of one account, and how its last sync went."""

    class Status(models.TextChoices):
        NEVER_SYNCED = "never-synced"
        OK = "ok"
        DENIED = "denied"
        DISABLED = "disabled"
        THROTTLED = "throttled"
        UNREACHABLE = "unreachable"

    account = models.ForeignKey(Account, models.CASCADE, related_name="regions")
    name = models.CharField(max_length=32)
    status = models.CharField(max_length=16, choices=Status, default=Status.NEVER_SYNCED)
    problem = models.TextField(blank=True, help_text="What kept the last sync from refreshing it.")
    synced_at = models.DateTimeField(null=True, help_text="When its listings were last read to their end.")
    attempted_at = models.DateTimeField(null=True)
    revision = models.PositiveBigIntegerField(default=0, help_text="Grows whenever a fact of the region changes.")
    search_refused_at = models.DateTimeField(
        null=True, help_text="When Search was last refused: listings are read instead until it is tried again."
    )
    search_stale_at = models.DateTimeField(
        null=True,
        help_text="When Search last did not show what it ought to: listings are read instead until it is tried again.",
    )
    steps_followed_at = models.DateTimeField(
        null=True, help_text="When the steps of all its executing pipelines were last read."
    )
    execution_cursor = models.DateTimeField(
        null=True, help_text="The newest LastModifiedTime of an execution that Search has shown."
    )
    registry_synced_at = models.DateTimeField(
        null=True, help_text="When its registries and endpoints were last listed to their end."
    )

    class Meta:
        ordering = ("name", "account_id")
        constraints = (models.UniqueConstraint(fields=("account", "name"), name="region_once_per_account"),)

    def __str__(self) -> str:
        return f"{self.name} of {self.account}"

    def record_outcome(self, outcome: str, problem: str) -> None:
        """Note how a sync of the whole region went. `outcome` that is no status of a region counts as unreachable."""
        self.status = outcome if outcome in self.Status.values else self.Status.UNREACHABLE
        self.problem = problem
        self.attempted_at = now()
        if self.status == self.Status.OK:
            self.synced_at = self.attempted_at
        self.save(update_fields=["status", "problem", "attempted_at", "synced_at"])
