"""The facts in the admin: browse all of them, re-sync what is selected, watch it."""

from __future__ import annotations

from inventory.admin.accounts import AccountAdmin, DomainAdmin, RegionAdmin
from inventory.admin.executions import ExecutionAdmin, JobAdmin, StepExecutionAdmin
from inventory.admin.pipelines import DefinitionAdmin, PipelineAdmin
from inventory.admin.registry import (
    EndpointAdmin,
    EndpointConfigAdmin,
    FeatureGroupAdmin,
    InferenceComponentAdmin,
    ModelAdmin,
    ModelPackageGroupAdmin,
)
from inventory.admin.storage import BucketAdmin, ModelPackageAdmin
from inventory.admin.syncs import SyncAdmin, WorkerHeartbeatAdmin
from inventory.admin.versions import PipelineVersionAdmin

__all__ = (
    "AccountAdmin",
    "BucketAdmin",
    "DefinitionAdmin",
    "DomainAdmin",
    "EndpointAdmin",
    "EndpointConfigAdmin",
    "ExecutionAdmin",
    "FeatureGroupAdmin",
    "InferenceComponentAdmin",
    "JobAdmin",
    "ModelAdmin",
    "ModelPackageAdmin",
    "ModelPackageGroupAdmin",
    "PipelineAdmin",
    "PipelineVersionAdmin",
    "RegionAdmin",
    "StepExecutionAdmin",
    "SyncAdmin",
    "WorkerHeartbeatAdmin",
)
