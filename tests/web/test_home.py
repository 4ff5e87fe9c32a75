"""The landing page."""

from __future__ import annotations

import re

import pytest


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

    assert "<td>never</td>" in api.get("/").text


def test_the_requests_to_try_are_answered(api, facts):
    region = facts.region()
    facts.served("with & in it", domain=facts.domain(region))

    addresses = re.findall(r'<li><a href="(/[^"]+)">', api.get("/").text)

    assert len(addresses) == 3
    for address in addresses:
        assert api.get(address.replace("&amp;", "&")).status_code == 200


@pytest.mark.parametrize("pipelines", [1, 8])
def test_queries_do_not_grow(client, settings, facts, queries, pipelines):
    settings.API_ANONYMOUS_READ = True
    for number in range(pipelines):
        region = facts.region(f"us-east-{number + 1}")
        facts.served(region=region, domain=facts.domain(region))

    with queries(4):
        client.get("/")
