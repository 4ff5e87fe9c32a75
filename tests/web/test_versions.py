"""Versions of pipelines below /api/v1 and in the admin."""

from __future__ import annotations

import pytest

from inventory.models import PipelineVersion


@pytest.fixture
def churn(facts):
    """A pipeline whose second version ran."""
    pipeline = facts.pipeline()
    ran = facts.execution(pipeline, version_id=2)
    PipelineVersion.objects.create(pipeline=pipeline, number=1)
    PipelineVersion.objects.create(
        pipeline=pipeline, number=2, display_name="second", description="Better.", aliases=["live", "tried"],
        last_execution_arn=ran.arn,
    )  # fmt: skip
    PipelineVersion.objects.create(pipeline=facts.pipeline("other"), number=3)
    return pipeline


def page(client, model, row):
    return client.get(f"/admin/inventory/{model}/{row.pk}/change/").text


class TestAPI:
    def test_those_of_a_pipeline_newest_first(self, api, churn):
        body = api.get(f"/api/v1/pipelines/{churn.pk}/versions").json()

        assert set(body) == {"count", "next", "previous", "results"}
        assert [version["number"] for version in body["results"]] == [2, 1]

    def test_all_is_told_of_each(self, api, churn):
        second, _ = api.get(f"/api/v1/pipelines/{churn.pk}/versions/").json()["results"]

        assert second == {
            "id": churn.versions.first().pk,
            "pipeline": churn.pk,
            "number": 2,
            "displayName": "second",
            "description": "Better.",
            "aliases": ["live", "tried"],
            "createdAt": None,
            "lastExecutionArn": churn.executions.get().arn,
        }

    def test_they_are_paged(self, api, churn):
        body = api.get(f"/api/v1/pipelines/{churn.pk}/versions", {"pageSize": 1, "page": 2}).json()

        assert [version["number"] for version in body["results"]] == [1]

    def test_queries_do_not_grow(self, client, settings, churn, django_assert_num_queries):
        settings.API_ANONYMOUS_READ = True
        for number in range(4, 9):
            PipelineVersion.objects.create(pipeline=churn, number=number)

        with django_assert_num_queries(3):
            client.get(f"/api/v1/pipelines/{churn.pk}/versions")

    def test_those_of_no_pipeline_are_404(self, api):
        assert api.get("/api/v1/pipelines/7/versions").status_code == 404

    def test_a_pipeline_tells_why_there_are_none(self, api, facts):
        pipeline = facts.pipeline(versions_problem="ListPipelineVersions is denied.")

        detail = api.get(f"/api/v1/pipelines/{pipeline.pk}").json()

        assert (detail["versionsListedFor"], detail["versionsProblem"]) == (None, "ListPipelineVersions is denied.")


class TestAdmin:
    def test_a_pipeline_leads_to_its_versions(self, operator, churn):
        address = f"/admin/inventory/pipelineversion/?pipeline__id__exact={churn.pk}"

        assert f'<a href="{address}">2</a>' in page(operator, "pipeline", churn)
        rows = operator.get(address).context["cl"].result_list
        assert [version.number for version in rows] == [2, 1]

    def test_a_version_leads_to_its_pipeline_and_its_last_execution(self, operator, churn):
        text = page(operator, "pipelineversion", churn.versions.first())

        assert f'href="/admin/inventory/pipeline/{churn.pk}/change/"' in text
        assert f'href="/admin/inventory/execution/{churn.executions.get().pk}/change/"' in text
        assert "live, tried" in text

    def test_a_last_execution_that_is_not_known_is_named(self, operator, churn):
        churn.executions.all().delete()

        assert churn.versions.first().last_execution_arn in page(operator, "pipelineversion", churn.versions.first())

    def test_an_execution_leads_to_the_version_it_ran(self, operator, churn):
        address = f"/admin/inventory/pipelineversion/{churn.versions.first().pk}/change/"

        assert f'<a href="{address}">version 2</a>' in page(operator, "execution", churn.executions.get())

    @pytest.mark.parametrize(("number", "shown"), [(7, "7"), (None, "-")])
    def test_an_execution_of_a_version_that_is_not_known_has_its_number(self, operator, facts, number, shown):
        text = page(operator, "execution", facts.execution(facts.pipeline(), version_id=number))

        assert f'<div class="readonly">{shown}</div>' in text.split("field-version_of")[1][:600]

    def test_a_problem_is_said(self, operator, facts):
        assert "It is denied." in page(operator, "pipeline", facts.pipeline(versions_problem="It is denied."))
