"""Buckets and the model registry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import admin

from inventory.admin.browse import BrowseOnly
from inventory.admin.columns import link, moment, number_of, pretty
from inventory.admin.filters import BY_REGION
from inventory.models import Bucket, ModelPackage

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest


@admin.register(Bucket)
class BucketAdmin(BrowseOnly[Bucket]):
    list_display = (
        "name", link("account"), "region_name", "owner", "encryption", "versioning", "public_access", "public",
        moment("checked_at"),
    )  # fmt: skip
    list_filter = ("encryption", "versioning", "public_access", "is_public", "owner", "region_name", "account")
    list_select_related = ("account",)
    search_fields = ("name",)
    groups = (
        ("", ("name", "account", "region_name", "owner", "exists", pretty("tags"))),
        ("Encryption", ("encryption", "kms_key_id", "bucket_key_enabled")),
        ("Versioning", ("versioning", "mfa_delete")),
        ("Access", ("public_access", pretty("public_access_flags"), "public", "object_ownership")),
        ("Reading it", (moment("checked_at"), pretty("errors"))),
    )
    help_texts = {
        "account": "The account whose pipelines use it, and which looked at it.",
        "owner": "own: the bucket belongs to this account; external: to another.",
        "public_access": "Blocked (all four flags hold, of the bucket or the account), Partial or NotConfigured.",
        "public_access_flags": "The four flags of the bucket itself.",
        "public": "Whether its policy makes it public.",
        "errors": "What could not be looked at, and AWS's error code.",
        "checked_at": "When it was last looked at; empty where a sync has yet to.",
    }

    @admin.display(description="public", ordering="is_public")
    def public(self, bucket: Bucket) -> str:
        return {True: "Yes", False: "No", None: "Unknown"}[bucket.is_public]


@admin.register(ModelPackage)
class ModelPackageAdmin(BrowseOnly[ModelPackage]):
    list_display = (
        "__str__", "status", "approval_status", link("region", ordering="region__name"), moment("created_at"),
        number_of("steps"),
    )  # fmt: skip
    list_filter = ("approval_status", "status", ("region__name", BY_REGION))
    list_select_related = ("region__account",)
    search_fields = ("group_name", "arn")
    counted = ("steps",)
    groups = (
        ("", ("group_name", "version", "status", "approval_status", "region", "arn")),
        ("", (moment("created_at"), moment("read_at"), number_of("steps"))),
        ("As AWS describes it, secrets masked", (pretty("description"),)),
    )
    help_texts = {"read_at": "When its description was read from AWS."}

    def get_queryset(self, request: HttpRequest) -> QuerySet[ModelPackage]:
        return super().get_queryset(request).defer("description")
