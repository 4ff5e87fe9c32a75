"""GET /lineage."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils.timezone import now

from inventory.models import Account, Sync, SyncPart
from inventory.sync.scope import Scope

CHURN = {"pipeline": "churn", "region": "ap-northeast-2"}


def test_the_stored_document_is_served(api, facts):
    facts.served()

    document = api.get("/lineage", CHURN).json()

    assert list(document) == ["domain", "pipeline", "summary", "graph", "cache"]
    assert document["domain"] == {}
    assert document["pipeline"] == {"name": "churn"}


def test_a_trailing_slash_is_tolerated(api, facts):
    facts.served()

    assert api.get("/lineage/", CHURN).status_code == 200


def test_the_arn_names_a_pipeline_too(api, facts):
    arn = facts.served().arn

    assert api.get("/lineage", CHURN | {"pipeline": arn}).status_code == 200


def test_the_latest_execution_is_served_on_request(api, facts):
    facts.served()

    assert api.get("/lineage", CHURN | {"includeLatestExec": "YeS"}).json()["execution"] == {"id": "e1"}


@pytest.mark.parametrize("view", ["data", "both"])
@pytest.mark.parametrize(("flag", "which"), [("0", "definition"), ("1", "execution")])
def test_a_data_view_adds_graph_data(api, facts, view, flag, which):
    facts.served()

    document = api.get("/lineage", CHURN | {"view": view, "includeLatestExec": flag}).json()

    assert document["graphData"]["nodes"] == [which]
    assert document["graph"] == {"nodes": [], "edges": []}


@pytest.mark.parametrize(
    ("parameters", "name"),
    [
        ({"region": "ap-northeast-2"}, "pipeline"),
        ({"pipeline": "churn"}, "region"),
        (CHURN | {"region": "Seoul"}, "region"),
        (CHURN | {"pipeline": " "}, "pipeline"),
        (CHURN | {"view": "all"}, "view"),
        (CHURN | {"includeLatestExec": "maybe"}, "includeLatestExec"),
        (CHURN | {"profile": "dev"}, "profile"),
    ],
)
def test_a_bad_parameter_is_named(api, facts, parameters, name):
    response = api.get("/lineage", parameters)

    assert response.status_code == 400
    assert list(response.json()["errors"]) == [name]
    assert response.json()["detail"].startswith(f"{name}: ")


def test_one_query_serves_a_document(client, settings, facts, queries):
    settings.API_ANONYMOUS_READ = True
    facts.served()

    with queries(1):
        client.get("/lineage", CHURN)


@pytest.mark.parametrize("domain", ["studio-a", "d-1"])
def test_a_pipeline_of_the_domain_is_found(api, facts, domain):
    region = facts.region()
    facts.served(domain=facts.domain(region))

    document = api.get("/lineage", CHURN | {"domain": domain}).json()

    assert document["domain"] == {"DomainId": "d-1", "DomainName": "studio-a"}


def test_a_domain_that_is_gone_is_still_named_by_its_id(api, facts):
    facts.served(matched_domain_id="d-gone")

    document = api.get("/lineage", CHURN | {"domain": "d-gone"}).json()

    assert document["domain"] == {"DomainId": "d-gone", "DomainName": None}


@pytest.mark.parametrize("domain", ["studio-a", "d-1", "d-2"])
def test_an_ambiguous_pipeline_is_in_each_domain_it_may_mean(api, facts, domain):
    hints = [{"source": "tag:DomainName", "DomainId": name, "DomainName": "studio-a"} for name in ("d-1", "d-2")]
    facts.served(match_source="ambiguous", domain_candidates=hints)

    document = api.get("/lineage", CHURN | {"domain": domain}).json()

    assert document["domain"]["DomainName"] == "studio-a"


def test_an_unknown_domain_is_404(api, facts):
    facts.served()

    response = api.get("/lineage", CHURN | {"domain": "nowhere"})

    assert response.status_code == 404
    assert response.json() == {"detail": "Pipeline 'churn' not found or not tagged for the given domain."}


def test_an_unknown_pipeline_is_404(api, facts):
    facts.region()

    assert api.get("/lineage", CHURN).status_code == 404


def test_a_pipeline_that_aws_no_longer_lists_is_404(api, facts):
    facts.served(missing_since=now())

    assert api.get("/lineage", CHURN).status_code == 404


def test_a_region_never_synced_is_503(api, facts):
    response = api.get("/lineage", CHURN)

    assert response.status_code == 503
    assert int(response["Retry-After"]) > 0
    assert "POST /api/v1/syncs" in response.json()["detail"]


def test_a_queued_sync_is_told(api, facts):
    facts.region(status="never-synced", synced_at=None)
    Sync.objects.create(scope=str(Scope()))

    assert "queued" in api.get("/lineage", CHURN).json()["detail"]


def test_a_running_sync_is_told(api, facts):
    Sync.objects.create(scope="region", regions=["ap-northeast-2"], state="running")
    Sync.objects.create(scope="other", regions=["us-east-1"])

    assert "running" in api.get("/lineage", CHURN).json()["detail"]


def test_why_the_last_sync_failed_is_told(api, facts):
    region = facts.region(status="denied", synced_at=None)
    sync = Sync.objects.create(scope="x", state="failed")
    SyncPart.objects.create(sync=sync, account=region.account, region=region.name, error="Grant ListPipelines.")

    assert "failed: Grant ListPipelines." in api.get("/lineage", CHURN).json()["detail"]


def test_a_document_not_rendered_yet_is_503(api, facts):
    facts.pipeline()

    response = api.get("/lineage", CHURN)

    assert response.status_code == 503
    assert "has not been rendered yet" in response.json()["detail"]


def test_two_accounts_with_the_pipeline_are_409_with_candidates(api, facts):
    facts.served()
    facts.served(region=facts.region(account="210987654321"))

    response = api.get("/lineage", CHURN)

    assert response.status_code == 409
    assert [candidate["account"] for candidate in response.json()["candidates"]] == ["123456789012", "210987654321"]


@pytest.mark.parametrize("account", ["210987654321", "research"])
def test_the_account_chooses(api, facts, account):
    facts.served()
    facts.served(region=facts.region(account="210987654321"))
    Account.objects.filter(account_id="210987654321").update(name="research")

    assert api.get("/lineage", CHURN | {"account": account}).status_code == 200


def test_an_unknown_account_is_404(api, facts):
    facts.served()

    response = api.get("/lineage", CHURN | {"account": "nobody"})

    assert response.status_code == 404
    assert "'nobody'" in response.json()["detail"]


def test_an_allowed_profile_selects_its_account(api, facts, settings):
    settings.ALLOW_PROFILE_PARAMETER = True
    facts.served()
    facts.served(region=facts.region(account="210987654321"))
    Account.objects.filter(account_id="210987654321").update(profile="dev")

    assert api.get("/lineage", CHURN | {"profile": "dev"}).status_code == 200
    assert api.get("/lineage", CHURN | {"profile": "other"}).status_code == 404


class TestConditional:
    def test_an_unchanged_document_is_304_without_a_body(self, api, facts):
        facts.served()
        first = api.get("/lineage", CHURN)

        second = api.get("/lineage", CHURN, headers={"If-None-Match": first["ETag"]})

        assert (second.status_code, second.content) == (304, b"")
        assert second["ETag"] == first["ETag"]
        assert second["Last-Modified"] == first["Last-Modified"]

    def test_a_tag_that_compression_weakened_still_matches(self, api, facts):
        facts.served()
        tag = api.get("/lineage", CHURN)["ETag"]

        assert api.get("/lineage", CHURN, headers={"If-None-Match": f'"other", W/{tag}'}).status_code == 304

    @pytest.mark.parametrize("change", [{"view": "data"}, {"includeLatestExec": "1"}, {"domain": "d-1"}])
    def test_what_the_request_asks_is_part_of_the_tag(self, api, facts, change):
        facts.served(domain=facts.domain(facts.region()))

        assert api.get("/lineage", CHURN)["ETag"] != api.get("/lineage", CHURN | change)["ETag"]

    def test_new_facts_change_the_tag(self, api, facts):
        pipeline = facts.served()
        tag = api.get("/lineage", CHURN)["ETag"]
        type(pipeline.lineage).objects.update(digest="another")

        assert api.get("/lineage", CHURN, headers={"If-None-Match": tag}).status_code == 200

    def test_a_failed_sync_changes_the_tag(self, api, facts):
        region = facts.served().region
        tag = api.get("/lineage", CHURN)["ETag"]
        type(region).objects.update(status="throttled", problem="Throttled.")

        assert api.get("/lineage", CHURN, headers={"If-None-Match": tag}).json()["cache"]["stale"] is True


class TestCache:
    def cache(self, api):
        return api.get("/lineage", CHURN).json()["cache"]

    def test_fresh(self, api, facts):
        pipeline = facts.served()

        assert self.cache(api) == {"syncedAt": pipeline.synced_at.isoformat(), "stale": False, "problem": None}

    def test_a_listing_confirms_an_unchanged_pipeline(self, api, facts):
        facts.served(synced_at=now() - timedelta(days=9))

        assert self.cache(api)["stale"] is False

    def test_a_listing_does_not_confirm_what_could_not_be_read(self, api, facts):
        facts.served(synced_at=now() - timedelta(days=9), problem="Denied.")

        assert self.cache(api)["stale"] is True
        assert self.cache(api)["problem"] == "Denied."

    def test_old(self, api, facts, settings):
        old = now() - timedelta(seconds=settings.SYNC_STALE_AFTER_SECONDS + 1)
        facts.served(region=facts.region(synced_at=old), synced_at=old)

        assert self.cache(api)["stale"] is True

    def test_never(self, api, facts):
        facts.served(region=facts.region(synced_at=None, status="never-synced"), synced_at=None)

        assert self.cache(api) == {"syncedAt": None, "stale": True, "problem": None}

    def test_an_outage_leaves_the_last_known_good_and_says_so(self, api, facts):
        facts.served(region=facts.region(status="unreachable", problem="AWS does not answer."))

        assert self.cache(api)["stale"] is True
        assert self.cache(api)["problem"] == "AWS does not answer."


class TestByDomain:
    DOMAIN = {"region": "ap-northeast-2", "domain": "studio-a"}

    def test_every_pipeline_of_the_domain_by_name(self, api, facts):
        domain = facts.domain(facts.region())
        facts.served("fraud", domain=domain)
        facts.served("churn", domain=domain)
        facts.served("other")

        answer = api.get("/lineage/by-domain", self.DOMAIN).json()

        assert [result["pipeline"] for result in answer["results"]] == ["churn", "fraud"]
        assert (answer["region"], answer["domain"], answer["count"]) == ("ap-northeast-2", "studio-a", 2)
        assert answer["results"][0]["data"] == api.get("/lineage", CHURN | {"domain": "d-1"}).json()
        assert answer["cache"]["stale"] is False

    def test_a_name_that_two_domains_bear_means_both(self, api, facts):
        region = facts.region()
        for number in ("1", "2"):
            facts.served(f"p{number}", domain=facts.domain(region, f"d-{number}"))

        assert api.get("/lineage/by-domain", self.DOMAIN).json()["count"] == 2

    def test_an_ambiguous_pipeline_is_included(self, api, facts):
        hint = {"source": "tag:DomainName", "DomainId": "d-9", "DomainName": "studio-a"}
        facts.served(match_source="ambiguous", domain_candidates=[hint])
        facts.served("other", match_source="ambiguous", domain_candidates=[hint | {"DomainName": "studio-b"}])

        assert api.get("/lineage/by-domain", self.DOMAIN).json()["count"] == 1

    def test_an_incomplete_pipeline_does_not_fail_the_others(self, api, facts):
        domain = facts.domain(facts.region())
        facts.served(domain=domain)
        bad = facts.pipeline("bad", domain=domain)
        facts.document(bad, definition_body=b"", problem="Its definition is not valid JSON.")

        results = api.get("/lineage/by-domain", self.DOMAIN).json()["results"]

        assert results[0] == {"pipeline": "bad", "ok": False, "error": "Its definition is not valid JSON."}
        assert results[1]["ok"] is True

    def test_a_document_with_a_problem_is_still_served(self, api, facts):
        pipeline = facts.pipeline(domain=facts.domain(facts.region()))
        facts.document(pipeline, problem="One step could not be read.")

        assert api.get("/lineage/by-domain", self.DOMAIN).json()["results"][0]["ok"] is True

    def test_no_match_is_404(self, api, facts):
        facts.served()

        response = api.get("/lineage/by-domain", self.DOMAIN)

        assert response.status_code == 404
        assert response.json() == {"detail": "No pipeline of domain 'studio-a' found in ap-northeast-2."}

    def test_both_parameters_are_required(self, api):
        assert set(api.get("/lineage/by-domain").json()["errors"]) == {"region", "domain"}

    def test_two_accounts_with_the_domain_are_409(self, api, facts):
        for account in ("123456789012", "210987654321"):
            region = facts.region(account=account)
            facts.served(region=region, domain=facts.domain(region))

        response = api.get("/lineage/by-domain", self.DOMAIN)

        assert response.status_code == 409
        assert len(response.json()["candidates"]) == 2

    def test_an_unchanged_domain_is_304(self, api, facts):
        facts.served(domain=facts.domain(facts.region()))
        tag = api.get("/lineage/by-domain", self.DOMAIN)["ETag"]

        assert api.get("/lineage/by-domain", self.DOMAIN, headers={"If-None-Match": tag}).status_code == 304

    @pytest.mark.parametrize("pipelines", [1, 7])
    def test_queries_do_not_grow(self, client, settings, facts, queries, pipelines):
        settings.API_ANONYMOUS_READ = True
        domain = facts.domain(facts.region())
        for number in range(pipelines):
            facts.served(f"p{number}", domain=domain)

        with queries(1):
            client.get("/lineage/by-domain", self.DOMAIN)


def test_a_pipeline_s_lineage_by_id(api, facts):
    pipeline = facts.served()

    assert api.get(f"/api/v1/pipelines/{pipeline.pk}/lineage").json() == api.get("/lineage", CHURN).json()


def test_the_lineage_of_an_unknown_id_is_404(api):
    assert api.get("/api/v1/pipelines/7/lineage").status_code == 404
