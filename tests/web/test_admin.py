"""The admin: every fact can be looked at, none that AWS owns can be changed."""

from __future__ import annotations

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission, User
from django.test import RequestFactory
from django.utils.timezone import now

from inventory.models import (
    Account,
    Bucket,
    Definition,
    Job,
    ModelPackage,
    Pipeline,
    PipelineVersion,
    StepExecution,
    Sync,
    SyncPart,
    WorkerHeartbeat,
)
from lineage.models import ArtifactUse
from tests.web.deployed import deploy

OWN = {model for model in admin.site._registry if model._meta.app_label in {"inventory", "lineage"}}
LISTS = sorted(f"/admin/{model._meta.app_label}/{model._meta.model_name}/" for model in OWN)


def estate(facts, number):
    region = facts.region(f"us-east-{number}", account=f"12345678901{number}")
    definition = Definition.objects.create(sha256=f"{number}" * 64, text='{"Steps": []}')
    pipeline = facts.served(f"p{number}", region, domain=facts.domain(region), definition=definition)
    pipeline.latest_execution = execution = facts.execution(pipeline, definition=definition)
    pipeline.save()
    shared = {"region": region, "read_at": now()}
    PipelineVersion.objects.create(pipeline=pipeline, number=1)
    job = Job.objects.create(**shared, arn=f"j{number}", kind="TrainingJob", name="j", created_at=now(), description={})
    package = ModelPackage.objects.create(**shared, arn=f"m{number}", group_name="g", version=1, description={})
    StepExecution.objects.create(
        execution=execution, name="Train", status="Succeeded", job=job, model_package=package, metadata={}
    )
    deploy(region, number, execution, package)
    Bucket.objects.create(account=region.account, name=f"b{number}")
    ArtifactUse.objects.create(
        pipeline=pipeline, step="Train", direction="input", role="data", uri="s3://b/k", resolved=True
    )
    sync = Sync.objects.create(scope=f"s{number}", requested_by=User.objects.create_user(f"u{number}"))
    SyncPart.objects.create(sync=sync, account=region.account, region=region.name, done=1, total=2)
    WorkerHeartbeat.objects.create(worker=f"w{number}", beat_at=now())


@pytest.mark.parametrize("path", LISTS)
def test_queries_of_a_list_do_not_grow(operator, facts, path, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    estate(facts, 1)
    with CaptureQueriesContext(
        connection,
    ) as one:
        assert operator.get(path).status_code == 200
    for number in range(2, 6):
        estate(facts, number)

    with django_assert_num_queries(len(one)):
        operator.get(path)


@pytest.mark.parametrize("model", sorted(OWN, key=str))
def test_every_row_has_a_page(operator, facts, model):
    estate(facts, 1)

    response = operator.get(
        f"/admin/{model._meta.app_label}/{model._meta.model_name}/{model.objects.first().pk}/change/"
    )

    assert response.status_code == 200


@pytest.mark.parametrize("model", sorted(OWN - {Account}, key=str))
def test_what_aws_owns_cannot_be_changed(model):
    request = RequestFactory().get("/")
    request.user = User(is_superuser=True, is_active=True)

    allowed = admin.site._registry[model].get_model_perms(request)

    assert allowed == {"add": False, "change": False, "delete": False, "view": True}


def test_an_account_s_name_and_profile_are_ours(client, facts):
    client.force_login(User.objects.create_superuser("root"))
    account = facts.region().account

    client.post(
        f"/admin/inventory/account/{account.pk}/change/",
        {"name": "research", "profile": "dev", "account_id": "999999999999", "partition": "aws-cn"},
    )

    account.refresh_from_db()
    assert (account.name, account.profile) == ("research", "dev")
    assert (account.account_id, account.partition) == ("123456789012", "aws")


def test_raw_json_is_readable_and_escaped(operator, facts):
    pipeline = facts.pipeline(tags={"owner": "<b>"})

    page = operator.get(f"/admin/inventory/pipeline/{pipeline.pk}/change/").text

    assert '<pre tabindex="0">{\n  &quot;owner&quot;: &quot;&lt;b&gt;&quot;\n}</pre>' in page


def test_a_definition_that_is_not_json_is_shown_as_it_came(operator, facts):
    definition = Definition.objects.create(sha256="0" * 64, text="{<oops", problem="It is not JSON.")

    assert (
        '<pre tabindex="0">{&lt;oops</pre>' in operator.get(f"/admin/inventory/definition/{definition.pk}/change/").text
    )


def test_a_deleted_domain_is_shown_by_its_id(operator, facts):
    facts.pipeline(matched_domain_id="d-gone")

    assert "d-gone" in operator.get("/admin/inventory/pipeline/").text


class TestResync:
    @pytest.mark.parametrize(
        ("model", "scope"),
        [
            ("account", "account=123456789011"),
            ("region", "account=123456789011 region=us-east-1"),
            ("domain", "account=123456789011 region=us-east-1"),
            ("pipeline", "account=123456789011 region=us-east-1 pipeline=p1"),
        ],
    )
    def test_the_action_asks_for_what_is_selected(self, operator, facts, model, scope):
        estate(facts, 1)
        Sync.objects.all().delete()
        pk = next(m for m in OWN if m._meta.model_name == model).objects.get().pk

        response = operator.post(
            f"/admin/inventory/{model}/", {"action": "resync", "_selected_action": [pk]}, follow=True
        )

        sync = Sync.objects.get()
        assert (sync.scope, sync.trigger, sync.requested_by.username) == (scope, "admin", "operator")
        assert f'<a href="/admin/inventory/sync/{sync.pk}/change/">' in response.text
        assert "Queued 1 sync. Progress" in response.text

    def test_two_rows_of_one_scope_are_one_sync(self, operator, facts):
        region = facts.region()
        rows = [facts.domain(region, f"d-{number}").pk for number in (1, 2)]

        operator.post("/admin/inventory/domain/", {"action": "resync", "_selected_action": rows})

        assert Sync.objects.count() == 1

    @pytest.mark.parametrize("model", ["pipeline", "region"])
    def test_the_button_leads_to_the_progress(self, operator, facts, model):
        pipeline = facts.pipeline()
        pk = pipeline.pk if model == "pipeline" else pipeline.region.pk
        action = f"/admin/inventory/{model}/{pk}/resync/"
        assert f'<form method="post" action="{action}">' in operator.get(f"/admin/inventory/{model}/{pk}/change/").text

        response = operator.post(action)

        assert response["Location"] == f"/admin/inventory/sync/{Sync.objects.get().pk}/change/"

    def test_a_link_changes_nothing(self, operator, facts):
        pk = facts.pipeline().pk

        assert operator.get(f"/admin/inventory/pipeline/{pk}/resync/").status_code == 405
        assert not Sync.objects.exists()

    def test_an_unknown_row_is_404(self, operator):
        assert operator.post("/admin/inventory/pipeline/7/resync/").status_code == 404

    def test_the_permission_is_needed(self, operator, facts):
        pk = facts.pipeline().pk
        User.objects.get(username="operator").user_permissions.remove(Permission.objects.get(codename="add_sync"))

        operator.post("/admin/inventory/pipeline/", {"action": "resync", "_selected_action": [pk]})

        assert operator.post(f"/admin/inventory/pipeline/{pk}/resync/").status_code == 403
        assert "Re-sync" not in operator.get(f"/admin/inventory/pipeline/{pk}/change/").text
        assert not Sync.objects.exists()


class TestProgress:
    def page(self, operator, sync):
        return operator.get(f"/admin/inventory/sync/{sync.pk}/change/").text

    def test_an_active_sync_refreshes_its_page(self, operator, facts):
        sync = Sync.objects.create(scope="x", state="running")
        account = facts.region().account
        SyncPart.objects.create(
            sync=sync, account=account, region="us-east-1", done=1, total=4, outcome="denied", error="Grant it.",
            api_calls={"ListTags": 7}, problems=[{"subject": "churn", "operation": "Describe", "message": "Gone."}],
        )  # fmt: skip

        page = self.page(operator, sync)

        assert '<meta http-equiv="refresh"' in page
        assert '<progress value="1" max="4"' in page
        for text in ("Grant it.", "ListTags: 7", "churn Describe: Gone."):
            assert text in page

    def test_one_that_is_not_planned_yet(self, operator):
        assert "not planned yet" in self.page(operator, Sync.objects.create(scope="x"))

    def test_one_that_is_over_stands_still(self, operator):
        assert "refresh" not in self.page(operator, Sync.objects.create(scope="x", state="succeeded"))

    def test_an_unknown_one_goes_back_to_the_index(self, operator):
        assert operator.get("/admin/inventory/sync/7/change/").status_code == 302


def test_the_executions_of_a_pipeline_are_a_click_away(operator, facts):
    pipeline = facts.pipeline()
    execution = facts.execution(pipeline)
    facts.execution(facts.pipeline("other"))

    response = operator.get("/admin/inventory/execution/", {"pipeline__id__exact": pipeline.pk})

    assert [row.pk for row in response.context["cl"].result_list] == [execution.pk]
    assert (
        f"/admin/inventory/execution/?pipeline__id__exact={pipeline.pk}"
        in operator.get(f"/admin/inventory/pipeline/{pipeline.pk}/change/").text
    )
    assert Pipeline.objects.count() == 2
