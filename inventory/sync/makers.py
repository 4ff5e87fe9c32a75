"""Which execution made what is registered and deployed, and which package a model comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Subquery

from inventory.models import (
    Endpoint,
    EndpointConfig,
    InferenceComponent,
    Job,
    Model,
    ModelContainer,
    ModelPackage,
    StepExecution,
)
from inventory.sync.announce import announce_registered
from inventory.sync.rows import update_rows

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from django.db.models import QuerySet

    from inventory.models import Region

BATCH = 500
DEPLOYED: dict[str, type[Any]] = {
    "Model": Model,
    "EndpointConfig": EndpointConfig,
    "Endpoint": Endpoint,
    "InferenceComponent": InferenceComponent,
}
# A cached step made nothing: what it shows is another execution's.
MAKING_STEPS = StepExecution.objects.filter(cache_source="", selective_source="")


def link_to_makers(region: Region) -> None:
    """Link what steps made to their executions; writes only what was not linked so before."""
    _link_packages(region)
    _link_containers(region)
    for kind, rows in DEPLOYED.items():
        steps = MAKING_STEPS.filter(job=OuterRef("pk")).order_by("-execution__start_time", "-pk")
        jobs = Job.objects.filter(region=region, kind=kind).annotate(maker=Subquery(steps.values("execution")[:1]))
        made = jobs.exclude(maker=None).values_list("pk", "arn", "created_at", "maker").order_by("pk")
        last = 0  # no open cursor: what another process writes meanwhile would make SQLite refuse the next write
        while batch := list(made.filter(pk__gt=last)[:BATCH]):
            _link_deployed(rows, batch)
            last = batch[-1][0]


@transaction.atomic
def _link_deployed(rows: type[Any], made: Sequence[tuple[int, str, datetime, int]]) -> None:
    """A name may have been used before: it is the same resource only if it is of the same time."""
    makers = {(arn.lower(), created_at): execution for _, arn, created_at, execution in made}
    changed = []
    for row in rows.objects.filter(arn__in={arn for arn, _ in makers}).defer("description"):
        maker = makers.get((row.arn, row.created_at))
        if maker and maker != row.execution_id:
            row.execution_id = maker
            changed.append(row)
    update_rows(changed, ("execution_id",))


def _link_packages(region: Region) -> None:
    """A package that does not say what generated it was made by the first execution that shows it."""
    steps = MAKING_STEPS.filter(model_package=OuterRef("pk")).order_by("execution__start_time", "pk")
    unlinked = ModelPackage.objects.filter(region=region, execution=None).filter(Exists(steps))
    if unlinked.exists():
        unlinked.update(execution_id=Subquery(steps.values("execution__arn")[:1]))


def _link_containers(region: Region) -> None:
    """A container that names no package comes from the newest package whose model is the same file."""
    of_a_file = ModelPackage.objects.exclude(model_data_url="")  # as the index says
    packages = of_a_file.filter(model_data_url=OuterRef("model_data_url")).order_by("-created_at", "-pk")
    unnamed = ModelContainer.objects.filter(model__region=region, package=None).exclude(model_data_url="")
    unlinked = unnamed.filter(Exists(packages)).order_by("pk").values_list("pk", flat=True)
    last = 0
    while found := list(unlinked.filter(pk__gt=last)[:BATCH]):
        _link_to_package(ModelContainer.objects.filter(pk__in=found), packages)
        last = found[-1]


@transaction.atomic
def _link_to_package(containers: QuerySet[ModelContainer], packages: QuerySet[ModelPackage]) -> None:
    """The documents of pipelines show which endpoints serve the packages that they registered."""
    containers.update(package_id=Subquery(packages.values("arn")[:1]))
    announce_registered(containers.exclude(model__variants__config__endpoints=None).values("package_id"))
