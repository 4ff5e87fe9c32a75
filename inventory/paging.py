"""Pages of long lists, by number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.paginator import Paginator

if TYPE_CHECKING:
    from django.core.paginator import Page
    from django.db.models import QuerySet


class KeysFirst(Paginator[Any]):
    """Finds the keys of a page before its rows: what rows join, count or hold is paid for those of the page alone.

    `key` is what identifies a row of the list. The first page skips nothing and takes one query.
    """

    object_list: QuerySet[Any]
    key = "pk"

    def _get_page(self, rows: QuerySet[Any], number: int, paginator: Paginator[Any]) -> Page[Any]:
        if number > 1:
            keys = list(rows.values_list(self.key, flat=True))
            rows = self.object_list.filter(**{f"{self.key}__in": keys})
        page: Page[Any] = super()._get_page(rows, number, paginator)  # type: ignore[misc]  # the stubs leave it out
        return page
