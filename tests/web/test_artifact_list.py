"""The list of artifacts: one line a location, in the order of an index."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lineage.api.artifacts import ArtifactViewSet, _by_location
from lineage.models import ArtifactUse
from lineage.saving import MOST_BYTES


@pytest.fixture
def use(facts):
    pipeline = facts.pipeline()

    def use(uri, **values):
        defaults = {"step": "Train", "direction": "input", "role": "data", "bucket": "b", "key": "k", "resolved": True}
        return ArtifactUse.objects.create(pipeline=pipeline, uri=uri, **defaults | values)

    return use


@pytest.mark.skipif(connection.vendor != "sqlite", reason="tests/services explains the statements of PostgreSQL")
def test_artifacts_are_counted_by_an_index_alone(use):
    use("s3://b/k")
    locations = _by_location(ArtifactViewSet.queryset.order_by("uri"))

    assert "COVERING INDEX use_by_uri" in locations.values_list("uri").explain()
    assert "INDEX use_by_uri" in locations.explain()
    assert "TEMP B-TREE FOR ORDER BY" not in locations.explain()


def test_artifacts_tell_what_their_location_is(api, use):
    use("s3://b/${Parameters.X}", key="${Parameters.X}", resolved=False)
    use("s3://b/${Parameters.X}", key="${Parameters.X}", resolved=False, direction="output")

    [artifact] = api.get("/api/v1/artifacts").json()["results"]

    assert (artifact["bucket"], artifact["key"], artifact["resolved"]) == ("b", "${Parameters.X}", False)
    assert (artifact["readers"], artifact["writers"], artifact["pipelines"]) == (1, 1, 1)


def test_artifacts_of_a_bucket_and_role_are_found(api, use):
    use("s3://b/k")
    use("s3://c/k", bucket="c", role="model")

    assert [row["uri"] for row in api.get("/api/v1/artifacts", {"bucket": "c"}).json()["results"]] == ["s3://c/k"]
    ordered = api.get("/api/v1/artifacts", {"ordering": "-bucket"}).json()["results"]
    assert [row["bucket"] for row in ordered] == ["c", "b"]


def test_artifacts_that_are_longer_than_an_index_holds_are_cut(use):
    long = use("s3://b/" + "é" * MOST_BYTES)
    fitting = use("s3://b/" + "e" * (MOST_BYTES - 7))

    import_module("lineage.migrations.0004_uses_by_uri").cut(apps, connection.schema_editor())

    long.refresh_from_db()
    assert len(long.uri.encode()) == MOST_BYTES - 1
    assert ArtifactUse.objects.get(uri=fitting.uri) == fitting


def test_pages_far_back_skip_locations_alone(api, use):
    for number in range(5):
        use(f"s3://b/{number}", key=f"{number}")

    with CaptureQueriesContext(connection) as captured:
        response = api.get("/api/v1/artifacts", {"pageSize": 2, "page": 2})

    [skipping] = [sql for sql in (query["sql"] for query in captured.captured_queries) if " OFFSET 2" in sql]
    assert skipping.startswith('SELECT "lineage_artifactuse"."uri" AS "uri" FROM "lineage_artifactuse" WHERE')
    assert [row["key"] for row in response.json()["results"]] == ["2", "3"]
    assert response.json()["count"] == 5
