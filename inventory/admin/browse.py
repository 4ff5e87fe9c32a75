"""What every admin of facts shares: nothing that AWS owns can be edited; rows link to what they belong to."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, TypeVar

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode

if TYPE_CHECKING:
    from django.db.models import Model
    from django.http import HttpRequest

Row = TypeVar("Row", bound="Model")
NOTHING = "-"


class BrowseOnly(admin.ModelAdmin[Row]):
    """View, never add, change or delete."""

    show_full_result_count = False
    list_per_page = 50

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Row | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Row | None = None) -> bool:
        return False


def link_to(row: Model | None, text: object = None) -> str:
    """A link to the admin page of a row."""
    if row is None:
        return NOTHING
    return format_html('<a href="{}">{}</a>', page_of(row), row if text is None else text)


def page_of(row: Model) -> str:
    """The address of the admin page of a row."""
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=(row.pk,))


def link_to_list(model: str, text: str, **conditions: Any) -> str:
    """A link to a filtered list of rows of `model` (lower case, of this application)."""
    return format_html(
        '<a href="{}?{}">{}</a>', reverse(f"admin:inventory_{model}_changelist"), urlencode(conditions), text
    )


def as_json(value: Any) -> str:
    """A JSON value to read."""
    return format_html("<pre>{}</pre>", json.dumps(value, indent=2, ensure_ascii=False, default=str))
