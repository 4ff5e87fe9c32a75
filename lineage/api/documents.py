"""The lineage documents, for the schema: their members, and an example of each response."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiExample, OpenApiResponse
from rest_framework import serializers

from inventory.api.documents import (
    BAD_REGION,
    CACHE_EXAMPLE,
    DOMAIN_EXAMPLE,
    CacheSerializer,
    ErrorSerializer,
    error_example,
)

PIPELINE_ARN = "arn:aws:sagemaker:ap-northeast-2:123456789012:pipeline/churn"


class SummarySerializer(serializers.Serializer[Any]):
    overallStatus = serializers.CharField()  # noqa: N815  (the contract's name)
    nodeStatus = serializers.DictField(child=serializers.IntegerField())  # noqa: N815  (the contract's name)
    elapsedSec = serializers.FloatField(allow_null=True)  # noqa: N815  (the contract's name)


class NodeSerializer(serializers.Serializer[Any]):
    id = serializers.CharField()
    type = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # the contract names the member as the base class names its own
    inputs = serializers.ListField(child=serializers.DictField())
    outputs = serializers.ListField(child=serializers.DictField())
    run = serializers.DictField(required=False)
    registry = serializers.DictField(required=False)
    security = serializers.DictField(required=False)
    branch = serializers.DictField(required=False)


class EdgeSerializer(serializers.Serializer[Any]):
    to = serializers.CharField()
    via = serializers.CharField(
        help_text="dependsOn, ref:Get, ref:Join, ref:JsonGet, condition:If, condition:Else, artifact."
    )
    label = serializers.CharField()  # type: ignore[assignment]  # the contract names the member as the base class names its own

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        return {"from": serializers.CharField(), **super().get_fields()}


class GraphSerializer(serializers.Serializer[Any]):
    nodes = NodeSerializer(many=True)
    edges = EdgeSerializer(many=True)
    artifacts = serializers.ListField(child=serializers.DictField())
    problems = serializers.ListField(child=serializers.DictField(), help_text="Steps that could not be read.")


class GraphDataSerializer(serializers.Serializer[Any]):
    nodes = serializers.ListField(child=serializers.DictField())
    edges = serializers.ListField(child=serializers.DictField())


class LineageSerializer(serializers.Serializer[Any]):
    """The lineage of one pipeline."""

    domain = serializers.DictField(help_text="DomainId and DomainName; empty when no domain was asked for.")
    pipeline = serializers.DictField()
    execution = serializers.DictField(required=False, allow_null=True, help_text="With includeLatestExec.")
    summary = SummarySerializer()
    graph = GraphSerializer()
    graphData = GraphDataSerializer(required=False, help_text="With view=data or both.")  # noqa: N815  (the contract's name)
    cache = CacheSerializer()


class DomainResultSerializer(serializers.Serializer[Any]):
    pipeline = serializers.CharField()
    ok = serializers.BooleanField()
    data = LineageSerializer(required=False)  # type: ignore[assignment]  # the contract names the member as the base class names its own
    error = serializers.CharField(required=False)


class DomainLineageSerializer(serializers.Serializer[Any]):
    """The lineage of every pipeline of a domain."""

    region = serializers.CharField()
    domain = serializers.CharField()
    count = serializers.IntegerField()
    results = DomainResultSerializer(many=True)
    cache = CacheSerializer()


class AmbiguousSerializer(ErrorSerializer):
    candidates = serializers.ListField(child=serializers.DictField())


LINEAGE_EXAMPLE = {
    "domain": DOMAIN_EXAMPLE,
    "pipeline": {
        "name": "churn",
        "arn": PIPELINE_ARN,
        "lastModifiedTime": "2026-03-01T08:00:00+00:00",
        "account": "123456789012",
        "region": "ap-northeast-2",
        "displayName": "churn",
        "description": "",
        "roleArn": "arn:aws:iam::123456789012:role/pipelines",
        "lastExecutionTime": "2026-03-02T09:00:00+00:00",
        "createdBy": {},
    },
    "summary": {"overallStatus": "Unknown", "nodeStatus": {"NotExecuted": 2}, "elapsedSec": None},
    "graph": {
        "nodes": [
            {
                "id": "Preprocess",
                "type": "Processing",
                "label": "Preprocess",
                "inputs": [],
                "outputs": [
                    {"name": "train", "uri": "s3://ml-data/train", "role": "data", "resolved": True, "artifact": 0}
                ],
            },
            {
                "id": "Train",
                "type": "Training",
                "label": "Train",
                "inputs": [
                    {"name": "train", "uri": "s3://ml-data/train", "role": "data", "resolved": True, "artifact": 0}
                ],
                "outputs": [],
            },
        ],
        "edges": [{"from": "Preprocess", "to": "Train", "via": "ref:Get", "label": "train"}],
        "artifacts": [
            {
                "id": 0,
                "uri": "s3://ml-data/train",
                "bucket": "ml-data",
                "key": "train",
                "s3": {
                    "bucket": "ml-data",
                    "encryption": "aws:kms",
                    "versioning": "Enabled",
                    "publicAccess": "Blocked",
                },
                "producers": ["Preprocess"],
                "consumers": ["Train"],
            }
        ],
        "problems": [],
    },
    "cache": CACHE_EXAMPLE,
}
DOMAIN_LINEAGE_EXAMPLE = {
    "region": "ap-northeast-2",
    "domain": "studio-a",
    "count": 2,
    "results": [
        {"pipeline": "churn", "ok": True, "data": LINEAGE_EXAMPLE},
        {"pipeline": "fraud", "ok": False, "error": "Its definition is not valid JSON."},
    ],
    "cache": CACHE_EXAMPLE,
}
_ERRORS = {
    304: OpenApiResponse(description="The client's copy is current."),
    400: BAD_REGION,
    409: OpenApiResponse(
        AmbiguousSerializer,
        description="More than one account has it.",
        examples=[
            OpenApiExample(
                "Ambiguous",
                {
                    "detail": "More than one account has pipeline 'churn'. Choose one with 'account'.",
                    "candidates": [{"account": "123456789012", "region": "ap-northeast-2", "arn": PIPELINE_ARN}],
                },
            )
        ],
    ),
    503: error_example("Region 'ap-northeast-2' has not been synced yet; a sync of it is running."),
}
LINEAGE_RESPONSES = _ERRORS | {
    200: OpenApiResponse(LineageSerializer, examples=[OpenApiExample("Lineage", LINEAGE_EXAMPLE)]),
    404: error_example("Pipeline 'churn' not found or not tagged for the given domain."),
}
DOMAIN_LINEAGE_RESPONSES = _ERRORS | {
    200: OpenApiResponse(DomainLineageSerializer, examples=[OpenApiExample("Domain", DOMAIN_LINEAGE_EXAMPLE)]),
    404: error_example("No pipeline of domain 'studio-a' found in ap-northeast-2."),
}
