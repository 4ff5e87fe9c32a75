"""Accounts, regions and domains."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.forms import ChoiceField
from django.utils.html import format_html_join

from inventory.admin.browse import BOOKKEEPING, BrowseOnly, Facts
from inventory.admin.columns import NOTHING, as_time, link, link_to, moment, number_of, pretty, short
from inventory.admin.filters import BY_REGION, Presence
from inventory.admin.preflight import Checkable
from inventory.admin.resync import Resyncable
from inventory.aws.sessions import HOME_REGIONS
from inventory.models import Account, Domain, Region, SyncPart
from inventory.sync.scope import Scope

if TYPE_CHECKING:
    from django.http import HttpRequest

SHOWN_SYNCS = 5
ENTRANCE = ("profile", "role_arn", "external_id")
OURS = ("name", "is_enabled", *ENTRANCE)


@admin.register(Account)
class AccountAdmin(Checkable, Resyncable[Account], Facts[Account]):
    """How an account is called and entered is ours to say; the rest is AWS's."""

    list_display = (
        "account_id", "name", "partition", "is_enabled", "permissions", "profile", "role_arn", number_of("regions"),
    )  # fmt: skip
    list_select_related = ("preflight",)
    actions = ("resync", "check_permissions")  # type: ignore[assignment]  # Resyncable names one
    entrance = ENTRANCE
    list_filter = ("is_enabled", "partition")
    search_fields = ("account_id", "name")
    counted = ("regions",)
    groups = (
        ("", ("account_id", "name", "partition", "is_enabled", *ENTRANCE)),
        ("What it permits", ("matrix",)),
        ("S3's block of public access to the account", ("public_access_status", pretty("public_access_block"))),
        ("In this cache", (number_of("regions"), moment("created_at"))),
    )
    help_texts = {
        "public_access_status": "Unknown: it was not looked at, or looking failed.",
        "public_access_block": "Its four flags.",
        "created_at": "When it was first known here.",
    }

    def get_fieldsets(self, request: HttpRequest, obj: Account | None = None) -> Any:
        return super().get_fieldsets(request, obj)[: None if obj else 1]

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "partition":
            return ChoiceField(choices=[(name, name) for name in HOME_REGIONS])
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def get_readonly_fields(self, request: HttpRequest, obj: Account | None = None) -> Any:
        lines = [line for _, group in self.groups for line in group]
        return [line for line in lines if line not in OURS] if obj else ()

    def has_delete_permission(self, request: HttpRequest, obj: Account | None = None) -> bool:
        return False

    def scope_of(self, row: Account) -> Scope:
        return Scope(account=row.account_id)


@admin.register(Region)
class RegionAdmin(Resyncable[Region], BrowseOnly[Region]):
    list_display = (
        "name", link("account"), "status", moment("synced_at"), number_of("pipelines"), number_of("domains"),
        short("problem"),
    )  # fmt: skip
    list_filter = ("status", "account", "name")
    list_select_related = ("account",)
    search_fields = ("name", "account__account_id", "account__name")
    counted = ("pipelines", "domains")
    groups = (
        ("", ("name", "account", number_of("pipelines"), number_of("domains"))),
        ("Last sync of the whole region", ("status", "problem", moment("synced_at"), moment("attempted_at"))),
        ("Latest syncs of any kind", ("latest_syncs",)),
        (
            "How changes are found",
            (moment("search_refused_at"), moment("search_stale_at"), moment("steps_followed_at")),
        ),
        (BOOKKEEPING, ("revision", moment("execution_cursor"))),
    )
    help_texts = {
        "latest_syncs": "Those of single pipelines and of what is executing too; they do not change the status above.",
        "attempted_at": "When a sync of the whole region last ended, well or not.",
        "search_refused_at": (
            "When Search was last denied, or was not known there. For 24 hours scheduled syncs read listings instead; "
            "a sync that a person asks for tries it again."
        ),
        "search_stale_at": (
            "When Search last did not show what had happened more than 10 minutes before. For 6 hours every sync reads "
            "listings instead, then Search is asked for all that it may have missed. There is nothing to do."
        ),
        "steps_followed_at": (
            "When the steps of all its executing pipelines were last read: while any executes, every 10 minutes, "
            "and every minute where Search is not at hand."
        ),
        "execution_cursor": "The newest LastModifiedTime of an execution that a search has shown.",
    }

    def scope_of(self, row: Region) -> Scope:
        return Scope(account=row.account.account_id, regions=(row.name,))

    @admin.display(description="latest syncs")
    def latest_syncs(self, region: Region) -> str:
        parts = SyncPart.objects.filter(account=region.account, region=region.name).select_related("sync")
        lines = (
            (as_time(part.finished_at), link_to(part.sync), part.get_outcome_display() or part.state, part.error)
            for part in parts.order_by("-pk")[:SHOWN_SYNCS]
        )
        return format_html_join("", "<div>{} {}: {} {}</div>", lines) or NOTHING


@admin.register(Domain)
class DomainAdmin(Resyncable[Domain], BrowseOnly[Domain]):
    resync_label = "Re-sync its region"
    list_display = (
        "name", "domain_id", link("region", ordering="region__name"), "status", moment("last_modified"),
        moment("missing_since"), number_of("pipelines"),
    )  # fmt: skip
    list_filter = (("region__name", BY_REGION), "region__account", "status", ("missing_since", Presence))
    list_select_related = ("region__account",)
    search_fields = ("name", "domain_id", "arn")
    counted = ("pipelines",)
    groups = (
        ("", ("name", "domain_id", "arn", "region", "status", number_of("pipelines"))),
        ("Times", (moment("created_at"), moment("last_modified"), moment("seen_at"), moment("missing_since"))),
    )
    help_texts = {
        "seen_at": "When a listing first showed it, or last showed it changed.",
        "missing_since": "Since when complete listings no longer show it.",
    }

    def scope_of(self, row: Domain) -> Scope:
        return Scope(account=row.region.account.account_id, regions=(row.region.name,))
