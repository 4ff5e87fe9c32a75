"""The documents of the original's endpoints, for the schema: their members, and an example of each response."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiExample, OpenApiResponse
from rest_framework import serializers

from inventory.models import Region

CACHE_EXAMPLE = {"syncedAt": "2026-03-02T09:15:00+00:00", "stale": False, "problem": None}
DOMAIN_EXAMPLE = {"DomainId": "d-abc123def456", "DomainName": "studio-a"}


class ErrorSerializer(serializers.Serializer[Any]):
    detail = serializers.CharField(help_text="One sentence a person can act on.")
    errors = serializers.DictField(
        child=serializers.ListField(child=serializers.CharField()), required=False, help_text="By parameter."
    )  # type: ignore[assignment]  # the contract names the member as the base class names its own


class CacheSerializer(serializers.Serializer[Any]):
    """When its facts were last confirmed with AWS."""

    syncedAt = serializers.DateTimeField(allow_null=True)  # noqa: N815  (the contract's name)
    stale = serializers.BooleanField()
    problem = serializers.CharField(allow_null=True)


class DomainIdentitySerializer(serializers.Serializer[Any]):
    DomainId = serializers.CharField()
    DomainName = serializers.CharField(allow_null=True)


class InventoryPipelineSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    arn = serializers.CharField()
    lastModifiedTime = serializers.DateTimeField(allow_null=True)  # noqa: N815  (the contract's name)
    tags = serializers.DictField(child=serializers.CharField())
    matchedDomain = DomainIdentitySerializer(allow_null=True)  # noqa: N815  (the contract's name)
    displayName = serializers.CharField()  # noqa: N815  (the contract's name)
    lastExecutionTime = serializers.DateTimeField(allow_null=True)  # noqa: N815  (the contract's name)
    lastExecutionStatus = serializers.CharField(allow_null=True)  # noqa: N815  (the contract's name)
    matchSource = serializers.CharField()  # noqa: N815  (the contract's name)
    missingSince = serializers.DateTimeField(allow_null=True)  # noqa: N815  (the contract's name)


class InventoryRegionSerializer(serializers.Serializer[Any]):
    region = serializers.CharField()
    account = serializers.CharField(allow_null=True)
    domains = DomainIdentitySerializer(many=True)
    pipelines = InventoryPipelineSerializer(many=True)
    status = serializers.ChoiceField(Region.Status.choices)
    error = serializers.CharField(required=False, help_text="Only when the last sync did not succeed.")
    cache = CacheSerializer()


class InventorySerializer(serializers.Serializer[Any]):
    regions = InventoryRegionSerializer(many=True)


def error_example(detail: str, **members: Any) -> OpenApiResponse:
    """An error response with its example."""
    example = OpenApiExample("Error", {"detail": detail} | members)
    return OpenApiResponse(ErrorSerializer, description=detail, examples=[example])


INVENTORY_EXAMPLE = {
    "regions": [
        {
            "region": "ap-northeast-2",
            "account": "123456789012",
            "domains": [DOMAIN_EXAMPLE],
            "pipelines": [
                {
                    "name": "churn",
                    "arn": "arn:aws:sagemaker:ap-northeast-2:123456789012:pipeline/churn",
                    "lastModifiedTime": "2026-03-01T08:00:00+00:00",
                    "tags": {"DomainName": "studio-a"},
                    "matchedDomain": DOMAIN_EXAMPLE,
                    "displayName": "churn",
                    "lastExecutionTime": "2026-03-02T09:00:00+00:00",
                    "lastExecutionStatus": "Succeeded",
                    "matchSource": "tag:DomainName",
                    "missingSince": None,
                }
            ],
            "status": "ok",
            "cache": CACHE_EXAMPLE,
        }
    ]
}
BAD_REGION = error_example(
    "region: 'Seoul' is not the name of a region, such as ap-northeast-2.",
    errors={"region": ["'Seoul' is not the name of a region, such as ap-northeast-2."]},
)
INVENTORY_RESPONSES = {
    200: OpenApiResponse(InventorySerializer, examples=[OpenApiExample("Inventory", INVENTORY_EXAMPLE)]),
    304: OpenApiResponse(description="The client's copy is current."),
    400: BAD_REGION,
    404: error_example("No account is configured for 'research'. GET /api/v1/accounts lists those that are."),
}
