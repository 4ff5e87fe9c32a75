"""The registries and what is deployed, below /api/v1. From an endpoint: its config, models, packages, executions."""

from __future__ import annotations

from django.db.models import Prefetch
from rest_framework import serializers

from inventory.api import filters
from inventory.api.names import CamelSerializer
from inventory.api.views import FactViewSet
from inventory.models import (
    Endpoint,
    EndpointConfig,
    FeatureGroup,
    InferenceComponent,
    Model,
    ModelContainer,
    ModelPackageGroup,
    ProductionVariant,
)

RESOURCE = ("id", "arn", "name", "region", "account", "created_at", "read_at", "missing_since")
DEPLOYED = (*RESOURCE, "execution", "execution_arn")
RELATED = ("region__account",)
MADE = (*RELATED, "execution")


class ResourceSerializer(CamelSerializer):
    region = serializers.CharField(source="region.name")
    account = serializers.CharField(source="region.account.account_id")


class DeployedSerializer(ResourceSerializer):
    execution_arn = serializers.CharField(source="execution.arn", default=None, allow_null=True)


class DescribedSerializer(CamelSerializer):
    description = serializers.JSONField(help_text="As AWS describes it, secrets masked.")


class ModelPackageGroupSerializer(ResourceSerializer):
    class Meta:
        model = ModelPackageGroup
        fields: tuple[str, ...] = (*RESOURCE, "status")


class ModelPackageGroupDetailSerializer(DescribedSerializer, ModelPackageGroupSerializer):
    class Meta(ModelPackageGroupSerializer.Meta):
        fields = (*ModelPackageGroupSerializer.Meta.fields, "description")


class FeatureGroupSerializer(ResourceSerializer):
    class Meta:
        model = FeatureGroup
        fields: tuple[str, ...] = (*RESOURCE, "status", "offline_status", "offline_s3_uri", "last_modified")


class FeatureGroupDetailSerializer(DescribedSerializer, FeatureGroupSerializer):
    class Meta(FeatureGroupSerializer.Meta):
        fields = (*FeatureGroupSerializer.Meta.fields, "description")


class ModelContainerSerializer(CamelSerializer):
    """`packageName` is empty where the package was found by the model's file."""

    model_package = serializers.IntegerField(source="package.pk", default=None, allow_null=True)
    model_package_arn = serializers.CharField(source="package_id", allow_null=True)

    class Meta:
        model = ModelContainer
        fields = ("image", "model_data_url", "package_name", "model_package", "model_package_arn")


class ModelSerializer(DeployedSerializer):
    containers = ModelContainerSerializer(many=True)

    class Meta:
        model = Model
        fields: tuple[str, ...] = (*DEPLOYED, "containers")


class ModelDetailSerializer(DescribedSerializer, ModelSerializer):
    class Meta(ModelSerializer.Meta):
        fields = (*ModelSerializer.Meta.fields, "description")


class ProductionVariantSerializer(CamelSerializer):
    model = serializers.IntegerField(source="model.pk", default=None, allow_null=True)

    class Meta:
        model = ProductionVariant
        fields = ("name", "is_shadow", "model", "model_name")


class EndpointConfigSerializer(DeployedSerializer):
    variants = ProductionVariantSerializer(many=True)

    class Meta:
        model = EndpointConfig
        fields: tuple[str, ...] = (*DEPLOYED, "variants")


class EndpointConfigDetailSerializer(DescribedSerializer, EndpointConfigSerializer):
    class Meta(EndpointConfigSerializer.Meta):
        fields = (*EndpointConfigSerializer.Meta.fields, "description")


class EndpointSerializer(DeployedSerializer):
    endpoint_config = serializers.IntegerField(source="config.pk", default=None, allow_null=True)
    endpoint_config_name = serializers.CharField(source="config_name")

    class Meta:
        model = Endpoint
        fields: tuple[str, ...] = (*DEPLOYED, "status", "last_modified", "endpoint_config", "endpoint_config_name")


class EndpointDetailSerializer(DescribedSerializer, EndpointSerializer):
    class Meta(EndpointSerializer.Meta):
        fields = (*EndpointSerializer.Meta.fields, "description")


class InferenceComponentSerializer(DeployedSerializer):
    endpoint = serializers.IntegerField(source="endpoint.pk", default=None, allow_null=True)
    model = serializers.IntegerField(source="model.pk", default=None, allow_null=True)

    class Meta:
        model = InferenceComponent
        fields: tuple[str, ...] = (
            *DEPLOYED, "status", "last_modified", "endpoint", "endpoint_name", "variant_name", "model", "model_name",
        )  # fmt: skip


class InferenceComponentDetailSerializer(DescribedSerializer, InferenceComponentSerializer):
    class Meta(InferenceComponentSerializer.Meta):
        fields = (*InferenceComponentSerializer.Meta.fields, "description")


class ModelPackageGroupViewSet(FactViewSet):
    """Groups of the model registry."""

    queryset = ModelPackageGroup.objects.select_related(*RELATED).defer("description")
    serializer_class = ModelPackageGroupSerializer
    detail_serializer_class = ModelPackageGroupDetailSerializer
    filterset_class = filters.ResourceFilter
    ordering_fields = ("name", "created_at")
    search_fields = ("name", "arn")


class FeatureGroupViewSet(FactViewSet):
    """Feature groups, and where their offline stores are."""

    queryset = FeatureGroup.objects.select_related(*RELATED).defer("description")
    serializer_class = FeatureGroupSerializer
    detail_serializer_class = FeatureGroupDetailSerializer
    filterset_class = filters.FeatureGroupFilter
    ordering_fields = ("name", "created_at", "last_modified", "status")
    search_fields = ("name", "arn", "offline_s3_uri")


class ModelViewSet(FactViewSet):
    """Models, and the packages they come from."""

    queryset = (
        Model.objects.select_related(*MADE)
        .defer("description")
        .prefetch_related(
            Prefetch("containers", ModelContainer.objects.select_related("package").defer("package__description"))
        )
    )
    serializer_class = ModelSerializer
    detail_serializer_class = ModelDetailSerializer
    filterset_class = filters.ModelFilter
    ordering_fields = ("name", "created_at")
    search_fields = ("name", "arn")


class EndpointConfigViewSet(FactViewSet):
    """Endpoint configs, and the models of their variants."""

    queryset = (
        EndpointConfig.objects.select_related(*MADE)
        .defer("description")
        .prefetch_related(
            Prefetch("variants", ProductionVariant.objects.select_related("model").defer("model__description"))
        )
    )
    serializer_class = EndpointConfigSerializer
    detail_serializer_class = EndpointConfigDetailSerializer
    filterset_class = filters.EndpointConfigFilter
    ordering_fields = ("name", "created_at")
    search_fields = ("name", "arn")


class EndpointViewSet(FactViewSet):
    """Endpoints, and the config each runs."""

    queryset = Endpoint.objects.select_related(*MADE, "config").defer("description", "config__description")
    serializer_class = EndpointSerializer
    detail_serializer_class = EndpointDetailSerializer
    filterset_class = filters.EndpointFilter
    ordering_fields = ("name", "created_at", "last_modified", "status")
    search_fields = ("name", "arn", "config_name")


class InferenceComponentViewSet(FactViewSet):
    """Models in variants of endpoints."""

    queryset = InferenceComponent.objects.select_related(*MADE, "endpoint", "model").defer(
        "description", "endpoint__description", "model__description"
    )
    serializer_class = InferenceComponentSerializer
    detail_serializer_class = InferenceComponentDetailSerializer
    filterset_class = filters.InferenceComponentFilter
    ordering_fields = ("name", "created_at", "last_modified", "status")
    search_fields = ("name", "arn", "endpoint_name", "model_name")
