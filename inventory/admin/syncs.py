"""Syncs and their progress; the workers that carry them out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import QuerySet, Sum

from inventory.admin.browse import BrowseOnly
from inventory.admin.columns import NOTHING, link_to, link_to_list, moment, short
from inventory.models import Pipeline, Region, Sync, SyncPart, WorkerHeartbeat

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpRequest, HttpResponse


@admin.register(Sync)
class SyncAdmin(BrowseOnly[Sync]):
    """The page of one sync is its progress page: it refreshes itself while the sync is active."""

    list_display = (
        "__str__", "state", "progress", "trigger", "requested_by", moment("created_at"), moment("finished_at"),
        short("problem"),
    )  # fmt: skip
    list_filter = ("state", "trigger", "executing_only", "created_at")
    list_select_related = ("requested_by",)
    search_fields = ("scope",)
    groups = (
        ("", ("state", "problem", "trigger", "requested_by")),
        ("", (moment("created_at"), moment("started_at"), moment("finished_at"), "cancel_requested")),
        ("What it covers", ("account_name", "region_names", "pipeline_link", "executing_only")),
    )
    help_texts = {
        "trigger": "Beat is the schedule.",
        "cancel_requested": "A running sync stops at its next step.",
        "executing_only": "It only follows the pipelines that are executing.",
    }

    def get_queryset(self, request: HttpRequest) -> QuerySet[Sync]:
        return super().get_queryset(request).annotate(done=Sum("parts__done"), total=Sum("parts__total"))

    @admin.display(description="progress")
    def progress(self, sync: Sync) -> str:
        done, total = getattr(sync, "done", None), getattr(sync, "total", None)
        return f"{done} of {total}" if total else NOTHING

    @admin.display(description="account")
    def account_name(self, sync: Sync) -> str:
        return sync.account or "every account"

    @admin.display(description="regions")
    def region_names(self, sync: Sync) -> str:
        return ", ".join(sync.regions) or "every region that is configured"

    @admin.display(description="pipeline")
    def pipeline_link(self, sync: Sync) -> str:
        """Found by search: the sync may name one that is not known."""
        return link_to_list(Pipeline, sync.pipeline, q=sync.pipeline) if sync.pipeline else "every pipeline"

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        sync = self.get_object(request, object_id)
        parts = list(sync.parts.select_related("account")) if sync else []
        progress = {
            "parts": list(_with_links(parts)),
            "done": sum(part.done for part in parts),
            "total": sum(part.total for part in parts),
            "unit": parts[0].unit if parts else "pipelines",
            "is_active": sync is not None and sync.is_active,
        }
        return super().change_view(request, object_id, form_url, progress | (extra_context or {}))


def _with_links(parts: list[SyncPart]) -> Iterator[tuple[SyncPart, str, str]]:
    """Each part, and links to its region and its account."""
    named = Region.objects.filter(account__in={part.account for part in parts})
    regions = {(region.account_id, region.name): region for region in named}
    for part in parts:
        region = regions.get((part.account_id, part.region))
        yield part, link_to(region, part.region) if region else part.region, link_to(part.account)


@admin.register(WorkerHeartbeat)
class WorkerHeartbeatAdmin(BrowseOnly[WorkerHeartbeat]):
    list_display = ("worker", moment("beat_at"))
    groups = (("", ("worker", moment("beat_at"))),)
    help_texts = {"beat_at": "When it last carried out the task that beat sends every minute."}
