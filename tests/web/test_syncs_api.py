"""Syncs below /api/v1."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission, User
from django.utils.timezone import now

from inventory.models import Sync, SyncPart

REGION = {"region": "ap-northeast-2"}


def post(client, path, body=None):
    return client.post(path, body or {}, content_type="application/json")


def test_a_sync_is_queued(operator, facts):
    response = post(operator, "/api/v1/syncs", REGION)

    sync = Sync.objects.get()
    assert response.status_code == 202
    assert response["Location"].endswith(f"/api/v1/syncs/{sync.pk}")
    assert (sync.regions, sync.trigger, sync.requested_by.username) == (["ap-northeast-2"], "api", "operator")
    assert response.json()["state"] == "queued"


def test_an_active_sync_of_the_scope_is_returned_instead(operator, facts):
    first = post(operator, "/api/v1/syncs", REGION)

    second = post(operator, "/api/v1/syncs", REGION)

    assert second.status_code == 200
    assert second["Location"] == first["Location"]


def test_nothing_given_means_everything(operator):
    post(operator, "/api/v1/syncs")

    assert Sync.objects.get().scope == "everything"


def test_blank_members_mean_all(operator):
    post(operator, "/api/v1/syncs", {"account": "", "region": "", "pipeline": ""})

    assert Sync.objects.get().scope == "everything"


def test_account_and_pipeline_narrow_it(operator, facts):
    facts.region()

    post(operator, "/api/v1/syncs", {"account": "123456789012", "pipeline": "churn"})

    assert Sync.objects.get().scope == "account=123456789012 pipeline=churn"


@pytest.mark.parametrize(
    ("body", "member"),
    [
        ({"region": "Seoul"}, "region"),
        ({"account": "nobody"}, "account"),
        ({"pipeline": "not a name"}, "pipeline"),
        ({"regions": ["us-east-1"]}, "regions"),
        ([1], "non_field_errors"),
    ],
)
def test_a_bad_scope_is_400(operator, body, member):
    response = post(operator, "/api/v1/syncs", body)

    assert response.status_code == 400
    assert list(response.json()["errors"]) == [member]
    assert not Sync.objects.exists()


def test_asking_needs_the_permission(api):
    assert post(api, "/api/v1/syncs").status_code == 403


def test_anonymous_reading_does_not_allow_asking(client, db, settings):
    settings.API_ANONYMOUS_READ = True

    assert post(client, "/api/v1/syncs").status_code == 401


@pytest.fixture
def sync(facts):
    sync = Sync.objects.create(scope="x", state="running", requested_by=User.objects.create_user("asker"))
    shared = {"sync": sync, "account": facts.region().account, "started_at": now()}
    SyncPart.objects.create(
        **shared, region="us-east-1", state="finished", outcome="denied", error="Grant ListPipelines.", done=3, total=4,
        api_calls={"ListPipelines": 1, "ListTags": 2}, throttles=1,
    )  # fmt: skip
    SyncPart.objects.create(**shared, region="us-west-2", done=1, total=6, api_calls={"ListTags": 5}, throttles=2)
    return sync


def test_progress_calls_and_throttles_are_of_all_parts(api, sync):
    body = api.get(f"/api/v1/syncs/{sync.pk}").json()

    assert body["progress"] == {"done": 4, "total": 10, "unit": "pipelines"}
    assert body["apiCalls"] == {"ListPipelines": 1, "ListTags": 7}
    assert body["throttles"] == 3
    assert body["requestedBy"] == "asker"


def test_each_region_has_its_outcome(api, sync):
    parts = api.get(f"/api/v1/syncs/{sync.pk}").json()["parts"]

    assert [(part["region"], part["outcome"], part["error"]) for part in parts] == [
        ("us-east-1", "denied", "Grant ListPipelines."),
        ("us-west-2", "", ""),
    ]
    assert parts[0]["progress"] == {"done": 3, "total": 4, "unit": "pipelines"}


def test_users_names_are_not_for_anonymous_readers(client, settings, sync):
    settings.API_ANONYMOUS_READ = True

    assert client.get(f"/api/v1/syncs/{sync.pk}").json()["requestedBy"] is None


@pytest.mark.parametrize(
    ("parameters", "count"),
    [({}, 1), ({"state": "running"}, 1), ({"state": "failed"}, 0), ({"region": "us-west-2"}, 1)],
)
def test_the_list_is_filtered(api, sync, parameters, count):
    assert api.get("/api/v1/syncs", parameters).json()["count"] == count


def test_queries_of_the_list_do_not_grow(client, settings, sync, queries):
    settings.API_ANONYMOUS_READ = True
    for number in range(4):
        SyncPart.objects.create(
            sync=Sync.objects.create(scope=f"s{number}"), account=sync.parts.first().account, region="us-east-1"
        )

    with queries(4):
        client.get("/api/v1/syncs")


def test_a_queued_sync_is_cancelled_at_once(operator):
    sync = Sync.objects.create(scope="x")

    response = post(operator, f"/api/v1/syncs/{sync.pk}/cancel")

    assert (response.status_code, response.json()["state"]) == (200, "cancelled")
    assert response.json()["finishedAt"] is not None


def test_a_running_sync_is_asked_to_stop(operator, sync):
    body = post(operator, f"/api/v1/syncs/{sync.pk}/cancel").json()

    assert (body["state"], body["cancelRequested"]) == ("running", True)


def test_a_sync_that_is_over_cannot_be_cancelled(operator):
    sync = Sync.objects.create(scope="x", state="failed")

    response = post(operator, f"/api/v1/syncs/{sync.pk}/cancel")

    assert (response.status_code, response.json()) == (409, {"detail": f"Sync {sync.pk} is over: failed."})


def test_cancelling_needs_a_permission(api, reader, sync):
    assert post(api, f"/api/v1/syncs/{sync.pk}/cancel").status_code == 403

    reader.user_permissions.add(Permission.objects.get(codename="change_sync"))

    assert post(api, f"/api/v1/syncs/{sync.pk}/cancel").status_code == 200
    assert post(api, "/api/v1/syncs").status_code == 403
