"""The landing page."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import User

from inventory.models import Sync, SyncPart


def test_signing_in_comes_first(client, db):
    response = client.get("/")

    assert (response.status_code, response["Location"]) == (302, "/admin/login/?next=/")


def test_anonymous_readers_see_it_and_may_sign_in(client, db, settings):
    settings.API_ANONYMOUS_READ = True

    assert "Sign in" in client.get("/").text


def test_an_empty_cache_says_how_to_sync(api):
    page = api.get("/").text

    assert "POST /api/v1/syncs" in page
    assert "Requests to try" not in page


def test_each_region_and_its_last_sync(api, facts):
    facts.pipeline(region=facts.region(status="denied", problem="Grant <ListPipelines>."))

    page = api.get("/").text

    assert "ap-northeast-2" in page
    assert "Grant &lt;ListPipelines&gt;." in page
    assert "stale" in page


def test_a_region_never_synced(api, facts):
    facts.region(status="never-synced", synced_at=None)

    assert ">never</td>" in api.get("/").text


def test_the_requests_to_try_are_answered(api, facts):
    region = facts.region()
    facts.served("with & in it", domain=facts.domain(region))

    addresses = re.findall(r'<li><a href="(/[^"]+)">', api.get("/").text)

    assert len(addresses) == 3
    for address in addresses:
        assert api.get(address.replace("&amp;", "&")).status_code == 200


def test_what_is_under_way(api):
    Sync.objects.create(scope="everything", state="running")

    assert "of everything is running." in api.get("/").text


@pytest.mark.parametrize("is_staff", [True, False])
def test_links_to_the_admin_are_for_staff(client, facts, is_staff):
    region = facts.region()
    sync = Sync.objects.create(scope="everything", state="queued")
    client.force_login(User.objects.create_user("u", is_staff=is_staff, is_superuser=True))

    page = client.get("/").text

    for address in (f"/admin/inventory/region/{region.pk}/change/", f"/admin/inventory/sync/{sync.pk}/change/"):
        assert (address in page) is is_staff


class TestFailuresOfTheLatestSync:
    def part(self, region, **values):
        sync = Sync.objects.create(scope=f"s{Sync.objects.count()}", state="failed")
        SyncPart.objects.create(sync=sync, account=region.account, region=region.name, state="finished", **values)

    def test_that_left_the_status_as_it_was(self, api, facts):
        self.part(facts.region(status="ok"), outcome="denied", error="Grant Search.")

        assert "Grant Search." in api.get("/").text

    def test_that_did_not_fail_it(self, api, facts):
        problems = [{"subject": name, "operation": "Describe", "message": "Gone."} for name in ("churn", "fraud")]
        self.part(facts.region(), outcome="ok", problems=problems)

        assert "churn: Gone. (and 1 more)" in api.get("/").text

    def test_that_the_region_s_problem_says_already(self, api, facts):
        region = facts.region(status="denied", problem="Grant ListPipelines.")
        self.part(region, outcome="denied", error="Grant ListPipelines.")

        assert api.get("/").text.count("Grant ListPipelines.") == 1

    def test_of_earlier_syncs_are_over(self, api, facts):
        region = facts.region()
        self.part(region, outcome="denied", error="Grant Search.")
        self.part(region, outcome="ok")

        assert "Grant Search." not in api.get("/").text

    def test_of_other_regions_are_theirs(self, api, facts):
        self.part(facts.region("us-east-1"), outcome="denied", error="Grant Search.")
        facts.region("eu-west-1")

        assert api.get("/").text.count("Grant Search.") == 1


@pytest.mark.parametrize("pipelines", [1, 8])
def test_queries_do_not_grow(client, settings, facts, queries, pipelines):
    settings.API_ANONYMOUS_READ = True
    for number in range(pipelines):
        region = facts.region(f"us-east-{number + 1}")
        facts.served(region=region, domain=facts.domain(region))

    with queries(4):
        client.get("/")
