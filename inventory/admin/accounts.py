"""Accounts, regions and domains."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import admin

from inventory.admin.browse import BrowseOnly, link_to, link_to_list
from inventory.admin.resync import Resyncable
from inventory.models import Account, Domain, Region
from inventory.sync.scope import Scope

if TYPE_CHECKING:
    from django.http import HttpRequest


@admin.register(Account)
class AccountAdmin(Resyncable[Account]):
    """How an account is called and entered is ours to say; the rest is AWS's."""

    list_display = ("account_id", "name", "partition", "profile", "public_access_status", "regions")
    list_filter = ("partition",)
    search_fields = ("account_id", "name")
    readonly_fields = ("public_access_block", "public_access_status", "created_at", "regions")

    def get_readonly_fields(self, request: HttpRequest, obj: Account | None = None) -> tuple[str, ...]:
        return ("account_id", "partition", *self.readonly_fields) if obj else self.readonly_fields

    def has_delete_permission(self, request: HttpRequest, obj: Account | None = None) -> bool:
        return False

    def scope_of(self, row: Account) -> Scope:
        return Scope(account=row.account_id)

    @admin.display(description="regions")
    def regions(self, account: Account) -> str:
        return link_to_list("region", "Regions", account__id__exact=account.pk)


@admin.register(Region)
class RegionAdmin(Resyncable[Region], BrowseOnly[Region]):
    list_display = ("name", "account_link", "status", "synced_at", "attempted_at", "problem", "pipelines", "domains")
    list_display_links = ("name",)
    list_filter = ("status", "account", "name")
    list_select_related = ("account",)
    search_fields = ("name", "account__account_id", "account__name")
    readonly_fields = ("pipelines", "domains")

    def scope_of(self, row: Region) -> Scope:
        return Scope(account=row.account.account_id, regions=(row.name,))

    @admin.display(description="account", ordering="account")
    def account_link(self, region: Region) -> str:
        return link_to(region.account)

    @admin.display(description="pipelines")
    def pipelines(self, region: Region) -> str:
        return link_to_list("pipeline", "Pipelines", region__id__exact=region.pk)

    @admin.display(description="domains")
    def domains(self, region: Region) -> str:
        return link_to_list("domain", "Domains", region__id__exact=region.pk)


@admin.register(Domain)
class DomainAdmin(Resyncable[Domain], BrowseOnly[Domain]):
    list_display = ("name", "domain_id", "region_link", "status", "last_modified", "missing_since", "pipelines")
    list_filter = ("region__name", "region__account", "status", ("missing_since", admin.EmptyFieldListFilter))
    list_select_related = ("region__account",)
    search_fields = ("name", "domain_id", "arn")
    readonly_fields = ("pipelines",)

    def scope_of(self, row: Domain) -> Scope:
        return Scope(account=row.region.account.account_id, regions=(row.region.name,))

    @admin.display(description="region", ordering="region__name")
    def region_link(self, domain: Domain) -> str:
        return link_to(domain.region)

    @admin.display(description="pipelines")
    def pipelines(self, domain: Domain) -> str:
        return link_to_list("pipeline", "Pipelines", domain__id__exact=domain.pk)
