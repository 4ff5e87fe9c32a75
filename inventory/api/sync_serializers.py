"""Syncs as /api/v1 takes and shows them."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any, cast

from django.db.models import Q
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from inventory.api.names import CamelSerializer
from inventory.api.parameters import region_name
from inventory.models import Account, Sync, SyncPart
from inventory.sync.scope import Scope

PIPELINE_NAME_OR_ARN = re.compile(
    r"[a-zA-Z0-9][a-zA-Z0-9-]{0,255}|arn:[a-z-]+:sagemaker:[a-z0-9-]+:\d{12}:pipeline/.{1,256}"
)


class ScopeSerializer(serializers.Serializer[Any]):
    """What to sync; whatever is left out means all."""

    account = serializers.CharField(required=False, allow_blank=True, help_text="12 digits or a configured name.")
    region = serializers.CharField(required=False, allow_blank=True)
    pipeline = serializers.CharField(required=False, allow_blank=True, max_length=512, help_text="A name or an ARN.")

    def validate_account(self, value: str) -> str:
        if value and not Account.objects.filter(Q(account_id=value) | Q(name=value)).exists():
            raise serializers.ValidationError(f"No account is configured for '{value}'.")
        return value

    def validate_region(self, value: str) -> str:
        return region_name(value) if value else value

    def validate_pipeline(self, value: str) -> str:
        if value and not PIPELINE_NAME_OR_ARN.fullmatch(value):
            raise serializers.ValidationError(f"'{value}' is neither the name nor the ARN of a pipeline.")
        return value

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        unknown = sorted(set(cast("dict[str, Any]", self.initial_data)) - set(self.fields))
        if unknown:
            raise serializers.ValidationError(
                {name: ["There is no such member. Use account, region and pipeline."] for name in unknown}
            )
        return attrs

    def scope(self) -> Scope:
        given = self.validated_data
        regions = (given["region"],) if given.get("region") else ()
        return Scope(account=given.get("account", ""), regions=regions, pipeline=given.get("pipeline", ""))


class ProgressSerializer(serializers.Serializer[Any]):
    done = serializers.IntegerField()
    total = serializers.IntegerField()
    unit = serializers.CharField()


class SyncPartSerializer(CamelSerializer):
    account = serializers.CharField(source="account.account_id")
    progress = ProgressSerializer(source="*")

    class Meta:
        model = SyncPart
        fields = (
            "account", "region", "state", "outcome", "error_class", "error", "problems", "stage", "progress",
            "api_calls", "throttles", "attempts", "started_at", "finished_at", "heartbeat_at",
        )  # fmt: skip


class SyncSerializer(CamelSerializer):
    requested_by = serializers.SerializerMethodField()
    progress = serializers.SerializerMethodField()
    api_calls = serializers.SerializerMethodField()
    throttles = serializers.SerializerMethodField()

    class Meta:
        model = Sync
        fields: tuple[str, ...] = (
            "id", "account", "regions", "pipeline", "executing_only", "scope", "trigger", "requested_by", "state",
            "problem", "cancel_requested", "created_at", "started_at", "finished_at", "progress", "api_calls",
            "throttles",
        )  # fmt: skip

    def get_requestedBy(self, sync: Sync) -> str | None:  # noqa: N802  (named for the member)
        """Who asked for it; users' names are shown to users only."""
        request = self.context.get("request")
        known = request is not None and request.user.is_authenticated
        return sync.requested_by.get_username() if known and sync.requested_by else None

    @extend_schema_field(ProgressSerializer)
    def get_progress(self, sync: Sync) -> dict[str, Any]:
        parts = list(sync.parts.all())
        unit = parts[0].unit if parts else "pipelines"
        return {"done": sum(part.done for part in parts), "total": sum(part.total for part in parts), "unit": unit}

    def get_apiCalls(self, sync: Sync) -> dict[str, int]:  # noqa: N802  (named for the member)
        """Calls by operation, of all parts."""
        calls: Counter[str] = Counter()
        for part in sync.parts.all():
            calls.update(part.api_calls)
        return dict(sorted(calls.items()))

    def get_throttles(self, sync: Sync) -> int:
        return sum(part.throttles for part in sync.parts.all())


class SyncDetailSerializer(SyncSerializer):
    parts = SyncPartSerializer(many=True, help_text="The outcome of each region.")

    class Meta(SyncSerializer.Meta):
        fields = (*SyncSerializer.Meta.fields, "parts")
