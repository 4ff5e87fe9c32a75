"""Long lists: what they ask of the database, and that no row is lost between their pages."""

from __future__ import annotations

from datetime import timedelta

import botocore.session
import pytest
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from inventory.admin import filters
from inventory.admin.browse import BrowseOnly
from inventory.models import Execution, StepExecution


def asked(client, path, **parameters):
    with CaptureQueriesContext(connection) as captured:
        response = client.get(path, parameters)
    assert response.status_code == 200
    return response, [query["sql"] for query in captured.captured_queries]


@pytest.fixture
def executions(facts):
    pipeline = facts.pipeline()
    return [facts.execution(pipeline, now() - timedelta(hours=hours // 2)) for hours in range(9)]


class TestPagesFarBack:
    @pytest.mark.parametrize("ordering", ["", "status", "-lastModified"])
    def test_hold_every_row_once(self, api, executions, ordering):
        parameters = {"pageSize": 2} | ({"ordering": ordering} if ordering else {})
        whole = [row["id"] for row in api.get("/api/v1/executions", parameters | {"pageSize": 9}).json()["results"]]

        pages = [api.get("/api/v1/executions", parameters | {"page": page}).json()["results"] for page in range(1, 6)]

        assert [row["id"] for page in pages for row in page] == whole

    def test_skip_keys_alone(self, api, executions):
        _, statements = asked(api, "/api/v1/executions", pageSize=2, page=3)

        [skipping] = [sql for sql in statements if " OFFSET 4" in sql]
        assert skipping.startswith('SELECT "inventory_execution"."id" AS "pk" FROM "inventory_execution" ORDER BY')

    def test_of_the_admin_skip_keys_alone(self, operator, executions, monkeypatch):
        monkeypatch.setattr(admin.site._registry[Execution], "list_per_page", 2)

        response, statements = asked(operator, "/admin/inventory/execution/", p=3)

        [skipping] = [sql for sql in statements if " OFFSET 4" in sql]
        assert skipping.startswith('SELECT "inventory_execution"."id" AS "pk" FROM "inventory_execution" ORDER BY')
        newest = Execution.objects.values_list("pk", flat=True)
        assert [row.pk for row in response.context["cl"].result_list] == list(newest[4:6])


class TestAdmin:
    """At a million rows, counting them twice or asking which values they hold is what takes long."""

    @pytest.mark.parametrize("model", [Execution, StepExecution])
    def test_lists_count_once_and_look_for_no_values(self, operator, executions, model):
        table = model._meta.db_table

        _, statements = asked(operator, f"/admin/inventory/{model._meta.model_name}/")

        assert len([sql for sql in statements if sql.startswith("SELECT COUNT") and f'FROM "{table}"' in sql]) == 1
        assert not [sql for sql in statements if "DISTINCT" in sql and f'FROM "{table}"' in sql]

    def test_every_list_of_facts_finds_keys_first(self):
        own = [model for model in admin.site._registry.values() if isinstance(model, BrowseOnly)]

        assert {model.paginator.__name__ for model in own} == {"KeysFirst"}
        assert not any(model.show_full_result_count for model in own)

    @pytest.mark.parametrize(
        ("values", "shape"),
        [
            (filters.EXECUTION_STATUSES, "PipelineExecutionStatus"),
            (filters.STEP_STATUSES, "StepStatus"),
            (filters.STEP_KINDS, "PipelineExecutionStepMetadata"),
        ],
    )
    def test_filters_offer_what_aws_knows(self, values, shape):
        known = botocore.session.get_session().get_service_model("sagemaker").shape_for(shape)

        assert set(values) == set(getattr(known, "enum", None) or known.members)

    def test_filters_filter(self, operator, facts):
        failed = facts.execution(facts.pipeline(), status="Failed")
        facts.execution(failed.pipeline)

        page = operator.get("/admin/inventory/execution/", {"status": "Failed"})

        assert [row.pk for row in page.context["cl"].result_list] == [failed.pk]
        assert "?status=Stopped" in page.text
