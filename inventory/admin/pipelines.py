"""Pipelines and their definitions."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from django.contrib import admin
from django.db.models import Prefetch
from django.utils.html import format_html, format_html_join

from inventory.admin.backfill import backfill_pipelines
from inventory.admin.browse import BOOKKEEPING, BrowseOnly
from inventory.admin.columns import (
    NOTHING,
    as_code,
    as_json,
    as_time,
    link,
    link_to,
    moment,
    number_of,
    pretty,
    short,
    shortened,
)
from inventory.admin.filters import BY_REGION, BY_STATUS, Presence
from inventory.admin.resync import Resyncable
from inventory.models import Definition, Pipeline
from inventory.sync.scope import Scope

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest


@admin.register(Pipeline)
class PipelineAdmin(Resyncable[Pipeline], BrowseOnly[Pipeline]):
    list_display = (
        "name", link("region", ordering="region__name"), "domain_link", "latest_status", number_of("executions"),
        moment("synced_at"), "what_is_wrong",
    )  # fmt: skip
    list_filter = (
        ("region__name", BY_REGION), "region__account", ("latest_execution__status", BY_STATUS), "match_source",
        ("missing_since", Presence), ("problem", Presence),
    )  # fmt: skip
    list_select_related = ("region__account", "domain", "latest_execution")
    actions = ("resync", backfill_pipelines)  # type: ignore[assignment]  # Resyncable names one
    search_fields = ("name", "display_name", "arn")
    counted = ("executions", "versions")
    groups = (
        ("", ("name", "display_name", "description", "region", "arn", "role_arn")),
        (
            "",
            (
                "latest_execution_link", number_of("executions"), "definition", number_of("versions"),
                "versions_problem", pretty("tags"),
            ),
        ),
        ("Domain", ("domain_link", "match_source", pretty("domain_candidates"))),
        (
            "In AWS",
            (
                moment("created_at"), pretty("created_by"), moment("last_modified"), pretty("last_modified_by"),
                moment("last_execution_time"),
            ),
        ),
        ("In this cache", ("problem", moment("synced_at"), moment("seen_at"), moment("missing_since"))),
        (
            BOOKKEEPING,
            (
                moment("described_version"), moment("looked_up_execution_time"), moment("versions_listed_for"),
                moment("versions_refused_at"),
            ),
        ),
    )  # fmt: skip
    help_texts = {
        "domain_candidates": "Every hint that was found; the match source says which of them decided.",
        "synced_at": "When it was last read by itself, or its details were read anew because it had changed.",
        "seen_at": "When a listing first showed it, or last showed it changed.",
        "missing_since": "Since when complete listings no longer show it.",
        "described_version": "Its last modification at the time its definition was read.",
        "versions_listed_for": "Its last modification at the time its versions were listed.",
        "looked_up_execution_time": "Its last execution time when its executions were listed one by one.",
    }

    def scope_of(self, row: Pipeline) -> Scope:
        region = row.region
        return Scope(account=region.account.account_id, regions=(region.name,), pipeline=row.name)

    @admin.display(description="domain", ordering="domain__name")
    def domain_link(self, pipeline: Pipeline) -> str:
        if pipeline.domain:
            return link_to(pipeline.domain, pipeline.domain.name)
        return pipeline.matched_domain_id or NOTHING

    @admin.display(description="latest execution", ordering="last_execution_time")
    def latest_status(self, pipeline: Pipeline) -> str:
        execution = pipeline.latest_execution
        if execution is None:
            return NOTHING
        return format_html("{} {}", link_to(execution, execution.status), as_time(execution.start_time))

    @admin.display(description="problem", ordering="problem")
    def what_is_wrong(self, pipeline: Pipeline) -> str:
        if pipeline.missing_since:
            return format_html("Missing since {}", as_time(pipeline.missing_since))
        return shortened(pipeline.problem)

    @admin.display(description="latest execution")
    def latest_execution_link(self, pipeline: Pipeline) -> str:
        execution = pipeline.latest_execution
        return format_html("{} {}", link_to(execution), execution.status) if execution else NOTHING


@admin.register(Definition)
class DefinitionAdmin(BrowseOnly[Definition]):
    list_display = (
        "__str__", "used_by", number_of("pipelines"), number_of("executions"), short("problem"), moment("created_at")
    )  # fmt: skip
    list_filter = (("problem", Presence),)
    search_fields = ("sha256", "pipelines__name")
    counted = ("pipelines", "executions")
    groups = (
        ("", ("used_by", number_of("pipelines"), number_of("executions"), "problem")),
        ("", (moment("created_at"), "sha256")),
        ("As it came, secrets masked", ("document",)),
    )
    help_texts = {"created_at": "When a sync first read it."}
    shown_pipelines = 3

    def get_queryset(self, request: HttpRequest) -> QuerySet[Definition]:
        pipelines = Prefetch("pipelines", Pipeline.objects.only("name", "definition"))
        return super().get_queryset(request).defer("text").prefetch_related(pipelines)

    @admin.display(description="current definition of")
    def used_by(self, definition: Definition) -> str:
        pipelines = definition.pipelines.all()
        links = format_html_join(", ", "{}", ((link_to(row),) for row in pipelines[: self.shown_pipelines]))
        more = " …" if len(pipelines) > self.shown_pipelines else ""
        return format_html("{}{}", links, more) if links else "no pipeline any more"

    @admin.display(description="document")
    def document(self, definition: Definition) -> str:
        return as_code(definition.text) if definition.problem else as_json(json.loads(definition.text))
