"""Names of members: snake_case inside, camelCase outside; DomainId and DomainName as AWS spells them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from rest_framework import filters, serializers

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from django.db.models import QuerySet
    from rest_framework.request import Request
    from rest_framework.views import APIView

AS_AWS_SPELLS = {"domain_id": "DomainId", "domain_name": "DomainName"}


def camel(name: str) -> str:
    """The outer name.

    >>> camel("last_execution_time"), camel("domain_id")
    ('lastExecutionTime', 'DomainId')
    """
    head, *rest = name.split("_")
    return AS_AWS_SPELLS.get(name, head + "".join(word.capitalize() for word in rest))


def snake(name: str) -> str:
    """The inner name, a leading minus kept.

    >>> snake("-lastExecutionTime")
    '-last_execution_time'
    """
    return re.sub(r"(?<=[a-z])([A-Z])", r"_\1", name).lower()


class CamelSerializer(serializers.ModelSerializer[Any]):
    """A model serializer whose members are camelCase."""

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        fields = super().get_fields()
        for name, field in fields.items():
            if (
                field.source is None
                and camel(name) != name
                and not isinstance(field, serializers.SerializerMethodField)
            ):
                field.source = name
        return {camel(name): field for name, field in fields.items()}


class CamelOrdering(filters.OrderingFilter):
    """`ordering` takes the outer names; the id breaks ties, so that pages never overlap."""

    def remove_invalid_fields(
        self, queryset: QuerySet[Any], fields: Iterable[str], view: APIView, request: Request
    ) -> list[str]:
        named = [snake(field.strip()) for field in fields]
        valid: Sequence[str] = super().remove_invalid_fields(queryset, named, view, request)
        return [*valid, "pk"] if valid and queryset.model._meta.pk else list(valid)
