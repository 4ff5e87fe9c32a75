"""What a column of a list or a line of a page shows: times, links to related rows and their number, JSON.

Each takes the name of an attribute and gives a callable for `list_display` and `fieldsets`; it bears that name, so that
the help text of a field of the same name is shown with it.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.text import Truncator

if TYPE_CHECKING:
    from django.db.models import Model
    from django.db.models.fields.reverse_related import ForeignObjectRel

Column = Callable[[Any], str]
NOTHING = "-"
SHORT = 80


def moment(name: str) -> Column:
    """A time to the minute, in UTC; hovering over it shows the rest."""

    @admin.display(description=_words(name), ordering=name)
    def shown(row: Model) -> str:
        return as_time(getattr(row, name))

    return _named(shown, name)


def link(path: str, description: str = "", *, ordering: str = "") -> Column:
    """The row that `path` leads to, as a link; `a.b` is the b of the row's a."""
    name = path.rsplit(".", 1)[-1]

    @admin.display(description=description or _words(name), ordering=ordering or path.replace(".", "__"))
    def shown(row: Model) -> str:
        return link_to(attrgetter(path)(row))

    return _named(shown, name)


def number_of(related: str) -> Column:
    """How many rows belong to this one, as a link to their list. The admin names `related` in `counted`."""

    @admin.display(description=_words(related), ordering=count_name(related))
    def shown(row: Model) -> str:
        relation: ForeignObjectRel = row._meta.get_field(related)  # type: ignore[assignment]  # by what it is for
        condition = {f"{relation.field.name}__id__exact": row.pk}
        return link_to_list(relation.field.model, getattr(row, count_name(related)), **condition)

    return _named(shown, related)


def pretty(name: str) -> Column:
    """A JSON value to read."""

    @admin.display(description=_words(name))
    def shown(row: Model) -> str:
        return as_json(getattr(row, name))

    return _named(shown, name)


def short(name: str) -> Column:
    """The beginning of a long text."""

    @admin.display(description=_words(name), ordering=name)
    def shown(row: Model) -> str:
        return shortened(getattr(row, name))

    return _named(shown, name)


def shortened(text: str) -> str:
    return Truncator(text).chars(SHORT) or NOTHING


def link_to(row: Model, text: object = None) -> str:
    """A link to the admin page of a row."""
    return format_html('<a href="{}">{}</a>', page_of(row), row if text is None else text)


def link_to_list(model: type[Model], text: object, **conditions: Any) -> str:
    """A link to the admin list of the rows of a model that meet the conditions."""
    return format_html('<a href="{}?{}">{}</a>', reverse(_admin_name(model, "changelist")), urlencode(conditions), text)


def page_of(row: Model) -> str:
    """The address of the admin page of a row."""
    return reverse(_admin_name(type(row), "change"), args=(row.pk,))


def as_time(value: datetime | None) -> str:
    if value is None:
        return NOTHING
    utc = value.astimezone(UTC)
    return format_html(
        '<time datetime="{0}" title="{0}"><span>{1}</span> <span>{2} UTC</span></time>',
        utc.isoformat(), f"{utc:%Y-%m-%d}", f"{utc:%H:%M}",
    )  # fmt: skip


def as_json(value: Any) -> str:
    """A JSON value to read; long ones scroll."""
    if value in (None, {}, []):
        return NOTHING
    return as_code(json.dumps(value, indent=2, ensure_ascii=False, default=str))


def as_code(text: str) -> str:
    return format_html('<pre tabindex="0">{}</pre>', text)


def count_name(related: str) -> str:
    return f"number_of_{related}"


def _named(shown: Column, name: str) -> Column:
    shown.__name__ = name
    return shown


def _words(name: str) -> str:
    return name.replace("_", " ")


def _admin_name(model: type[Model], page: str) -> str:
    return f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}"
