"""What accounts permit: an action on the list, a button and the matrix on the page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import path
from django.utils.html import format_html

from inventory import tasks
from inventory.admin.columns import NOTHING, as_json, as_time, link_to, page_of
from inventory.admin.matrix import SIGNS, tables
from inventory.models import Account, Preflight

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.models import QuerySet
    from django.forms import ModelForm
    from django.http import HttpRequest, HttpResponse
    from django.urls import URLPattern

URL_NAME = "inventory_account_preflight"
TEMPLATE = "admin/inventory/account/preflight.html"


class Checkable(admin.ModelAdmin[Account]):
    """Accounts whose permissions can be checked. `entrance` are the fields that say how an account is entered."""

    entrance: tuple[str, ...] = ()

    class Media:
        css = {"all": ("inventory/preflight.css",)}

    @admin.action(description="Check permissions", permissions=["sync"])
    def check_permissions(self, request: HttpRequest, queryset: QuerySet[Account]) -> None:
        self._check(request, list(queryset))

    @admin.display(description="permissions", ordering="preflight__state")
    def permissions(self, account: Account) -> str:
        preflight = _preflight_of(account)
        return str(preflight.get_state_display()) if preflight else NOTHING

    @admin.display(description="permissions")
    def matrix(self, account: Account) -> str:
        """What was found, region by region and action by action, and the policy that mends it."""
        preflight = _preflight_of(account)
        found: dict[str, Any] = {"preflight": preflight, "signs": SIGNS}
        if preflight:
            found["tables"] = tables(preflight)
            found["checked_at"] = as_time(preflight.checked_at) if preflight.checked_at else ""
            found["policy"] = as_json(preflight.policy) if preflight.policy else ""
        return render_to_string(TEMPLATE, found)

    def save_model(self, request: HttpRequest, obj: Account, form: ModelForm[Account], change: bool) -> None:  # noqa: FBT001  (Django's signature)
        super().save_model(request, obj, form, change)
        if not change or set(form.changed_data) & set(self.entrance):
            self._check(request, [obj])

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.preflight_view)
        return [path("<path:object_id>/preflight/", view, name=URL_NAME), *super().get_urls()]

    def preflight_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The button."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not request.user.has_perm("inventory.add_sync"):
            raise PermissionDenied
        account = self.get_object(request, object_id)
        if account is None:
            raise Http404
        self._check(request, [account])
        return HttpResponseRedirect(page_of(account))

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        if request.user.has_perm("inventory.add_sync"):
            context["preflight_url_name"] = f"admin:{URL_NAME}"
        return super().render_change_form(request, context, *args, **kwargs)

    def _check(self, request: HttpRequest, accounts: Sequence[Account]) -> None:
        for account in accounts:
            tasks.enqueue_preflight(account)
        who = link_to(accounts[0]) if len(accounts) == 1 else "each"
        noun = "account" if len(accounts) == 1 else "accounts"
        sentence = "The permissions of {} {} are being checked; the page of {} shows what is found."
        self.message_user(request, format_html(sentence, len(accounts), noun, who), messages.SUCCESS)


def _preflight_of(account: Account) -> Preflight | None:
    return getattr(account, "preflight", None)
