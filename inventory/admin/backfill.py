"""Back-fill: an action on lists that asks for the steps of older executions; what is known of an execution's steps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.conf import settings
from django.contrib import admin, messages
from django.utils.html import format_html, format_html_join

from inventory import sync, tasks
from inventory.admin.columns import link_to
from inventory.models import Sync

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.db.models import QuerySet
    from django.http import HttpRequest

    from inventory.models import Execution, Pipeline

SHOWN_LINKS = 10


@admin.action(description="Back-fill executions", permissions=["sync"])
def backfill_pipelines(
    pipelines_admin: admin.ModelAdmin[Pipeline], request: HttpRequest, queryset: QuerySet[Pipeline]
) -> None:
    newest = sync.newest_without_steps(queryset, settings.SYNC_EXECUTIONS_PER_PIPELINE)
    _enqueue(pipelines_admin, request, newest)


@admin.action(description="Back-fill executions", permissions=["sync"])
def backfill_executions(
    executions_admin: admin.ModelAdmin[Execution], request: HttpRequest, queryset: QuerySet[Execution]
) -> None:
    _enqueue(executions_admin, request, queryset)


@admin.display(description="steps are known", boolean=True, ordering="steps_complete")
def steps_are_known(execution: Execution) -> Any:
    """True, False, or None where they were asked for: the icons of a boolean."""
    if execution.steps_complete:
        return True
    return None if execution.wants_steps else False


def _enqueue(row_admin: admin.ModelAdmin[Any], request: HttpRequest, executions: QuerySet[Execution]) -> None:
    queued, syncs = tasks.enqueue_backfill(executions, trigger=Sync.Trigger.ADMIN, user=cast("User", request.user))
    row_admin.message_user(request, _answer(queued, syncs), messages.SUCCESS)


def _answer(queued: int, syncs: list[Sync]) -> str:
    """How many are asked for, and where to watch it."""
    if not syncs:
        return "Nothing to back-fill: the steps are known already, or belong to the latest execution."
    links = format_html_join(", ", "{}", ((link_to(row),) for row in syncs[:SHOWN_LINKS]))
    return format_html(
        "Asked for the steps of {} {}. Progress: {}", queued, "execution" if queued == 1 else "executions", links
    )
