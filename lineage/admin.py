"""The meaning in the admin: rendered documents and uses of artifacts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson
from django.contrib import admin

from inventory.admin.browse import BrowseOnly, as_json, link_to
from lineage.models import ArtifactUse, LineageDocument

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest

BODIES = ("definition_body", "execution_body", "definition_data", "execution_data")


@admin.register(LineageDocument)
class LineageDocumentAdmin(BrowseOnly[LineageDocument]):
    list_display = ("__str__", "pipeline_link", "problem", "outdated", "rendered_at")
    list_filter = (("problem", admin.EmptyFieldListFilter), "pipeline__region__name")
    list_select_related = ("pipeline",)
    search_fields = ("pipeline__name", "pipeline__arn")
    fields = ("pipeline_link", "problem", "outdated", "rendered_at", "digest", "definition", "execution")
    readonly_fields = ("pipeline_link", "definition", "execution")

    def get_queryset(self, request: HttpRequest) -> QuerySet[LineageDocument]:
        return super().get_queryset(request).defer(*BODIES)

    @admin.display(description="pipeline", ordering="pipeline__name")
    def pipeline_link(self, document: LineageDocument) -> str:
        return link_to(document.pipeline)

    @admin.display(description="current definition")
    def definition(self, document: LineageDocument) -> str:
        return _readable(document.definition_body)

    @admin.display(description="with the latest execution")
    def execution(self, document: LineageDocument) -> str:
        return _readable(document.execution_body)


@admin.register(ArtifactUse)
class ArtifactUseAdmin(BrowseOnly[ArtifactUse]):
    list_display = ("uri", "direction", "step", "pipeline_link", "role", "resolved", "bucket")
    list_filter = ("direction", "role", "resolved", "pipeline__region__name")
    list_select_related = ("pipeline",)
    search_fields = ("uri", "step", "pipeline__name")

    @admin.display(description="pipeline", ordering="pipeline__name")
    def pipeline_link(self, use: ArtifactUse) -> str:
        return link_to(use.pipeline)


def _readable(body: bytes | memoryview) -> str:
    return as_json(orjson.loads(body)) if body else "-"
