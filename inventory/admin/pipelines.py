"""Pipelines and their definitions."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from django.contrib import admin
from django.utils.html import format_html

from inventory.admin.browse import BrowseOnly, as_json, link_to, link_to_list
from inventory.admin.resync import Resyncable
from inventory.models import Definition, Pipeline
from inventory.sync.scope import Scope

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest


@admin.register(Pipeline)
class PipelineAdmin(Resyncable[Pipeline], BrowseOnly[Pipeline]):
    list_display = (
        "name", "region_link", "domain_link", "match_source", "latest_status", "last_modified", "synced_at", "problem",
        "missing_since", "executions",
    )  # fmt: skip
    list_filter = (
        "region__name", "region__account", "match_source", "latest_execution__status",
        ("missing_since", admin.EmptyFieldListFilter), ("problem", admin.EmptyFieldListFilter),
    )  # fmt: skip
    list_select_related = ("region__account", "domain", "latest_execution")
    search_fields = ("name", "display_name", "arn")
    exclude = ("tags", "created_by", "last_modified_by", "domain_candidates", "region", "domain", "latest_execution")
    readonly_fields = (
        "region_link", "domain_link", "latest_execution_link", "executions", "definition_link", "tags_json",
        "created_by_json", "last_modified_by_json", "domain_candidates_json",
    )  # fmt: skip

    def scope_of(self, row: Pipeline) -> Scope:
        region = row.region
        return Scope(account=region.account.account_id, regions=(region.name,), pipeline=row.name)

    @admin.display(description="region", ordering="region__name")
    def region_link(self, pipeline: Pipeline) -> str:
        return link_to(pipeline.region)

    @admin.display(description="domain", ordering="domain__name")
    def domain_link(self, pipeline: Pipeline) -> str:
        return link_to(pipeline.domain) if pipeline.domain else pipeline.matched_domain_id or "-"

    @admin.display(description="latest execution", ordering="last_execution_time")
    def latest_status(self, pipeline: Pipeline) -> str:
        execution = pipeline.latest_execution
        return link_to(execution, execution.status if execution else None)

    @admin.display(description="latest execution")
    def latest_execution_link(self, pipeline: Pipeline) -> str:
        return link_to(pipeline.latest_execution)

    @admin.display(description="executions")
    def executions(self, pipeline: Pipeline) -> str:
        return link_to_list("execution", "Executions", pipeline__id__exact=pipeline.pk)

    @admin.display(description="definition")
    def definition_link(self, pipeline: Pipeline) -> str:
        return link_to(pipeline.definition)

    @admin.display(description="tags")
    def tags_json(self, pipeline: Pipeline) -> str:
        return as_json(pipeline.tags)

    @admin.display(description="created by")
    def created_by_json(self, pipeline: Pipeline) -> str:
        return as_json(pipeline.created_by)

    @admin.display(description="last modified by")
    def last_modified_by_json(self, pipeline: Pipeline) -> str:
        return as_json(pipeline.last_modified_by)

    @admin.display(description="domain candidates")
    def domain_candidates_json(self, pipeline: Pipeline) -> str:
        return as_json(pipeline.domain_candidates)


@admin.register(Definition)
class DefinitionAdmin(BrowseOnly[Definition]):
    list_display = ("sha256", "problem", "created_at", "pipelines")
    list_filter = (("problem", admin.EmptyFieldListFilter),)
    search_fields = ("sha256", "pipelines__name")
    fields = ("sha256", "problem", "created_at", "pipelines", "document")
    readonly_fields = ("document", "pipelines")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Definition]:
        return super().get_queryset(request).defer("text")

    @admin.display(description="pipelines")
    def pipelines(self, definition: Definition) -> str:
        return link_to_list("pipeline", "Pipelines", definition__id__exact=definition.pk)

    @admin.display(description="document")
    def document(self, definition: Definition) -> str:
        if definition.problem:
            return format_html("<pre>{}</pre>", definition.text)
        return as_json(json.loads(definition.text))
