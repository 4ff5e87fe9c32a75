"""GET /inventory."""

from __future__ import annotations

import pytest
from django.utils.timezone import now


def entries(api, **parameters):
    return api.get("/inventory", parameters).json()["regions"]


def test_a_region_with_its_domains_and_pipelines(api, facts):
    region = facts.region()
    domain = facts.domain(region)
    pipeline = facts.pipeline(domain=domain, tags={"DomainName": "studio-a"}, match_source="tag:DomainName")
    pipeline.latest_execution = facts.execution(pipeline, status="Failed")
    pipeline.save()

    [entry] = entries(api)

    assert (entry["region"], entry["account"], entry["status"]) == ("ap-northeast-2", "123456789012", "ok")
    assert entry["domains"] == [{"DomainId": "d-1", "DomainName": "studio-a"}]
    assert entry["pipelines"] == [
        {
            "name": "churn",
            "arn": pipeline.arn,
            "lastModifiedTime": pipeline.last_modified.isoformat(),
            "tags": {"DomainName": "studio-a"},
            "matchedDomain": {"DomainId": "d-1", "DomainName": "studio-a"},
            "displayName": "",
            "lastExecutionTime": None,
            "lastExecutionStatus": "Failed",
            "matchSource": "tag:DomainName",
            "missingSince": None,
        }
    ]
    assert "error" not in entry
    assert entry["cache"] == {"syncedAt": region.synced_at.isoformat(), "stale": False, "problem": None}


def test_a_pipeline_of_no_domain(api, facts):
    facts.pipeline()

    assert entries(api)[0]["pipelines"][0]["matchedDomain"] is None


def test_a_domain_that_is_gone_keeps_its_id(api, facts):
    facts.pipeline(matched_domain_id="d-gone")

    assert entries(api)[0]["pipelines"][0]["matchedDomain"] == {"DomainId": "d-gone", "DomainName": None}


def test_sorted_by_region_account_and_name(api, facts):
    facts.pipeline("b", facts.region("us-east-1"))
    facts.pipeline("a", facts.region("us-east-1"))
    facts.region("eu-west-1", account="210987654321")
    facts.region("eu-west-1")

    found = entries(api)

    assert [(entry["region"], entry["account"][:3]) for entry in found] == [
        ("eu-west-1", "123"),
        ("eu-west-1", "210"),
        ("us-east-1", "123"),
    ]
    assert [pipeline["name"] for pipeline in found[2]["pipelines"]] == ["a", "b"]


def test_an_outage_keeps_the_last_known_good(api, facts):
    facts.pipeline(region=facts.region(status="denied", problem="Grant ListPipelines."))

    [entry] = entries(api)

    assert entry["error"] == "Grant ListPipelines."
    assert len(entry["pipelines"]) == 1
    assert entry["cache"]["stale"] is True


def test_a_failure_without_a_sentence_is_still_an_error(api, facts):
    facts.region(status="throttled")

    assert "throttled" in entries(api)[0]["error"]


def test_missing_pipelines_are_left_out_unless_asked_for(api, facts):
    facts.pipeline(missing_since=now())

    assert entries(api)[0]["pipelines"] == []
    assert entries(api, includeMissing="TRUE")[0]["pipelines"][0]["missingSince"] is not None


def test_only_the_regions_asked_for(api, facts):
    facts.region("us-east-1")
    facts.region("eu-west-1")

    assert [entry["region"] for entry in entries(api, regions="eu-west-1")] == ["eu-west-1"]


def test_only_the_account_asked_for(api, facts):
    facts.region()
    facts.region(account="210987654321")

    assert [entry["account"] for entry in entries(api, account="210987654321")] == ["210987654321"]


def test_an_unknown_account_is_404(api, facts):
    facts.region()

    assert api.get("/inventory", {"account": "nobody"}).status_code == 404


def test_a_region_that_is_not_configured_tells_how_to_add_it(api, facts):
    [entry] = entries(api, regions="us-west-2")

    assert (entry["status"], entry["domains"], entry["pipelines"]) == ("never-synced", [], [])
    assert "Add it to SYNC_REGIONS" in entry["error"]


def test_a_configured_region_without_a_sync_is_listed(api, facts, settings):
    settings.SYNC_REGIONS = ["us-west-2"]

    [entry] = entries(api)

    assert (entry["region"], entry["error"]) == ("us-west-2", "It has not been synced yet.")


@pytest.mark.parametrize("regions", ["Seoul", "us-east-1,x", "us-east-1;drop"])
def test_a_malformed_region_is_400(api, facts, regions):
    response = api.get("/inventory", {"regions": regions})

    assert response.status_code == 400
    assert "regions" in response.json()["errors"]


def test_an_unchanged_inventory_is_304_after_one_query(client, settings, facts, queries):
    settings.API_ANONYMOUS_READ = True
    facts.pipeline()
    first = client.get("/inventory")

    with queries(1):
        second = client.get("/inventory", headers={"If-None-Match": first["ETag"]})

    assert (second.status_code, second.content) == (304, b"")


def test_a_new_revision_changes_the_tag(api, facts):
    region = facts.region()
    tag = api.get("/inventory")["ETag"]
    type(region).objects.update(revision=2)

    assert api.get("/inventory")["ETag"] != tag


@pytest.mark.parametrize("pipelines", [1, 9])
def test_queries_do_not_grow(client, settings, facts, queries, pipelines):
    settings.API_ANONYMOUS_READ = True
    for number in range(pipelines):
        region = facts.region(f"us-east-{number + 1}")
        facts.pipeline(region=region, domain=facts.domain(region))

    with queries(3):
        client.get("/inventory")
