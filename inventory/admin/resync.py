"""Re-sync: an action on lists, a button on pages; one call of enqueue, one sentence back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar, cast

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import path
from django.utils.html import format_html, format_html_join

from inventory import tasks
from inventory.admin.columns import link_to, link_to_list, page_of
from inventory.models import Sync

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.contrib.auth.models import User
    from django.db.models import Model, QuerySet
    from django.http import HttpRequest, HttpResponse
    from django.urls import URLPattern

    from inventory.sync.scope import Scope

Row = TypeVar("Row", bound="Model")
SHOWN_LINKS = 10


class Resyncable(admin.ModelAdmin[Row]):
    """Rows that can be synced again; `scope_of` says what that covers."""

    actions = ("resync",)
    resync_label = "Re-sync"

    def scope_of(self, row: Row) -> Scope:
        raise NotImplementedError

    def has_sync_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("inventory.add_sync")

    @admin.action(description="Re-sync selected %(verbose_name_plural)s", permissions=["sync"])
    def resync(self, request: HttpRequest, queryset: QuerySet[Row]) -> None:
        self._enqueue(request, queryset)

    def get_urls(self) -> list[URLPattern]:
        name = f"{self.opts.app_label}_{self.opts.model_name}_resync"
        view = self.admin_site.admin_view(self.resync_view)
        return [path("<path:object_id>/resync/", view, name=name), *super().get_urls()]

    def resync_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The button: asks for a sync of this row and shows its progress."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not self.has_sync_permission(request):
            raise PermissionDenied
        row = self.get_object(request, object_id)
        if row is None:
            raise Http404
        [sync] = self._enqueue(request, [row])
        return HttpResponseRedirect(page_of(sync))

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        if self.has_sync_permission(request):
            context["resync_label"] = self.resync_label
            context["resync_url_name"] = f"admin:{self.opts.app_label}_{self.opts.model_name}_resync"
        return super().render_change_form(request, context, *args, **kwargs)

    def _enqueue(self, request: HttpRequest, rows: Iterable[Row]) -> list[Sync]:
        scopes = {str(scope): scope for scope in map(self.scope_of, rows)}
        user = cast("User", request.user)
        asked = [tasks.enqueue(scope, trigger=Sync.Trigger.ADMIN, user=user) for scope in scopes.values()]
        self.message_user(request, _answer(asked), messages.SUCCESS)
        return [sync for sync, _ in asked]


def _answer(asked: list[tuple[Sync, bool]]) -> str:
    """How many are new, and links to the progress of each; of many, to the list of all."""
    created = sum(is_new for _, is_new in asked)
    active = len(asked) - created
    links = [link_to(sync) for sync, _ in asked[:SHOWN_LINKS]]
    if len(asked) > SHOWN_LINKS:
        links.append(link_to_list(Sync, "all syncs", o=""))
    return format_html(
        "{}{}. Progress: {}",
        f"Queued {created} {'sync' if created == 1 else 'syncs'}",
        f"; {active} {'is' if active == 1 else 'are'} under way already" if active else "",
        format_html_join(", ", "{}", ((link,) for link in links)),
    )
