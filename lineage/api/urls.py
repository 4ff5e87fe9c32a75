"""Where the meaning is served."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import re_path

from lineage.api.artifacts import ArtifactViewSet
from lineage.api.views import LineageViewSet, PipelineLineageViewSet

if TYPE_CHECKING:
    from rest_framework.routers import BaseRouter

ORIGINAL = [
    re_path(r"^lineage/?$", LineageViewSet.as_view({"get": "retrieve"}), name="lineage"),
    re_path(r"^lineage/by-domain/?$", LineageViewSet.as_view({"get": "by_domain"}), name="lineage-by-domain"),
]
BY_ID = [
    re_path(
        r"^pipelines/(?P<pk>\d+)/lineage/?$",
        PipelineLineageViewSet.as_view({"get": "retrieve"}),
        name="pipeline-lineage",
    )
]


def register(router: BaseRouter) -> None:
    """Put every resource of the meaning on the router of /api/v1."""
    router.register("artifacts", ArtifactViewSet, basename="artifact")
