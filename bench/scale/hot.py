"""What is asked most often: the service's own code, each piece with a pipeline or a region of the estate."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.contrib import admin
from django.contrib.auth.models import User
from django.test import Client, RequestFactory
from django.test.utils import override_settings

from inventory.aws.records import ExecutionRecord
from inventory.models import Bucket, Execution, Pipeline, StepExecution
from inventory.sync.backfill import AT_ONCE, _candidates
from inventory.sync.delivery import anything_executing, undelivered
from inventory.sync.due import with_needs
from inventory.sync.executions import FIELDS, renew_latest, store_executions
from inventory.sync.matching import match_domains
from inventory.sync.prunable import count_prunable
from inventory.sync.reading import BATCH, batches
from lineage.rebuild import mark_buckets_outdated, rebuild_outdated

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db.models import Model, QuerySet
    from django.template.response import TemplateResponse

UPSERTED, RENEWED = 100, 50
RUNS_A_DAY_APART = 50  # of each pipeline, see `estate`
# What people, crawls and beat ask for most often: docs/operations.md holds the plans of these ten.
HOTTEST = (
    "GET /lineage (pipeline, region)",
    "GET /lineage/by-domain (region, domain)",
    "GET /inventory (regions)",
    "GET /api/v1/pipelines",
    "GET /api/v1/executions",
    "GET /api/v1/pipelines/{pipeline}/executions",
    "pipelines that need a look",
    "executions by ARN",
    "steps of executions",
    "anything executing",
)
Queries = dict[str, "Callable[[], object]"]


def hot_queries() -> Queries:
    """By name. Reads by HTTP are anonymous: the settings must allow them."""
    pipeline = Pipeline.objects.select_related("region").exclude(region__name="us-east-1").order_by("pk")[0]
    pipelines = Pipeline.objects.filter(region=pipeline.region, missing_since=None)
    return _reads(pipeline) | _lists() | _of_crawls(pipeline, pipelines) | _of_beat() | _of_operators()


def _reads(pipeline: Pipeline) -> Queries:
    region, domain = pipeline.region.name, pipeline.matched_domain_id
    requests: list[tuple[str, dict[str, str]]] = [
        ("/lineage", {"pipeline": pipeline.name, "region": region}),
        ("/lineage/by-domain", {"region": region, "domain": domain}),
        ("/inventory", {"regions": region}),
        ("/inventory", {}),
        ("/api/v1/pipelines", {}),
        ("/api/v1/executions", {}),
        ("/api/v1/executions", {"status": "Failed"}),
        ("/api/v1/pipelines/{pipeline}/executions", {}),
        ("/api/v1/executions/{execution}", {}),
        ("/api/v1/artifacts", {}),
    ]
    keys = {"pipeline": pipeline.pk, "execution": pipeline.latest_execution_id}
    return {_name(path, asked): _get(path.format(**keys), asked) for path, asked in requests}


def _name(path: str, asked: dict[str, str]) -> str:
    return f"GET {path} ({', '.join(asked)})" if asked else f"GET {path}"


def _get(path: str, parameters: dict[str, str]) -> Callable[[], object]:
    client = Client(SERVER_NAME="localhost")

    def get() -> None:
        response = client.get(path, parameters)
        if response.status_code != 200:
            raise RuntimeError(f"{path}: {response.status_code}")

    return get


def _lists() -> Queries:
    return {f"admin: {model._meta.verbose_name_plural}": _list(model) for model in (Execution, StepExecution)}


def _list(model: type[Model]) -> Callable[[], object]:
    request = RequestFactory().get("/")
    request.user = User(is_active=True, is_staff=True, is_superuser=True)

    def list_them() -> None:
        response = admin.site._registry[model].changelist_view(request)
        cast("TemplateResponse", response).render()

    return list_them


def _of_crawls(pipeline: Pipeline, pipelines: QuerySet[Pipeline]) -> Queries:
    """Of a region in which little changed."""
    region = pipeline.region
    some = list(pipelines.order_by("pk")[:RENEWED])
    latest = [row.latest_execution_id for row in some]
    records = [_record(row) for row in Execution.objects.filter(pipeline=some[0]).select_related("pipeline")[:UPSERTED]]
    [bucket] = Bucket.objects.order_by("-pk").values_list("pk", flat=True)[:1]
    steps = StepExecution.objects.select_related("job", "model_package").filter(execution__in=latest)
    return {
        "pipelines that need a look": lambda: list(batches(with_needs(pipelines, search=True), lambda _: BATCH)),
        "matching of domains": lambda: match_domains(region, pipelines),
        "executions by ARN": lambda: store_executions(records, wanted=lambda record, known: False),
        "latest executions": lambda: renew_latest([row.pk for row in some]),
        "steps of executions": lambda: list(steps.order_by()),
        "documents of a bucket": lambda: mark_buckets_outdated([bucket]),
        "outdated documents of a region": lambda: rebuild_outdated(region_id=region.pk),
    }


def _record(row: Execution) -> ExecutionRecord:
    """As a listing shows it again, unchanged."""
    return ExecutionRecord(
        arn=row.arn,
        pipeline_arn=row.pipeline.arn,
        created_by=row.created_by,
        parameters=row.parameters,
        **{name: getattr(row, name) for name in FIELDS},
    )


def _of_operators() -> Queries:
    kept = RUNS_A_DAY_APART * 2 // 5
    return {"how much there is to prune": override_settings(RETENTION_DAYS=kept)(count_prunable)}


def _of_beat() -> Queries:
    return {
        "anything executing": anything_executing,
        "undelivered work": undelivered,
        "executions without steps": lambda: list(_candidates()[:AT_ONCE]),
    }
