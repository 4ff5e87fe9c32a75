"""Accounts: added by a command, entered by a role, kept to their partition; their disabled regions."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils.timezone import now

from inventory import sync
from inventory.aws.client import Connection
from inventory.models import Account, Pipeline, Preflight, Region
from inventory.sync.reach import LOOK_AGAIN_AFTER
from inventory.sync.scope import Scope
from tests.aws.syncing import ACCESS, ACCOUNT_ID, REGION, known_region, run, training

pytestmark = pytest.mark.django_db(transaction=True)
OTHER = "210987654321"
ROLE = f"arn:aws:iam::{OTHER}:role/lineage-reader"


@pytest.fixture(autouse=True)
def credentials(monkeypatch, demo_aws, settings):
    for name, value in {**ACCESS, "AWS_ENDPOINT_URL": demo_aws.url}.items():
        monkeypatch.setenv(name, value)
    settings.SYNC_REGIONS = [REGION, "eu-west-1"]
    original = Connection.__init__

    def once(self, access, region, **options):
        original(self, access, region, **{**options, "attempts": 1})

    monkeypatch.setattr(Connection, "__init__", once)


def add(*arguments):
    out = io.StringIO()
    call_command("add_account", *arguments, "--no-preflight", stdout=out)
    return out.getvalue()


def planned(scope=None):
    requested, _ = sync.request(scope or Scope(), trigger="command")
    sync.plan(requested.pk)
    return [part.region for part in requested.parts.all()]


class TestAddAccount:
    def test_one_is_added(self):
        said = add(OTHER, "--name", "stores", "--role-arn", ROLE, "--external-id", "acme-42")

        account = Account.objects.get()
        assert said == f"Added stores ({OTHER}).\n"
        assert (account.name, account.role_arn, account.external_id, account.partition) == (
            "stores",
            ROLE,
            "acme-42",
            "aws",
        )

    def test_what_is_not_given_stays(self):
        add(OTHER, "--name", "stores", "--role-arn", ROLE)

        assert add(OTHER, "--profile", "dev").startswith("Changed")
        account = Account.objects.get()
        assert (account.name, account.role_arn, account.profile) == ("stores", ROLE, "dev")

    def test_the_partition_is_the_role_s(self):
        add(OTHER, "--role-arn", f"arn:aws-cn:iam::{OTHER}:role/reader")

        assert Account.objects.get().partition == "aws-cn"

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            (("12345",), "account_id: Give the 12 digits."),
            ((OTHER, "--role-arn", "arn:aws:iam::999999999999:role/x"), "role_arn: Give the ARN of a role of account"),
            ((OTHER, "--role-arn", "reader"), "role_arn: Give the ARN of a role of account"),
        ],
    )
    def test_what_cannot_be_right_is_refused(self, arguments, message):
        with pytest.raises(CommandError, match=message):
            add(*arguments)
        assert not Account.objects.exists()

    def test_it_is_checked(self):
        out = io.StringIO()
        with pytest.raises(SystemExit) as ended:
            call_command("add_account", OTHER, "--role-arn", f"{ROLE}-to-check", stdout=out)

        assert ended.value.code == 0
        assert f"{OTHER}: allowed\n  as arn:aws:sts::{OTHER}:assumed-role/lineage-reader-to-check/" in out.getvalue()
        assert Preflight.objects.get().account.account_id == OTHER


class TestCrawl:
    def test_an_account_behind_a_role_is_crawled_from_within(self, demo_aws, create_pipeline):
        create_pipeline("churn", training())
        definition = '{"Version": "2020-12-01", "Steps": []}'
        demo_aws.assume(OTHER).client("sagemaker", REGION, endpoint_url=demo_aws.url).create_pipeline(
            PipelineName="offers", PipelineDefinition=definition, RoleArn=ROLE, ClientRequestToken="x" * 32
        )
        add(ACCOUNT_ID)
        add(OTHER, "--role-arn", f"{ROLE}-of-crawl")  # a session outlives the demo AWS's memory of its credentials

        assert run().state == "succeeded"
        assert dict(Pipeline.objects.values_list("name", "region__account__account_id")) == {
            "churn": ACCOUNT_ID,
            "offers": OTHER,
        }

    def test_a_profile_leads_into_its_account(self, demo_aws, monkeypatch, tmp_path):
        secrets = tmp_path / "credentials"
        secrets.write_text(f"[stores]\naws_access_key_id = AKIADEMO{OTHER}\naws_secret_access_key = demo\n")
        monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(secrets))
        add(OTHER, "--profile", "stores")

        assert run().state == "succeeded"
        assert demo_aws.calls.count(account=OTHER, action="ListPipelines") == 2

    def test_an_account_that_cannot_be_entered_stops_no_other(self, demo_aws, create_pipeline):
        create_pipeline("churn", training())
        demo_aws.faults.add("AccessDenied", service="sts", action="AssumeRole")
        add(ACCOUNT_ID)
        add(OTHER, "--role-arn", f"{ROLE}-locked")

        assert run().state == "partial"
        assert set(Region.objects.filter(account__account_id=OTHER).values_list("status", flat=True)) == {"denied"}
        assert Pipeline.objects.get().name == "churn"

    def test_an_account_that_is_not_enabled_is_left_out(self):
        add(ACCOUNT_ID)
        add(OTHER)
        Account.objects.filter(account_id=OTHER).update(is_enabled=False)

        assert planned() == ["eu-west-1", REGION]

    def test_a_region_of_another_partition_is_not_asked_for_by_name(self):
        add(ACCOUNT_ID)

        assert planned(Scope(regions=(REGION, "cn-north-1"))) == [REGION]


class TestDisabledRegions:
    @pytest.fixture
    def disabled(self):
        region = known_region("eu-west-1")
        region.record_outcome("disabled", "It is not enabled.")
        return region

    def test_one_is_left_out(self, disabled):
        assert planned() == [REGION]

    def test_one_is_looked_at_again_after_a_day(self, disabled):
        Region.objects.update(attempted_at=now() - LOOK_AGAIN_AFTER - timedelta(minutes=1))

        assert planned() == ["eu-west-1", REGION]

    def test_one_that_is_named_is_looked_at(self, disabled):
        assert planned(Scope(regions=("eu-west-1",))) == ["eu-west-1"]

    def test_one_of_another_account_says_nothing(self, disabled):
        Account.objects.create(account_id=OTHER)

        assert planned(Scope(account=OTHER)) == ["eu-west-1", REGION]

    def test_all_at_once_were_wrong_credentials(self, disabled):
        known_region().record_outcome("disabled", "The credentials are not known there.")

        assert planned() == ["eu-west-1", REGION]

    def test_a_crawl_notes_it(self, demo_aws):
        demo_aws.regions.set({REGION: "ENABLED_BY_DEFAULT"})

        run()

        assert dict(Region.objects.values_list("name", "status")) == {REGION: "ok", "eu-west-1": "disabled"}
        demo_aws.calls.clear()
        run()
        assert demo_aws.calls.count(region="eu-west-1") == 0
