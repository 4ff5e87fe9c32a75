"""Buckets and the model registry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import admin

from inventory.admin.browse import BrowseOnly, as_json, link_to, link_to_list
from inventory.models import Bucket, ModelPackage

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest


@admin.register(Bucket)
class BucketAdmin(BrowseOnly[Bucket]):
    list_display = (
        "name", "account_link", "region_name", "owner", "encryption", "versioning", "public_access", "is_public",
        "checked_at",
    )  # fmt: skip
    list_filter = ("encryption", "versioning", "public_access", "is_public", "owner", "region_name", "account")
    list_select_related = ("account",)
    search_fields = ("name",)
    exclude = ("account", "public_access_flags", "tags", "errors")
    readonly_fields = ("account_link", "public_access_flags_json", "tags_json", "errors_json")

    @admin.display(description="account", ordering="account")
    def account_link(self, bucket: Bucket) -> str:
        return link_to(bucket.account)

    @admin.display(description="public access flags")
    def public_access_flags_json(self, bucket: Bucket) -> str:
        return as_json(bucket.public_access_flags)

    @admin.display(description="tags")
    def tags_json(self, bucket: Bucket) -> str:
        return as_json(bucket.tags)

    @admin.display(description="errors")
    def errors_json(self, bucket: Bucket) -> str:
        return as_json(bucket.errors)


@admin.register(ModelPackage)
class ModelPackageAdmin(BrowseOnly[ModelPackage]):
    list_display = (
        "__str__",
        "group_name",
        "version",
        "status",
        "approval_status",
        "region_link",
        "created_at",
        "steps",
    )
    list_filter = ("approval_status", "status", "region__name")
    list_select_related = ("region__account",)
    search_fields = ("group_name", "arn")
    exclude = ("region",)
    readonly_fields = ("region_link", "steps", "description_json")

    def get_queryset(self, request: HttpRequest) -> QuerySet[ModelPackage]:
        return super().get_queryset(request).defer("description")

    @admin.display(description="region", ordering="region__name")
    def region_link(self, package: ModelPackage) -> str:
        return link_to(package.region)

    @admin.display(description="steps")
    def steps(self, package: ModelPackage) -> str:
        return link_to_list("stepexecution", "Steps", model_package__id__exact=package.pk)

    @admin.display(description="description")
    def description_json(self, package: ModelPackage) -> str:
        return as_json(package.description)
