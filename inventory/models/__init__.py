"""The facts: one module per noun."""

from __future__ import annotations

from inventory.models.accounts import Account, Region
from inventory.models.buckets import Bucket
from inventory.models.deployment import (
    Endpoint,
    EndpointConfig,
    InferenceComponent,
    Model,
    ModelContainer,
    ProductionVariant,
)
from inventory.models.domains import Domain
from inventory.models.executions import Execution, Job, StepExecution
from inventory.models.heartbeat import WorkerHeartbeat
from inventory.models.pipelines import Definition, Pipeline
from inventory.models.preflight import Preflight
from inventory.models.registry import FeatureGroup, ModelPackage, ModelPackageGroup
from inventory.models.syncs import Sync, SyncPart
from inventory.models.versions import PipelineVersion

__all__ = (
    "Account",
    "Bucket",
    "Definition",
    "Domain",
    "Endpoint",
    "EndpointConfig",
    "Execution",
    "FeatureGroup",
    "InferenceComponent",
    "Job",
    "Model",
    "ModelContainer",
    "ModelPackage",
    "ModelPackageGroup",
    "Pipeline",
    "PipelineVersion",
    "Preflight",
    "ProductionVariant",
    "Region",
    "StepExecution",
    "Sync",
    "SyncPart",
    "WorkerHeartbeat",
)
