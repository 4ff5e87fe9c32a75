"""What every admin of facts shares: nothing that AWS owns can be edited; related rows are counted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar, cast

from django.contrib import admin
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce

from inventory.admin.columns import Column, count_name
from inventory.paging import KeysFirst

if TYPE_CHECKING:
    from django.db.models import Model, QuerySet
    from django.db.models.fields.reverse_related import ForeignObjectRel
    from django.forms import ModelForm
    from django.http import HttpRequest

Row = TypeVar("Row", bound="Model")
BOOKKEEPING = "Bookkeeping"


class Facts(admin.ModelAdmin[Row]):
    """Pages whose lines come in titled groups, and numbers of related rows.

    `groups` says what a page shows: fields, methods and columns. `counted` names the relations whose rows are counted,
    each by a subquery: only the rows of a page pay for it.
    """

    paginator = KeysFirst
    show_full_result_count = False
    list_per_page = 50
    groups: tuple[tuple[str, tuple[str | Column, ...]], ...] = ()
    help_texts: dict[str, str] = {}
    counted: tuple[str, ...] = ()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Row]:
        numbers = {count_name(related): number(self.model, related) for related in self.counted}
        return cast("QuerySet[Row]", super().get_queryset(request).annotate(**numbers))

    def get_fieldsets(self, request: HttpRequest, obj: Row | None = None) -> Any:
        return [
            (title or None, {"fields": lines, "classes": ("collapse",) if title == BOOKKEEPING else ()})
            for title, lines in self.groups
        ]

    def get_form(self, request: HttpRequest, obj: Row | None = None, *args: Any, **kwargs: Any) -> type[ModelForm[Row]]:
        return super().get_form(request, obj, *args, help_texts=self.help_texts, **kwargs)


class BrowseOnly(Facts[Row]):
    """View, never add, change or delete."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Row | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Row | None = None) -> bool:
        return False


def number(model: type[Model], related: str) -> Coalesce:
    relation: ForeignObjectRel = model._meta.get_field(related)  # type: ignore[assignment]  # by what it is for
    name, target = relation.field.name, relation.field.target_field.name  # the primary key, or an ARN
    rows = relation.field.model._default_manager.filter(**{name: OuterRef(target)}).order_by()
    return Coalesce(Subquery(rows.values(name).annotate(number=Count("pk")).values("number")), 0)
