"""The meaning in the admin: rendered documents and uses of artifacts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson
from django.contrib import admin

from inventory.admin.browse import BrowseOnly
from inventory.admin.columns import NOTHING, as_json, link, moment, short
from inventory.admin.filters import BY_REGION, Presence
from lineage.models import ArtifactUse, LineageDocument

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest

BODIES = ("definition_body", "execution_body", "definition_data", "execution_data")

admin.site.site_header = admin.site.site_title = "SageMaker Lineage"
admin.site.index_title = "What is known of AWS, and how it is kept fresh"


@admin.register(LineageDocument)
class LineageDocumentAdmin(BrowseOnly[LineageDocument]):
    list_display = (
        "name", link("pipeline.region", ordering="pipeline__region__name"), "is_current", moment("rendered_at"),
        short("problem"),
    )  # fmt: skip
    list_filter = (("problem", Presence), ("pipeline__region__name", BY_REGION))
    list_select_related = ("pipeline__region__account",)
    search_fields = ("pipeline__name", "pipeline__arn")
    groups = (
        ("", ("pipeline", "problem", "is_current", moment("rendered_at"), "digest")),
        ("With the latest execution", ("execution",)),
        ("The current definition alone", ("definition",)),
    )
    help_texts = {"is_current": "No fact has changed since it was rendered."}

    def get_queryset(self, request: HttpRequest) -> QuerySet[LineageDocument]:
        return super().get_queryset(request).defer(*BODIES)

    @admin.display(description="lineage of", ordering="pipeline__name")
    def name(self, document: LineageDocument) -> str:
        return document.pipeline.name

    @admin.display(description="current", boolean=True, ordering="outdated")
    def is_current(self, document: LineageDocument) -> bool:
        return not (document.outdated or document.buckets_outdated)

    @admin.display(description="document")
    def definition(self, document: LineageDocument) -> str:
        return _readable(document.definition_body)

    @admin.display(description="document")
    def execution(self, document: LineageDocument) -> str:
        return _readable(document.execution_body)


@admin.register(ArtifactUse)
class ArtifactUseAdmin(BrowseOnly[ArtifactUse]):
    list_display = (
        "uri", "direction", "step", link("pipeline", ordering="pipeline__name"), "role", "resolved"
    )  # fmt: skip
    list_filter = ("direction", "role", "resolved", ("pipeline__region__name", BY_REGION))
    list_select_related = ("pipeline",)
    search_fields = ("uri", "step", "pipeline__name")
    groups = (("", ("uri", "bucket", "key", "resolved", "pipeline", "step", "direction", "name", "role")),)
    help_texts = {
        "resolved": "Every part of the location is known.",
        "name": "What the step calls this input or output.",
    }


def _readable(body: bytes | memoryview) -> str:
    return as_json(orjson.loads(body)) if body else NOTHING
