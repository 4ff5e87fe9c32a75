"""Executions, their steps, and the jobs behind the steps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import admin

from inventory.admin.backfill import backfill_executions, steps_are_known
from inventory.admin.browse import BOOKKEEPING, BrowseOnly
from inventory.admin.columns import NOTHING, link, link_to, moment, number_of, pretty, short
from inventory.admin.filters import BY_REGION, EXECUTION_STATUSES, STEP_KINDS, STEP_STATUSES, Presence, among
from inventory.admin.versions import version_of
from inventory.models import Execution, Job, StepExecution

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest


@admin.register(Execution)
class ExecutionAdmin(BrowseOnly[Execution]):
    list_display = (
        "execution_id", link("pipeline", ordering="pipeline__name"), "status", moment("start_time"),
        moment("last_modified"), number_of("steps"), steps_are_known, short("problem"),
    )  # fmt: skip
    actions = (backfill_executions,)
    list_filter = (
        ("status", among(EXECUTION_STATUSES)), ("pipeline__region__name", BY_REGION), "steps_complete",
        ("problem", Presence),
    )  # fmt: skip
    list_select_related = ("pipeline",)
    search_fields = ("arn", "display_name", "pipeline__name")
    counted = ("steps",)
    groups = (
        ("", ("pipeline", "status", "failure_reason", number_of("steps"), "problem")),
        ("", (moment("start_time"), moment("last_modified"), "definition", version_of)),
        ("", ("display_name", "description", "arn", pretty("parameters"), pretty("created_by"))),
        (BOOKKEEPING, (pretty("selective"), moment("steps_version"), "steps_complete", "wants_steps")),
    )
    help_texts = {
        "wants_steps": "Its steps are read once it is over, or by the next sync where it is.",
        "definition": "The definition it ran, where that was read.",
        "problem": "What of it could not be read.",
        "steps_version": "Its last modification at the time its steps were read.",
        "version_of": "The version of the pipeline it ran.",
    }

    def has_sync_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("inventory.add_sync")


@admin.register(StepExecution)
class StepExecutionAdmin(BrowseOnly[StepExecution]):
    list_display = (
        "name", link("execution.pipeline", ordering="execution__pipeline__name"), link("execution"), "status",
        "described_by", moment("start_time"),
    )  # fmt: skip
    list_filter = (("status", among(STEP_STATUSES)), ("kind", among(STEP_KINDS)), ("detail_error", Presence))
    list_select_related = ("execution__pipeline", "job")
    search_fields = ("name", "execution__pipeline__name", "execution__arn")
    groups = (
        ("", (link("execution.pipeline"), "execution", "name", "iteration", "status")),
        ("", ("failure_reason", moment("start_time"), moment("end_time"), "attempts")),
        ("What it ran", ("kind", "job", "model_package", "detail_error", pretty("metadata"))),
        ("What came of it", (pretty("metrics"), pretty("report"))),
        ("More", ("display_name", "description", "cache_source", "selective_source")),
    )
    help_texts = {
        "metrics": "What an evaluation report says: eval., the path in the report, and the number.",
        "kind": "TrainingJob, ProcessingJob, Lambda …: what AWS says is behind the step.",
        "detail_error": "Why what is behind it could not be read.",
    }

    def get_queryset(self, request: HttpRequest) -> QuerySet[StepExecution]:
        return super().get_queryset(request).defer("metadata", "job__description")

    @admin.display(description="iteration")
    def iteration(self, step: StepExecution) -> str:
        return NOTHING if step.iteration_index < 0 else str(step.iteration_index)

    @admin.display(description="ran", ordering="kind")
    def described_by(self, step: StepExecution) -> str:
        return link_to(step.job, step.kind) if step.job else step.kind or NOTHING


@admin.register(Job)
class JobAdmin(BrowseOnly[Job]):
    list_display = (
        "name", "kind", "status", link("region", ordering="region__name"), moment("created_at"), moment("read_at"),
        number_of("steps"),
    )  # fmt: skip
    list_filter = ("kind", "status", ("region__name", BY_REGION))
    list_select_related = ("region__account",)
    search_fields = ("name", "arn")
    counted = ("steps",)
    groups = (
        ("", ("name", "kind", "status", "region", "arn", number_of("steps"))),
        ("", (moment("created_at"), moment("read_at"), "is_terminal")),
        ("As AWS describes it, secrets masked", (pretty("description"),)),
    )
    help_texts = {
        "is_terminal": "It is over: its description will not change any more.",
        "read_at": "When its description was read from AWS.",
    }

    def get_queryset(self, request: HttpRequest) -> QuerySet[Job]:
        return super().get_queryset(request).defer("description")
