"""Pages of a list."""

from __future__ import annotations

from rest_framework.pagination import PageNumberPagination

from inventory.paging import KeysFirst


class Pages(PageNumberPagination):
    """{count, next, previous, results}: 100 a page, at most 1,000."""

    django_paginator_class = KeysFirst
    page_size = 100
    page_size_query_param = "pageSize"
    max_page_size = 1000
