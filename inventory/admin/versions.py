"""Versions of pipelines."""

from __future__ import annotations

from django.contrib import admin

from inventory.admin.browse import BrowseOnly
from inventory.admin.columns import NOTHING, link, link_to, moment, short
from inventory.admin.filters import BY_REGION
from inventory.models import Execution, PipelineVersion


@admin.register(PipelineVersion)
class PipelineVersionAdmin(BrowseOnly[PipelineVersion]):
    list_display = (
        "number", link("pipeline", ordering="pipeline__name"), "display_name", "named", short("description"),
        moment("created_at"),
    )  # fmt: skip
    list_filter = (("pipeline__region__name", BY_REGION),)
    list_select_related = ("pipeline",)
    search_fields = ("pipeline__name", "display_name")
    groups = (
        ("", ("pipeline", "number", "display_name", "named", "description")),
        ("", (moment("created_at"), "last_execution")),
    )
    help_texts = {"last_execution": "As of when the versions of the pipeline were listed."}

    @admin.display(description="aliases")
    def named(self, version: PipelineVersion) -> str:
        return ", ".join(version.aliases) or NOTHING

    @admin.display(description="last execution")
    def last_execution(self, version: PipelineVersion) -> str:
        arn = version.last_execution_arn
        known = Execution.objects.filter(arn=arn).first() if arn else None
        return link_to(known) if known else arn or NOTHING


@admin.display(description="version")
def version_of(execution: Execution) -> str:
    """The version that an execution ran, as a link; its number alone where no such version is known."""
    number = execution.version_id
    known = PipelineVersion.objects.filter(pipeline=execution.pipeline_id, number=number).first() if number else None
    return link_to(known) if known else str(number or NOTHING)
