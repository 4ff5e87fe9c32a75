"""Artifacts below /api/v1: the S3 locations that pipeline steps read or write."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import django_filters as filters
from django.db.models import Count, Min, Q
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action

from inventory.api.filters import AccountFilter
from inventory.api.names import CamelSerializer
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
    bucket = serializers.CharField()
    key = serializers.CharField()
    resolved = serializers.BooleanField()
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


class ArtifactViewSet(mixins.ListModelMixin, viewsets.GenericViewSet[ArtifactUse]):
    """What pipelines read and write, by the latest execution or else the definition."""

    queryset = ArtifactUse.objects.filter(pipeline__missing_since=None)
    serializer_class = ArtifactSerializer
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
    @action(detail=False, serializer_class=ArtifactUseSerializer, ordering_fields=("uri", "step", "direction"))
    def uses(self, request: Request) -> Response:
        """Each use: which step of which pipeline reads or writes which location."""
        response: Response = self.list(request)
        return response


def _by_location(uses: Any) -> Any:
    return uses.values("uri", "bucket", "key", "resolved").annotate(
        pk=Min("id"),
        readers=Count("id", filter=READS),
        writers=Count("id", filter=WRITES),
        pipelines=Count("pipeline", distinct=True),
    )
