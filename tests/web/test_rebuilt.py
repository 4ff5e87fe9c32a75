"""What a rebuild renders is what the endpoints serve."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from inventory.models import Definition
from lineage.rebuild import mark_outdated, rebuild_outdated

CORPUS = Path(__file__).parents[1] / "data" / "corpus"


@pytest.fixture
def rebuilt(facts):
    text = json.dumps(json.loads((CORPUS / "abalone_train_evaluate_register.json").read_text())["definition"])
    definition = Definition.objects.create(sha256=hashlib.sha256(text.encode()).hexdigest(), text=text)
    pipeline = facts.pipeline("abalone", definition=definition, domain=facts.domain(facts.region()))
    mark_outdated([pipeline.pk])
    rebuild_outdated()
    return pipeline


def test_a_definition_becomes_a_document(api, rebuilt):
    document = api.get("/lineage", {"pipeline": "abalone", "region": "ap-northeast-2", "view": "both"}).json()

    assert list(document) == ["domain", "pipeline", "summary", "graph", "graphData", "cache"]
    assert document["pipeline"]["arn"] == rebuilt.arn
    assert document["graph"]["edges"]
    assert document["graphData"]["nodes"]


def test_a_pipeline_that_never_ran_has_no_execution(api, rebuilt):
    where = {"pipeline": "abalone", "region": "ap-northeast-2", "includeLatestExec": "true"}

    assert api.get("/lineage", where).json()["execution"] is None


def test_a_rebuilt_domain(api, rebuilt):
    [result] = api.get("/lineage/by-domain", {"region": "ap-northeast-2", "domain": "studio-a"}).json()["results"]

    assert result["ok"] is True


def test_the_artifacts_of_a_rebuild_are_listed(api, rebuilt):
    uses = api.get("/api/v1/artifacts/uses", {"pipeline": "abalone", "pageSize": "1000"}).json()

    assert uses["count"] > 0
    assert {use["direction"] for use in uses["results"]} == {"input", "output"}
