"""The facts as /api/v1 shows them. How the service gets into an account is nobody's business here."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from inventory.api.documents import CacheSerializer
from inventory.api.names import CamelSerializer
from inventory.freshness import pipeline_freshness, region_freshness
from inventory.models import (
    Account,
    Bucket,
    Domain,
    Execution,
    Job,
    ModelPackage,
    Pipeline,
    PipelineVersion,
    Region,
    StepExecution,
)


class AccountSerializer(CamelSerializer):
    class Meta:
        model = Account
        fields = ("id", "account_id", "name", "partition", "public_access_block", "public_access_status")


class RegionSerializer(CamelSerializer):
    account = serializers.CharField(source="account.account_id")
    cache = serializers.SerializerMethodField()

    class Meta:
        model = Region
        fields = ("id", "name", "account", "status", "attempted_at", "cache")

    @extend_schema_field(CacheSerializer)
    def get_cache(self, region: Region) -> dict[str, Any]:
        return region_freshness(vars(region)).as_member()


class DomainSerializer(CamelSerializer):
    region = serializers.CharField(source="region.name")
    account = serializers.CharField(source="region.account.account_id")
    domain_name = serializers.CharField(source="name")

    class Meta:
        model = Domain
        fields = (
            "id", "domain_id", "domain_name", "arn", "region", "account", "status", "created_at", "last_modified",
            "seen_at", "missing_since",
        )  # fmt: skip


class PipelineSerializer(CamelSerializer):
    region = serializers.CharField(source="region.name")
    account = serializers.CharField(source="region.account.account_id")
    domain_id = serializers.CharField(source="matched_domain_id")
    domain_name = serializers.CharField(source="domain.name", default=None)
    last_execution_status = serializers.CharField(source="latest_execution.status", default=None)
    cache = serializers.SerializerMethodField()

    class Meta:
        model = Pipeline
        fields = (
            "id", "name", "arn", "region", "account", "display_name", "description", "role_arn", "created_at",
            "last_modified", "last_execution_time", "last_execution_status", "latest_execution", "tags", "created_by",
            "last_modified_by", "domain_id", "domain_name", "match_source", "domain_candidates", "seen_at",
            "missing_since", "versions_listed_for", "versions_problem", "cache",
        )  # fmt: skip

    @extend_schema_field(CacheSerializer)
    def get_cache(self, pipeline: Pipeline) -> dict[str, Any]:
        region = {f"region__{name}": getattr(pipeline.region, name) for name in ("status", "problem", "synced_at")}
        return pipeline_freshness({"synced_at": pipeline.synced_at, "problem": pipeline.problem} | region).as_member()


class PipelineVersionSerializer(CamelSerializer):
    aliases = serializers.ListField(child=serializers.CharField())

    class Meta:
        model = PipelineVersion
        fields = (
            "id", "pipeline", "number", "display_name", "description", "aliases", "created_at", "last_execution_arn",
        )  # fmt: skip


class ExecutionSerializer(CamelSerializer):
    pipeline_name = serializers.CharField(source="pipeline.name")
    region = serializers.CharField(source="pipeline.region.name")
    account = serializers.CharField(source="pipeline.region.account.account_id")
    execution_id = serializers.CharField()

    class Meta:
        model = Execution
        fields: tuple[str, ...] = (
            "id", "execution_id", "arn", "pipeline", "pipeline_name", "region", "account", "display_name",
            "description", "status", "failure_reason", "start_time", "last_modified", "created_by", "parameters",
            "selective", "version_id", "steps_complete", "problem",
        )  # fmt: skip


class StepSerializer(CamelSerializer):
    job_arn = serializers.CharField(source="job.arn", default=None)
    model_package_arn = serializers.CharField(source="model_package.arn", default=None)
    metadata = serializers.JSONField()

    class Meta:
        model = StepExecution
        fields = (
            "id", "name", "iteration_index", "display_name", "description", "status", "start_time", "end_time",
            "failure_reason", "attempts", "cache_source", "selective_source", "kind", "metadata", "job", "job_arn",
            "model_package", "model_package_arn", "detail_error", "metrics", "report",
        )  # fmt: skip


class ExecutionDetailSerializer(ExecutionSerializer):
    steps = StepSerializer(many=True)

    class Meta(ExecutionSerializer.Meta):
        fields = (*ExecutionSerializer.Meta.fields, "steps")


class JobSerializer(CamelSerializer):
    region = serializers.CharField(source="region.name")
    account = serializers.CharField(source="region.account.account_id")

    class Meta:
        model = Job
        fields: tuple[str, ...] = (
            "id", "arn", "kind", "name", "status", "region", "account", "created_at", "is_terminal", "read_at",
        )  # fmt: skip


class JobDetailSerializer(JobSerializer):
    description = serializers.JSONField(help_text="As AWS describes it, secrets masked.")

    class Meta(JobSerializer.Meta):
        fields = (*JobSerializer.Meta.fields, "description")


class ModelPackageSerializer(CamelSerializer):
    region = serializers.CharField(source="region.name")
    account = serializers.CharField(source="region.account.account_id")
    group = serializers.IntegerField(source="group.pk", default=None, allow_null=True)
    execution = serializers.IntegerField(source="execution.pk", default=None, allow_null=True)
    execution_arn = serializers.CharField(source="execution_id", allow_null=True)

    class Meta:
        model = ModelPackage
        fields: tuple[str, ...] = (
            "id", "arn", "group", "group_name", "version", "status", "approval_status", "region", "account",
            "created_at", "last_modified", "execution", "execution_arn", "model_data_url", "read_at", "missing_since",
        )  # fmt: skip


class ModelPackageDetailSerializer(ModelPackageSerializer):
    description = serializers.JSONField(help_text="As AWS describes it, secrets masked.")

    class Meta(ModelPackageSerializer.Meta):
        fields = (*ModelPackageSerializer.Meta.fields, "description")


class BucketSerializer(CamelSerializer):
    account = serializers.CharField(source="account.account_id")
    region = serializers.CharField(source="region_name")

    class Meta:
        model = Bucket
        fields = (
            "id", "name", "account", "region", "owner", "exists", "encryption", "kms_key_id", "bucket_key_enabled",
            "versioning", "mfa_delete", "public_access", "public_access_flags", "is_public", "object_ownership", "tags",
            "errors", "checked_at",
        )  # fmt: skip
