"""Where the facts are served."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import re_path

from inventory.api import registry, views
from inventory.api.backfill import BackfilledPipelineViewSet
from inventory.api.health import HealthViewSet
from inventory.api.listing import InventoryViewSet
from inventory.api.preflight import CheckedAccountViewSet
from inventory.api.syncs import SyncViewSet

if TYPE_CHECKING:
    from rest_framework.routers import BaseRouter

ORIGINAL = [
    re_path(r"^health/?$", HealthViewSet.as_view({"get": "live"}), name="health"),
    re_path(r"^health/ready/?$", HealthViewSet.as_view({"get": "ready"}), name="ready"),
    re_path(r"^inventory/?$", InventoryViewSet.as_view({"get": "list"}), name="inventory"),
]


def register(router: BaseRouter) -> None:
    """Put every resource of the facts on the router of /api/v1."""
    router.register("accounts", CheckedAccountViewSet)
    router.register("regions", views.RegionViewSet)
    router.register("domains", views.DomainViewSet)
    router.register("pipelines", BackfilledPipelineViewSet)
    router.register("executions", views.ExecutionViewSet)
    router.register("jobs", views.JobViewSet)
    router.register("model-packages", views.ModelPackageViewSet)
    router.register("model-package-groups", registry.ModelPackageGroupViewSet)
    router.register("feature-groups", registry.FeatureGroupViewSet)
    router.register("models", registry.ModelViewSet)
    router.register("endpoint-configs", registry.EndpointConfigViewSet)
    router.register("endpoints", registry.EndpointViewSet)
    router.register("inference-components", registry.InferenceComponentViewSet)
    router.register("buckets", views.BucketViewSet)
    router.register("syncs", SyncViewSet)
