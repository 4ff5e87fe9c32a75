"""The facts below /api/v1: read-only lists and details."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from drf_spectacular.utils import extend_schema
from rest_framework import viewsets
from rest_framework.decorators import action
from rest_framework.generics import get_object_or_404

from inventory.api import filters, serializers
from inventory.models import Account, Bucket, Domain, Execution, Job, ModelPackage, Pipeline, Region

if TYPE_CHECKING:
    from rest_framework.request import Request
    from rest_framework.response import Response

    from inventory.api.names import CamelSerializer


class FactViewSet(viewsets.ReadOnlyModelViewSet[Any]):
    """Facts of one kind. `detail_serializer_class` shows one of them whole."""

    detail_serializer_class: type[CamelSerializer] | None = None

    def get_serializer_class(self) -> type[Any]:
        if self.action == "retrieve" and self.detail_serializer_class:
            return self.detail_serializer_class
        return super().get_serializer_class()


class AccountViewSet(FactViewSet):
    """AWS accounts."""

    queryset = Account.objects.all()
    serializer_class = serializers.AccountSerializer
    filterset_fields = ("name", "partition")
    ordering_fields = ("account_id", "name")
    search_fields = ("account_id", "name")


class RegionViewSet(FactViewSet):
    """Regions of accounts, and how their last syncs went."""

    queryset = Region.objects.select_related("account")
    serializer_class = serializers.RegionSerializer
    filterset_class = filters.RegionFilter
    ordering_fields = ("name", "status", "synced_at")
    search_fields = ("name",)


class DomainViewSet(FactViewSet):
    """Studio domains."""

    queryset = Domain.objects.select_related("region__account")
    serializer_class = serializers.DomainSerializer
    filterset_class = filters.DomainListFilter
    ordering_fields = ("name", "domain_id", "last_modified")
    search_fields = ("name", "domain_id")


class PipelineViewSet(FactViewSet):
    """Pipelines."""

    queryset = Pipeline.objects.select_related("region__account", "domain", "latest_execution")
    serializer_class = serializers.PipelineSerializer
    filterset_class = filters.PipelineFilter
    ordering_fields = ("name", "last_modified", "last_execution_time", "created_at")
    search_fields = ("name", "display_name", "arn", "description")

    @extend_schema(
        operation_id="pipelines_executions", responses=serializers.ExecutionSerializer(many=True), filters=False
    )
    @action(detail=True, filter_backends=())
    def executions(self, request: Request, pk: str) -> Response:
        """The executions of one pipeline, newest first."""
        pipeline = get_object_or_404(Pipeline, pk=pk)
        page = self.paginate_queryset(ExecutionViewSet.queryset.filter(pipeline=pipeline))
        return self.get_paginated_response(serializers.ExecutionSerializer(page, many=True).data)

    @extend_schema(
        operation_id="pipelines_versions", responses=serializers.PipelineVersionSerializer(many=True), filters=False
    )
    @action(detail=True, filter_backends=())
    def versions(self, request: Request, pk: str) -> Response:
        """The versions of one pipeline, newest first; none before the back-fill or its own re-sync has listed them."""
        pipeline = get_object_or_404(Pipeline, pk=pk)
        page = self.paginate_queryset(pipeline.versions.order_by("-number"))
        return self.get_paginated_response(serializers.PipelineVersionSerializer(page, many=True).data)


class ExecutionViewSet(FactViewSet):
    """Executions of pipelines; one of them with its steps."""

    queryset = Execution.objects.select_related("pipeline__region__account")
    serializer_class = serializers.ExecutionSerializer
    detail_serializer_class = serializers.ExecutionDetailSerializer
    filterset_class = filters.ExecutionFilter
    ordering_fields = ("start_time", "last_modified", "status")
    search_fields = ("arn", "display_name", "pipeline__name")

    def get_queryset(self) -> Any:
        executions = super().get_queryset()
        return executions.prefetch_related("steps__job", "steps__model_package") if self.detail else executions


class JobViewSet(FactViewSet):
    """What stands behind steps: jobs, models, endpoints."""

    queryset = Job.objects.select_related("region__account").defer("description")
    serializer_class = serializers.JobSerializer
    detail_serializer_class = serializers.JobDetailSerializer
    filterset_class = filters.JobFilter
    ordering_fields = ("created_at", "name", "status")
    search_fields = ("name", "arn")


class ModelPackageViewSet(FactViewSet):
    """Versions in the model registry."""

    queryset = ModelPackage.objects.select_related("region__account", "group", "execution").defer(
        "description", "group__description"
    )
    serializer_class = serializers.ModelPackageSerializer
    detail_serializer_class = serializers.ModelPackageDetailSerializer
    filterset_class = filters.ModelPackageFilter
    ordering_fields = ("created_at", "last_modified", "group_name", "version")
    search_fields = ("group_name", "arn")


class BucketViewSet(FactViewSet):
    """S3 buckets that pipelines read or write, and what protects them."""

    queryset = Bucket.objects.select_related("account")
    serializer_class = serializers.BucketSerializer
    filterset_class = filters.BucketFilter
    ordering_fields = ("name", "checked_at")
    search_fields = ("name",)
