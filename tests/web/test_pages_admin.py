"""What the admin's lists and pages say, and that they say it in words."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import Permission, User
from django.utils.timezone import datetime

from inventory.models import Bucket, Definition, Execution, Pipeline, StepExecution
from lineage.models import ArtifactUse

NOON = datetime.fromisoformat("2026-01-02T12:00:30+09:00")


def page(client, model, row, app="inventory"):
    return client.get(f"/admin/{app}/{model}/{row.pk}/change/").text


def listed(client, model, **query):
    return client.get(f"/admin/inventory/{model}/", query).text


class TestTimes:
    def test_bear_their_zone(self, operator, facts):
        facts.pipeline(synced_at=NOON)

        assert "<span>2026-01-02</span> <span>03:00 UTC</span>" in listed(operator, "pipeline")

    def test_tell_the_seconds_when_asked(self, operator, facts):
        pipeline = facts.pipeline(synced_at=NOON)

        assert 'title="2026-01-02T03:00:30+00:00"' in page(operator, "pipeline", pipeline)

    def test_that_are_not_known_are_a_dash(self, operator, facts):
        facts.domain(facts.region())

        assert '<td class="field-missing_since">-</td>' in listed(operator, "domain")


class TestHowChangesAreFound:
    @pytest.mark.parametrize(
        ("field", "help_text"),
        [
            ("search_refused_at", "a sync that a person asks for tries it again"),
            ("search_stale_at", "For 6 hours every sync reads listings instead"),
            ("steps_followed_at", "every minute where Search is not at hand"),
        ],
    )
    def test_a_region_says_when_and_what_it_means(self, operator, facts, field, help_text):
        text = page(operator, "region", facts.region(**{field: NOON}))

        assert f"{field.replace('_', ' ')}:".capitalize() in text
        assert 'title="2026-01-02T03:00:30+00:00"' in text
        assert help_text in text
        assert f'name="{field}"' not in text


class TestLinks:
    @pytest.mark.parametrize("related", ["pipelines", "domains"])
    def test_of_a_region_count_what_they_lead_to(self, operator, facts, related):
        region = facts.region()
        for number in (1, 2):
            facts.pipeline(f"p{number}", domain=facts.domain(region, f"d-{number}"))
        model = related.removesuffix("s")

        assert f'<a href="/admin/inventory/{model}/?region__id__exact={region.pk}">2</a>' in listed(operator, "region")

    def test_of_a_step_lead_to_its_pipeline_and_execution(self, operator, facts):
        execution = facts.execution(facts.pipeline())
        step = StepExecution.objects.create(execution=execution, name="Train", status="Failed")

        for address in (
            f"/admin/inventory/pipeline/{execution.pipeline.pk}/change/",
            f"/admin/inventory/execution/{execution.pk}/change/",
        ):
            assert f'href="{address}"' in page(operator, "stepexecution", step)
            assert f'href="{address}"' in listed(operator, "stepexecution")

    def test_of_a_pipeline_lead_to_its_lineage(self, operator, facts):
        pipeline = facts.served("a & b")

        address = "/lineage?pipeline=a%20%26%20b&amp;region=ap-northeast-2&amp;account=123456789012"

        assert address in page(operator, "pipeline", pipeline)
        assert operator.get(address.replace("&amp;", "&")).status_code == 200

    def test_of_a_pipeline_lead_to_its_artifacts(self, operator, facts):
        pipeline = facts.pipeline()
        use = {"step": "S", "direction": "input", "role": "data", "resolved": True}
        ArtifactUse.objects.create(pipeline=pipeline, uri="s3://mine/k", **use)
        ArtifactUse.objects.create(pipeline=facts.pipeline("other"), uri="s3://theirs/k", **use)
        address = f"/admin/lineage/artifactuse/?pipeline__id__exact={pipeline.pk}"

        assert f'href="{address}"' in page(operator, "pipeline", pipeline)
        assert "s3://theirs" not in operator.get(address).text

    def test_to_what_may_not_be_seen_are_left_out(self, operator, facts):
        User.objects.get(username="operator").user_permissions.remove(
            Permission.objects.get(codename="view_artifactuse")
        )

        assert "artifactuse" not in page(operator, "pipeline", facts.pipeline())


class TestWords:
    def test_of_a_definition_name_the_pipelines(self, operator, facts):
        definition = Definition.objects.create(sha256="a" * 64, text="{}")
        for number in range(4):
            facts.pipeline(f"p{number}", definition=definition)

        text = listed(operator, "definition")

        assert ">p0</a>" in text
        assert ">p2</a> …" in text
        assert ">p3</a>" not in text

    def test_of_a_definition_that_none_has_any_more(self, operator, facts):
        Definition.objects.create(sha256="a" * 64, text="{}")

        assert "no pipeline any more" in listed(operator, "definition")

    @pytest.mark.parametrize(("is_public", "word"), [(True, "Yes"), (False, "No"), (None, "Unknown")])
    def test_whether_a_bucket_is_public(self, operator, facts, is_public, word):
        Bucket.objects.create(account=facts.region().account, name="b", is_public=is_public)

        assert f'<td class="field-public">{word}</td>' in listed(operator, "bucket")

    @pytest.mark.parametrize(("index", "word"), [(-1, "-"), (0, "0")])
    def test_of_a_step_s_iteration(self, operator, facts, index, word):
        execution = facts.execution(facts.pipeline())
        step = StepExecution.objects.create(execution=execution, name="S", status="Failed", iteration_index=index)

        [line] = re.findall(r'field-iteration">.*?readonly">(.*?)<', page(operator, "stepexecution", step), re.DOTALL)

        assert line == word

    def test_of_a_missing_pipeline(self, operator, facts):
        facts.pipeline(missing_since=NOON)

        assert "Missing since" in listed(operator, "pipeline")

    def test_of_a_long_problem_are_cut_in_the_list_alone(self, operator, facts):
        pipeline = facts.pipeline(problem="x" * 200)

        assert "x" * 81 not in listed(operator, "pipeline")
        assert "x" * 200 in page(operator, "pipeline", pipeline)

    def test_of_what_is_not_there_are_a_dash(self, operator, facts):
        assert "<pre" not in page(operator, "pipeline", facts.pipeline(tags={}, domain_candidates=[]))

    def test_of_when_it_was_seen(self, operator, facts):
        assert "first showed it, or last showed it changed" in page(operator, "pipeline", facts.pipeline())


class TestFilters:
    def test_are_called_after_what_they_filter_by(self, operator, facts):
        facts.execution(facts.pipeline())
        facts.pipeline("other", facts.region("us-east-1"))

        text = listed(operator, "pipeline")

        assert "By region" in text
        assert "By latest execution" in text
        assert "By name" not in text

    @pytest.mark.parametrize(("empty", "found"), [("1", "healthy"), ("0", "ailing")])
    def test_of_problems_find_those_with_and_without(self, operator, facts, empty, found):
        facts.pipeline("healthy")
        facts.pipeline("ailing", problem="Denied.")

        response = operator.get("/admin/inventory/pipeline/", {"problem__isempty": empty})

        assert [row.name for row in response.context["cl"].result_list] == [found]

    def test_count_when_asked(self, operator, facts):
        facts.pipeline("ailing", problem="Denied.")

        assert "Yes (1)" in listed(operator, "pipeline", _facets="True")


class TestEmptyLists:
    def test_say_how_they_fill(self, operator):
        assert "Syncs fill this list" in listed(operator, "pipeline")

    def test_of_accounts_say_where_one_comes_from(self, operator):
        assert "No account is known yet" in listed(operator, "account")

    def test_that_a_search_left_lead_back(self, operator, facts):
        facts.pipeline()

        assert 'Nothing matches. <a href="?">' in listed(operator, "pipeline", q="no such")

    def test_are_not_the_full_ones(self, operator, facts):
        facts.pipeline()

        assert "Nothing matches" not in listed(operator, "pipeline")


class TestNothingToSave:
    @pytest.mark.parametrize("model", [Pipeline, Execution])
    def test_facts_have_no_button_and_no_history(self, client, facts, model):
        client.force_login(User.objects.create_superuser("root"))
        facts.execution(facts.pipeline())

        text = page(client, model._meta.model_name, model.objects.get())

        assert 'name="_save"' not in text
        assert "historylink" not in text

    def test_an_account_has_both(self, client, facts):
        client.force_login(User.objects.create_superuser("root"))

        text = page(client, "account", facts.region().account)

        assert 'name="_save"' in text
        assert "historylink" in text

    @pytest.mark.parametrize("field", ["name", "profile", "role_arn", "external_id", "is_enabled"])
    def test_how_an_account_is_entered_can_be_changed(self, client, facts, field):
        client.force_login(User.objects.create_superuser("root"))

        assert f'name="{field}"' in page(client, "account", facts.region().account)

    def test_an_account_is_added_by_what_we_know(self, client, db):
        client.force_login(User.objects.create_superuser("root"))

        text = client.get("/admin/inventory/account/add/").text

        assert 'name="account_id"' in text
        assert "Public access" not in text


def test_no_list_asks_much(operator, facts, django_assert_max_num_queries):
    facts.execution(facts.served(domain=facts.domain(facts.region())))
    for address in ("inventory/pipeline", "inventory/region", "inventory/execution", "lineage/lineagedocument"):
        with django_assert_max_num_queries(14):
            operator.get(f"/admin/{address}/")


def test_the_admin_bears_the_service_s_name_and_icon(operator):
    text = operator.get("/admin/").text

    assert ">SageMaker Lineage</a>" in text
    assert "lineage/icon.svg" in text
