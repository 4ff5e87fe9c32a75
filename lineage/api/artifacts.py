"""Artifacts below /api/v1: the S3 locations that pipeline steps read or write."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import django_filters as filters
from django.db.models import Count, IntegerField, Min, Q
from django.db.models.functions import Cast
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action

from inventory.api.filters import AccountFilter
from inventory.api.names import CamelSerializer
from inventory.api.pagination import Pages
from inventory.models import Pipeline
from inventory.paging import KeysFirst
from lineage.models import ArtifactUse

if TYPE_CHECKING:
    from rest_framework.request import Request
    from rest_framework.response import Response

READS = Q(direction=ArtifactUse.Direction.INPUT)
WRITES = Q(direction=ArtifactUse.Direction.OUTPUT)


class ArtifactFilter(filters.FilterSet):
    uri = filters.CharFilter()
    bucket = filters.CharFilter()
    name = filters.CharFilter(field_name="uri", lookup_expr="icontains", label="The URI contains, in any case.")
    role = filters.CharFilter()
    direction = filters.ChoiceFilter(choices=ArtifactUse.Direction.choices)
    resolved = filters.BooleanFilter()
    pipeline = filters.CharFilter(field_name="pipeline__name")
    region = filters.CharFilter(field_name="pipeline__region__name")
    account = AccountFilter(field_name="pipeline__region__account")


class ArtifactSerializer(serializers.Serializer[Any]):
    """One location, and how many steps and pipelines use it."""

    uri = serializers.CharField()
    bucket = serializers.CharField(source="its_bucket")
    key = serializers.CharField(source="its_key")
    resolved = serializers.BooleanField(source="is_resolved")
    readers = serializers.IntegerField(help_text="Steps that read it.")
    writers = serializers.IntegerField(help_text="Steps that write it.")
    pipelines = serializers.IntegerField(help_text="Pipelines that use it.")


class ArtifactUseSerializer(CamelSerializer):
    pipeline_name = serializers.CharField(source="pipeline.name")
    region = serializers.CharField(source="pipeline.region.name")
    account = serializers.CharField(source="pipeline.region.account.account_id")

    class Meta:
        model = ArtifactUse
        fields = (
            "id", "uri", "bucket", "key", "resolved", "direction", "role", "name", "step", "pipeline", "pipeline_name",
            "region", "account",
        )  # fmt: skip


class LocationsFirst(KeysFirst):
    key = "uri"


class LocationPages(Pages):
    django_paginator_class = LocationsFirst


class ArtifactViewSet(mixins.ListModelMixin, viewsets.GenericViewSet[ArtifactUse]):
    """What pipelines read and write, by the latest execution or else the definition."""

    # Not as a join: the uses are read in the order of an index.
    queryset = ArtifactUse.objects.exclude(pipeline__in=Pipeline.objects.exclude(missing_since=None).order_by())
    serializer_class = ArtifactSerializer
    pagination_class = LocationPages
    filterset_class = ArtifactFilter
    ordering_fields = ("uri", "bucket", "readers", "writers", "pipelines")
    search_fields = ("uri",)

    def get_queryset(self) -> Any:
        uses = super().get_queryset()
        if self.action == "uses":
            return uses.select_related("pipeline__region__account")
        return uses.order_by("uri")

    def filter_queryset(self, queryset: Any) -> Any:
        if self.action == "uses":
            return super().filter_queryset(queryset)
        return super().filter_queryset(_by_location(queryset))

    @extend_schema(operation_id="artifacts_uses", responses=ArtifactUseSerializer(many=True))
    @action(
        detail=False,
        serializer_class=ArtifactUseSerializer,
        pagination_class=Pages,
        ordering_fields=("uri", "step", "direction"),
    )
    def uses(self, request: Request) -> Response:
        """Each use: which step of which pipeline reads or writes which location."""
        response: Response = self.list(request)
        return response


def _by_location(uses: Any) -> Any:
    """The URI alone says which location it is, and what its bucket and key are."""
    return uses.values("uri").annotate(
        pk=Min("id"),
        its_bucket=Min("bucket"),
        its_key=Min("key"),
        is_resolved=Min(Cast("resolved", IntegerField())),
        readers=Count("id", filter=READS),
        writers=Count("id", filter=WRITES),
        pipelines=Count("pipeline", distinct=True),
    )
