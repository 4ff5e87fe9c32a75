"""The secrets planted in the demo's estate, after a crawl of all of it: no row, answer, page or log line has one."""

from __future__ import annotations

import logging

import orjson
import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.urls import reverse

from demo.estate import PLANTED_SECRETS, REGIONS
from demo.estate.load import load
from inventory import sync
from inventory.aws.masking import MASK
from inventory.models import Bucket, Definition, Execution, Job, ModelPackage, Pipeline, PipelineVersion
from tests.aws.syncing import ACCESS, run

PAGES_OF = (Definition, Execution, Job, ModelPackage, Pipeline, PipelineVersion, Bucket)
RESOURCES = ("accounts", "regions", "domains", "pipelines", "executions", "jobs", "model-packages", "buckets", "syncs")


@pytest.fixture
def crawled(demo_aws, settings, monkeypatch, caplog, django_db_blocker, transactional_db):
    """What was logged while the whole estate was crawled."""
    for name, value in {**ACCESS, "AWS_ENDPOINT_URL": demo_aws.url}.items():
        monkeypatch.setenv(name, value)
    settings.SYNC_REGIONS = list(REGIONS)
    settings.SYNC_BACKFILL_CALLS_PER_DAY = 20
    load(demo_aws.url)
    with caplog.at_level(logging.DEBUG, "inventory"), caplog.at_level(logging.DEBUG, "lineage"):
        run()
        sync.backfill()
    assert Pipeline.objects.count() >= 30
    assert PipelineVersion.objects.filter(description__contains=MASK).exists()
    return caplog.text


def rows():
    for app in ("inventory", "lineage"):
        for model in apps.get_app_config(app).get_models():
            for values in model._default_manager.values():
                yield f"{model.__name__} {values['id']}", orjson.dumps(values, default=_text)


def _text(value):
    return bytes(value).decode(errors="replace") if isinstance(value, (bytes, memoryview)) else str(value)


def answers(client):
    paths = [f"/api/v1/{name}" for name in RESOURCES] + ["/", "/inventory"]
    for model, name in ((Job, "jobs"), (Execution, "executions"), (ModelPackage, "model-packages")):
        paths += [f"/api/v1/{name}/{pk}" for pk in model.objects.values_list("pk", flat=True)]
    paths += [f"/api/v1/pipelines/{pk}/versions" for pk in Pipeline.objects.values_list("pk", flat=True)]
    for name, region in Pipeline.objects.values_list("name", "region__name"):
        paths += [f"/lineage?pipeline={name}&region={region}&includeLatestExec={run}" for run in ("false", "true")]
    for model in PAGES_OF:
        paths += [
            reverse(f"admin:inventory_{model._meta.model_name}_change", args=(pk,))
            for pk in model.objects.values_list("pk", flat=True)
        ]
    for path in paths:
        answer = client.get(path)
        assert answer.status_code == 200, path
        yield path, answer.content


def test_no_planted_secret_is_anywhere(crawled, client):
    client.force_login(User.objects.create_superuser("operator"))
    texts = [("log", crawled.encode()), *rows(), *answers(client)]
    leaks = [(where, secret) for where, text in texts for secret in PLANTED_SECRETS if secret.encode() in text]
    assert leaks == []
    assert len(texts) > 1000
