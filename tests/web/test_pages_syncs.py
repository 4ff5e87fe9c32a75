"""What the admin says of syncs: their progress, their parts, and who may ask for one."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission, User
from django.utils.timezone import now

from inventory.models import Sync, SyncPart


def page(client, model, row, app="inventory"):
    return client.get(f"/admin/{app}/{model}/{row.pk}/change/").text


def listed(client, model, **query):
    return client.get(f"/admin/inventory/{model}/", query).text


def part_of(region, **values):
    sync = Sync.objects.create(scope=f"s{Sync.objects.count()}", executing_only=True, state="failed")
    return SyncPart.objects.create(sync=sync, account=region.account, region=region.name, state="finished", **values)


class TestSyncs:
    def test_parts_lead_to_their_region(self, operator, facts):
        region = facts.region()
        part = part_of(region, outcome="ok")

        assert f'<a href="/admin/inventory/region/{region.pk}/change/">ap-northeast-2</a>' in page(
            operator, "sync", part.sync
        )

    def test_a_part_of_a_region_that_is_not_known(self, operator, facts):
        sync = Sync.objects.create(scope="x")
        SyncPart.objects.create(sync=sync, account=facts.region().account, region="us-gone-1")

        assert '<th scope="row">us-gone-1</th>' in page(operator, "sync", sync)

    def test_its_pipeline_can_be_looked_up(self, operator):
        sync = Sync.objects.create(scope="x", pipeline="churn", regions=["us-east-1"], account="123456789012")

        text = page(operator, "sync", sync)

        assert '<a href="/admin/inventory/pipeline/?q=churn">churn</a>' in text
        assert '<div class="readonly">us-east-1</div>' in text

    @pytest.mark.parametrize(
        ("state", "sentence"), [("running", "is not counted yet"), ("succeeded", "There was nothing to read")]
    )
    def test_without_anything_counted(self, operator, facts, state, sentence):
        sync = Sync.objects.create(scope="x", state=state)
        SyncPart.objects.create(sync=sync, account=facts.region().account, region="us-east-1")

        assert sentence in page(operator, "sync", sync)

    def test_that_ended_without_a_plan(self, operator):
        assert "before a worker planned" in page(operator, "sync", Sync.objects.create(scope="x", state="cancelled"))

    def test_a_region_shows_the_latest_of_any_kind(self, operator, facts):
        region = facts.region(status="ok")
        parts = [part_of(region, outcome="denied", error=f"Grant {number}.", finished_at=now()) for number in range(6)]

        text = page(operator, "region", region)

        assert f'<a href="/admin/inventory/sync/{parts[5].sync.pk}/change/">' in text
        assert "Denied Grant 5." in text
        assert "Grant 0." not in text


class TestResync:
    def test_is_offered_to_those_who_may(self, operator, facts):
        facts.pipeline()

        assert '<option value="resync">Re-sync selected pipelines</option>' in listed(operator, "pipeline")

    def test_is_not_offered_to_others(self, operator, facts):
        facts.pipeline()
        User.objects.get(username="operator").user_permissions.remove(Permission.objects.get(codename="add_sync"))

        assert "resync" not in listed(operator, "pipeline").lower().replace("re-sync", "resync")

    def test_of_a_domain_says_that_it_reads_its_region(self, operator, facts):
        assert 'value="Re-sync its region"' in page(operator, "domain", facts.domain(facts.region()))

    def test_says_what_is_under_way(self, operator, facts):
        rows = [facts.pipeline(f"p{number}").pk for number in range(2)]
        address = "/admin/inventory/pipeline/"
        operator.post(address, {"action": "resync", "_selected_action": rows[:1]})

        response = operator.post(address, {"action": "resync", "_selected_action": rows}, follow=True)

        assert "Queued 1 sync; 1 is under way already. Progress" in response.text

    def test_of_many_leads_to_the_list_of_syncs(self, operator, facts):
        rows = [facts.pipeline(f"p{number}").pk for number in range(12)]

        response = operator.post(
            "/admin/inventory/pipeline/", {"action": "resync", "_selected_action": rows}, follow=True
        )

        assert "Queued 12 syncs. Progress" in response.text
        assert response.text.count(" pipeline=p") == 10
        assert ">all syncs</a>" in response.text
