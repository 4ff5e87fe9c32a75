"""Executions, their steps, and the jobs behind the steps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import admin

from inventory.admin.browse import BrowseOnly, as_json, link_to, link_to_list
from inventory.models import Execution, Job, StepExecution

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest


@admin.register(Execution)
class ExecutionAdmin(BrowseOnly[Execution]):
    list_display = ("execution_id", "pipeline_link", "status", "start_time", "last_modified", "problem", "steps")
    list_filter = ("status", "pipeline__region__name", "steps_complete", ("problem", admin.EmptyFieldListFilter))
    list_select_related = ("pipeline",)
    search_fields = ("arn", "display_name", "pipeline__name")
    exclude = ("pipeline", "definition", "created_by", "parameters", "selective")
    readonly_fields = (
        "pipeline_link", "definition_link", "steps", "created_by_json", "parameters_json", "selective_json",
    )  # fmt: skip

    @admin.display(description="pipeline", ordering="pipeline__name")
    def pipeline_link(self, execution: Execution) -> str:
        return link_to(execution.pipeline)

    @admin.display(description="definition")
    def definition_link(self, execution: Execution) -> str:
        return link_to(execution.definition)

    @admin.display(description="steps")
    def steps(self, execution: Execution) -> str:
        return link_to_list("stepexecution", "Steps", execution__id__exact=execution.pk)

    @admin.display(description="created by")
    def created_by_json(self, execution: Execution) -> str:
        return as_json(execution.created_by)

    @admin.display(description="parameters")
    def parameters_json(self, execution: Execution) -> str:
        return as_json(execution.parameters)

    @admin.display(description="selective execution")
    def selective_json(self, execution: Execution) -> str:
        return as_json(execution.selective)


@admin.register(StepExecution)
class StepExecutionAdmin(BrowseOnly[StepExecution]):
    list_display = ("name", "pipeline_link", "execution_link", "kind", "status", "start_time", "end_time", "job_link")
    list_filter = ("status", "kind", ("detail_error", admin.EmptyFieldListFilter))
    list_select_related = ("execution__pipeline", "job")
    search_fields = ("name", "execution__pipeline__name", "execution__arn")
    exclude = ("execution", "job", "model_package", "metrics", "report")
    readonly_fields = (
        "execution_link", "job_link", "model_package_link", "metadata_json", "metrics_json", "report_json",
    )  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[StepExecution]:
        return super().get_queryset(request).defer("metadata", "job__description")

    @admin.display(description="pipeline", ordering="execution__pipeline__name")
    def pipeline_link(self, step: StepExecution) -> str:
        return link_to(step.execution.pipeline)

    @admin.display(description="execution")
    def execution_link(self, step: StepExecution) -> str:
        return link_to(step.execution)

    @admin.display(description="job")
    def job_link(self, step: StepExecution) -> str:
        return link_to(step.job)

    @admin.display(description="model package")
    def model_package_link(self, step: StepExecution) -> str:
        return link_to(step.model_package)

    @admin.display(description="metadata")
    def metadata_json(self, step: StepExecution) -> str:
        return as_json(step.metadata)

    @admin.display(description="metrics")
    def metrics_json(self, step: StepExecution) -> str:
        return as_json(step.metrics)

    @admin.display(description="report")
    def report_json(self, step: StepExecution) -> str:
        return as_json(step.report)


@admin.register(Job)
class JobAdmin(BrowseOnly[Job]):
    list_display = ("name", "kind", "status", "region_link", "created_at", "read_at", "steps")
    list_filter = ("kind", "status", "region__name")
    list_select_related = ("region__account",)
    search_fields = ("name", "arn")
    exclude = ("region",)
    readonly_fields = ("region_link", "steps", "description_json")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Job]:
        return super().get_queryset(request).defer("description")

    @admin.display(description="region", ordering="region__name")
    def region_link(self, job: Job) -> str:
        return link_to(job.region)

    @admin.display(description="steps")
    def steps(self, job: Job) -> str:
        return link_to_list("stepexecution", "Steps", job__id__exact=job.pk)

    @admin.display(description="description")
    def description_json(self, job: Job) -> str:
        return as_json(job.description)
