"""Syncs and their progress; the workers that carry them out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import QuerySet, Sum

from inventory.admin.browse import BrowseOnly
from inventory.models import Sync, WorkerHeartbeat

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@admin.register(Sync)
class SyncAdmin(BrowseOnly[Sync]):
    """The page of one sync is its progress page: it refreshes itself while the sync is active."""

    list_display = ("__str__", "state", "progress", "trigger", "requested_by", "created_at", "finished_at", "problem")
    list_filter = ("state", "trigger", "executing_only", "created_at")
    list_select_related = ("requested_by",)
    search_fields = ("scope",)
    change_form_template = "admin/inventory/sync/change_form.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Sync]:
        return super().get_queryset(request).annotate(done=Sum("parts__done"), total=Sum("parts__total"))

    @admin.display(description="progress")
    def progress(self, sync: Sync) -> str:
        done, total = getattr(sync, "done", None), getattr(sync, "total", None)
        return f"{done} of {total}" if total else "-"

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        sync = self.get_object(request, object_id)
        parts = list(sync.parts.select_related("account")) if sync else []
        progress = {
            "parts": parts,
            "done": sum(part.done for part in parts),
            "total": sum(part.total for part in parts),
            "unit": parts[0].unit if parts else "pipelines",
            "is_active": sync is not None and sync.is_active,
        }
        return super().change_view(request, object_id, form_url, progress | (extra_context or {}))


@admin.register(WorkerHeartbeat)
class WorkerHeartbeatAdmin(BrowseOnly[WorkerHeartbeat]):
    list_display = ("worker", "beat_at")
