"""Older executions are asked for below /api/v1 and in the admin."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission, User
from django.utils.timezone import now

from inventory import tasks
from inventory.models import Execution, Sync


@pytest.fixture(autouse=True)
def sent(monkeypatch):
    messages = []
    monkeypatch.setattr(tasks.run_sync, "delay", messages.append)
    return messages


@pytest.fixture
def ran(facts):
    """Executions of a pipeline, newest first; the steps of the latest are known."""

    def ran(pipeline, number):
        rows = [facts.execution(pipeline, now() - timedelta(hours=hours)) for hours in range(number)]
        pipeline.latest_execution = rows[0]
        pipeline.save()
        Execution.objects.filter(pk=rows[0].pk).update(steps_complete=True)
        return rows

    return ran


@pytest.fixture
def churn(facts):
    return facts.pipeline()


def wanted():
    return set(Execution.objects.filter(wants_steps=True).values_list("pk", flat=True))


class TestApi:
    @pytest.fixture
    def path(self, churn):
        return f"/api/v1/pipelines/{churn.pk}/backfill"

    def ask(self, client, path, body=None):
        return client.post(path, body or {}, content_type="application/json")

    def test_the_newest_without_steps_are_asked_for(self, operator, churn, ran, path):
        rows = ran(churn, 5)

        response = self.ask(operator, path, {"count": 2})

        assert (response.status_code, response.json()) == (202, {"queued": 2, "sync": Sync.objects.get().pk})
        assert wanted() == {rows[1].pk, rows[2].pk}

    def test_without_a_count_it_is_the_setting_s(self, operator, churn, ran, path, settings):
        settings.SYNC_EXECUTIONS_PER_PIPELINE = 3
        ran(churn, 5)

        assert self.ask(operator, path).json()["queued"] == 3

    def test_a_sync_of_the_pipeline_reads_them(
        self, operator, churn, ran, path, sent, django_capture_on_commit_callbacks
    ):
        ran(churn, 2)
        with django_capture_on_commit_callbacks(execute=True):
            response = self.ask(operator, path)

        sync = Sync.objects.get()
        assert sync.scope == "account=123456789012 region=ap-northeast-2 pipeline=churn"
        assert (sync.trigger, sync.requested_by.username) == ("api", "operator")
        assert response["Location"].endswith(f"/api/v1/syncs/{sync.pk}")
        assert sent == [sync.pk]

    def test_asking_again_queues_nothing_more(self, operator, churn, ran, path):
        ran(churn, 3)
        first = self.ask(operator, path).json()

        assert self.ask(operator, path).json() == first | {"queued": 0}

    def test_when_all_are_known_nothing_is_queued(self, operator, churn, ran, path):
        ran(churn, 1)

        response = self.ask(operator, path)

        assert (response.status_code, response.json()) == (202, {"queued": 0, "sync": None})
        assert "Location" not in response
        assert not Sync.objects.exists()

    def test_what_runs_is_not_asked_for(self, operator, churn, ran, path):
        ran(churn, 3)
        Execution.objects.update(status="Executing")

        assert self.ask(operator, path).json()["queued"] == 0

    def test_what_is_to_be_pruned_is_not_asked_for(self, operator, churn, ran, path, settings):
        settings.RETENTION_DAYS = 30
        ran(churn, 3)
        Execution.objects.update(last_modified=now() - timedelta(days=31))

        assert self.ask(operator, path).json()["queued"] == 0

    @pytest.mark.parametrize("count", [0, -1, 10_001, "many"])
    def test_a_bad_count_is_400(self, operator, path, count):
        response = self.ask(operator, path, {"count": count})

        assert (response.status_code, list(response.json()["errors"])) == (400, ["count"])

    def test_asking_needs_the_permission(self, api, path):
        assert self.ask(api, path).status_code == 403

    def test_anonymous_reading_does_not_allow_asking(self, client, settings, path):
        settings.API_ANONYMOUS_READ = True

        assert self.ask(client, path).status_code == 401

    def test_an_unknown_pipeline_is_404(self, operator, db):
        assert self.ask(operator, "/api/v1/pipelines/7/backfill").status_code == 404

    def test_it_is_no_page(self, operator, path):
        assert operator.get(path).status_code == 405


class TestAdmin:
    def act(self, client, model, rows):
        chosen = {"action": f"backfill_{model}s", "_selected_action": [row.pk for row in rows]}
        return client.post(f"/admin/inventory/{model}/", chosen, follow=True)

    def test_the_action_on_pipelines_asks_for_the_newest_of_each(self, operator, facts, ran, settings):
        settings.SYNC_EXECUTIONS_PER_PIPELINE = 2
        churn, fraud, other = facts.pipeline(), facts.pipeline("fraud"), facts.pipeline("other")
        first, second, _ = ran(churn, 4), ran(fraud, 2), ran(other, 3)

        response = self.act(operator, "pipeline", [churn, fraud])

        assert wanted() == {first[1].pk, first[2].pk, second[1].pk}
        assert "Asked for the steps of 3 executions." in response.text

    def test_several_pipelines_of_a_region_are_read_by_one_sync_of_it(self, operator, facts, ran):
        rows = [facts.pipeline(), facts.pipeline("fraud")]
        for row in rows:
            ran(row, 2)

        self.act(operator, "pipeline", rows)

        assert Sync.objects.get().scope == "account=123456789012 region=ap-northeast-2"

    def test_each_region_has_a_sync_of_its_own(self, operator, facts, ran):
        rows = [facts.pipeline(), facts.pipeline(region=facts.region("us-east-1"))]
        for row in rows:
            ran(row, 2)

        self.act(operator, "pipeline", rows)

        assert Sync.objects.count() == 2

    def test_the_action_on_executions_asks_for_the_selected_ones(self, operator, churn, ran):
        rows = ran(churn, 4)

        response = self.act(operator, "execution", [rows[3], rows[0]])

        assert wanted() == {rows[3].pk}
        assert "Asked for the steps of 1 execution." in response.text

    def test_it_says_when_there_is_nothing_to_do(self, operator, churn, ran):
        rows = ran(churn, 1)

        assert "Nothing to back-fill" in self.act(operator, "execution", rows).text

    def test_it_needs_the_permission(self, operator, churn, ran):
        rows = ran(churn, 2)
        User.objects.get().user_permissions.remove(Permission.objects.get(codename="add_sync"))

        assert "Asked" not in self.act(operator, "execution", rows).text
        assert wanted() == set()

    def test_the_list_tells_whether_the_steps_are_known(self, operator, churn, ran):
        rows = ran(churn, 3)
        Execution.objects.filter(pk=rows[1].pk).update(wants_steps=True)

        page = operator.get("/admin/inventory/execution/").text

        assert [page.count(f'icon-{icon}.svg" alt=') for icon in ("yes", "unknown", "no")] == [1, 1, 1]
