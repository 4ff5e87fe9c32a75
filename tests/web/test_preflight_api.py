"""What an account permits: below /api/v1, and in the admin."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import User

from inventory import tasks
from inventory.models import Account, Preflight

POLICY = {"Version": "2012-10-17", "Statement": [{"Sid": "Listings", "Action": ["sagemaker:Search"]}]}
FOUND = {
    "state": "denied",
    "identity": "arn:aws:sts::123456789012:assumed-role/reader/x",
    "checked_at": "2026-03-02T09:15:00Z",
    "places": [
        {"name": "us-east-1", "state": "denied", "problem": ""},
        {"name": "me-south-1", "state": "disabled", "problem": "It is not enabled."},
        {"name": "global", "state": "ok", "problem": ""},
    ],
    "matrix": [
        {"action": "sagemaker:Search", "places": {"us-east-1": "denied", "me-south-1": "disabled"}},
        {"action": "s3:ListAllMyBuckets", "places": {"global": "allowed"}},
    ],
    "policy": POLICY,
}
TABLE = re.compile(r'<div class="preflight".*?</table>', re.DOTALL)
WORDS = re.compile(r'<th scope="row">(.+?)</th>|<span>(.+?)</span>|"visually-hidden">(.+?)<')


def said_in(table):
    """What a reader hears, line by line."""
    return [["".join(found) for found in WORDS.findall(row)] for row in table.split("<tr>")[1:]]


@pytest.fixture
def account(facts):
    return facts.region().account


@pytest.fixture
def checked(account):
    return Preflight.objects.create(account=account, **FOUND)


@pytest.fixture(autouse=True)
def sent(monkeypatch):
    messages = []
    monkeypatch.setattr(tasks.run_preflight, "delay", messages.append)
    return messages


@pytest.fixture
def path(account):
    return f"/api/v1/accounts/{account.pk}/preflight"


class TestApi:
    def test_an_account_that_was_never_checked_says_so(self, api, path):
        body = api.get(path).json()

        assert (body["state"], body["checkedAt"], body["actions"], body["policy"]) == ("never-checked", None, [], None)

    def test_the_last_check_is_shown(self, api, path, checked):
        body = api.get(path).json()

        assert (body["account"], body["state"], body["checkedAt"]) == (
            "123456789012",
            "denied",
            "2026-03-02T09:15:00Z",
        )
        assert body["regions"] == FOUND["places"]
        assert body["actions"][1] == {"action": "s3:ListAllMyBuckets", "regions": {"global": "allowed"}}
        assert body["policy"] == POLICY

    def test_how_the_account_is_entered_is_not_shown(self, api, path, checked):
        assert "assumed-role" not in api.get(path).text

    def test_asking_queues_a_check(self, operator, path, account, sent, django_capture_on_commit_callbacks):
        with django_capture_on_commit_callbacks(execute=True):
            response = operator.post(path)

        assert (response.status_code, response.json()["state"]) == (202, "queued")
        assert response["Location"].endswith(path)
        assert sent == [account.preflight.pk]

    def test_what_was_found_stays_while_it_is_checked_again(self, operator, path, checked):
        assert operator.post(path).json()["actions"] == operator.get(path).json()["actions"] != []

    def test_asking_needs_the_permission(self, api, path):
        assert api.post(path).status_code == 403

    def test_anonymous_reading_does_not_allow_asking(self, client, settings, path):
        settings.API_ANONYMOUS_READ = True

        assert (client.get(path).status_code, client.post(path).status_code) == (200, 401)

    def test_an_unknown_account_is_404(self, operator, db):
        assert operator.get("/api/v1/accounts/7/preflight").status_code == 404
        assert operator.post("/api/v1/accounts/7/preflight").status_code == 404


class TestAdmin:
    @pytest.fixture
    def root(self, client, db):
        client.force_login(User.objects.create_superuser("root"))
        return client

    def page(self, client, account):
        return client.get(f"/admin/inventory/account/{account.pk}/change/").text

    def test_the_page_shows_the_matrix(self, operator, account, checked):
        page = self.page(operator, account)

        [of_regions, of_the_account] = TABLE.findall(page)
        assert said_in(of_regions) == [["sagemaker:Search"], ["us-east-1", "denied"], ["me-south-1", "disabled"]]
        assert said_in(of_the_account) == [["s3:ListAllMyBuckets"], ["global", "allowed"]]
        assert "It is not enabled." in page

    def test_the_matrix_has_a_row_per_region_however_many(self, operator, account):
        regions = [f"xx-east-{number}" for number in range(34)]
        places = [{"name": name, "state": "ok", "problem": ""} for name in regions]
        matrix = [{"action": "sagemaker:Search", "places": dict.fromkeys(regions, "allowed")}]
        Preflight.objects.create(account=account, **{**FOUND, "places": places, "matrix": matrix})

        [table] = TABLE.findall(self.page(operator, account))
        assert said_in(table) == [["sagemaker:Search"], *([name, "allowed"] for name in regions)]

    def test_the_page_shows_the_policy(self, operator, account, checked):
        assert "&quot;sagemaker:Search&quot;" in self.page(operator, account)

    def test_an_account_that_was_never_checked_says_so(self, operator, account):
        assert "never checked" in self.page(operator, account)

    def test_one_that_is_being_checked_says_so(self, operator, account):
        Preflight.objects.create(account=account)

        assert "A worker is checking" in self.page(operator, account)

    def test_the_action_checks_what_is_selected(self, operator, account):
        response = operator.post(
            "/admin/inventory/account/",
            {"action": "check_permissions", "_selected_action": [account.pk]},
            follow=True,
        )

        assert Preflight.objects.get().state == "queued"
        assert "The permissions of 1 account are being checked" in response.text

    def test_the_button_checks_one(self, operator, account):
        url = f"/admin/inventory/account/{account.pk}/preflight/"
        assert f'<form method="post" action="{url}">' in self.page(operator, account)

        response = operator.post(url)

        assert response["Location"] == f"/admin/inventory/account/{account.pk}/change/"
        assert Preflight.objects.get().account == account

    def test_a_link_changes_nothing(self, operator, account):
        assert operator.get(f"/admin/inventory/account/{account.pk}/preflight/").status_code == 405

    def test_an_unknown_account_is_404(self, operator):
        assert operator.post("/admin/inventory/account/7/preflight/").status_code == 404

    def test_the_permission_is_needed(self, client, account):
        client.force_login(User.objects.create_user("staff", is_staff=True))

        assert client.post(f"/admin/inventory/account/{account.pk}/preflight/").status_code == 403

    def test_an_account_that_is_added_is_checked(self, root):
        role = "arn:aws-cn:iam::210987654321:role/lineage-reader"
        form = {"account_id": "210987654321", "partition": "aws-cn", "role_arn": role, "external_id": "acme-42"}

        response = root.post("/admin/inventory/account/add/", {**form, "is_enabled": "on"}, follow=True)

        added = Account.objects.get()
        assert (added.partition, added.role_arn, added.external_id) == ("aws-cn", role, "acme-42")
        assert added.preflight.state == "queued"
        assert f'<a href="/admin/inventory/account/{added.pk}/change/">' in response.text

    def test_another_way_in_is_checked(self, root, account):
        root.post(f"/admin/inventory/account/{account.pk}/change/", {"profile": "dev", "is_enabled": "on"})

        assert Preflight.objects.get().account == account

    def test_another_name_is_not_checked(self, root, account):
        root.post(f"/admin/inventory/account/{account.pk}/change/", {"name": "research", "is_enabled": "on"})

        assert not Preflight.objects.exists()

    @pytest.mark.parametrize(
        ("member", "value"),
        [
            ("partition", "aws-moon"),
            ("account_id", "12345"),
            ("role_arn", "arn:aws:iam::999999999999:role/x"),
        ],
    )
    def test_what_cannot_be_right_is_refused(self, root, member, value):
        form = {"account_id": "210987654321", "partition": "aws"} | {member: value}

        response = root.post("/admin/inventory/account/add/", form)

        assert member in response.context["adminform"].form.errors
        assert not Account.objects.exists()
