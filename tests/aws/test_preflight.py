"""A preflight: every permission is probed, every answer has its place, the policy mends what is denied."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils.timezone import now

from inventory import sync, tasks
from inventory.aws import policy, probes
from inventory.aws import preflight as aws_preflight
from inventory.aws.client import Connection
from inventory.aws.errors import AWSError, ErrorKind
from inventory.aws.findings import Finding, assemble
from inventory.aws.policy import mending_policy, needed_actions
from inventory.aws.preflight import crawl_preflight
from inventory.aws.sessions import Access
from inventory.models import Account, Preflight
from inventory.sync import preflight as sync_preflight

OWN = "123456789012"
REGION = "us-east-1"
DENIAL = "no identity-based policy allows the action"
EXPLICIT = "User is not authorized to perform this with an explicit deny in a service control policy"


@pytest.fixture(autouse=True)
def credentials(monkeypatch, demo_aws, settings):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_ENDPOINT_URL", demo_aws.url)
    settings.SYNC_REGIONS = [REGION, "eu-west-1"]

    def once(self, access, region, *, attempts=1):
        original(self, access, region, attempts=1)

    original = Connection.__init__
    monkeypatch.setattr(Connection, "__init__", once)


@pytest.fixture
def bucket(demo_aws):
    demo_aws.client("s3").create_bucket(Bucket="lake")


def check(*regions):
    return crawl_preflight(Access(OWN), regions or (REGION,))


class TestProbes:
    def test_every_needed_action_has_a_probe_or_a_reason(self):
        probed = [probe.action for probe in probes.PROBES]

        assert sorted([*probed, *probes.UNPROBED]) == sorted(needed_actions())

    def test_the_policy_is_the_one_that_the_documents_show(self):
        shown = json.loads((Path(__file__).parents[2] / "docs/iam-policy.json").read_text())

        assert shown == policy.POLICY, "cp docs/iam-policy.json inventory/aws/policy.json"

    def test_each_is_one_call_that_the_service_understands(self, demo_aws, bucket):
        check()

        called = {row["action"] for row in demo_aws.calls.as_json()}
        # The host of s3control carries the account: that name does not resolve here.
        assert {probe.operation for probe in probes.PROBES if probe.service != "s3control"} <= called

    def test_where_all_is_allowed_only_what_cannot_be_probed_is_unknown(self, bucket):
        record = check()

        unknown = [action for action, states in record.matrix.items() if "unknown" in states.values()]
        assert set(unknown) == {*probes.UNPROBED, "s3:GetAccountPublicAccessBlock"}
        assert (record.state, record.policy) == ("allowed", None)
        assert record.identity.startswith(f"arn:aws:sts::{OWN}:")


class TestFindings:
    def test_a_denied_action_is_denied_in_its_region_alone(self, demo_aws):
        demo_aws.faults.add("AccessDeniedException", action="DescribeModel", region="eu-west-1", message=DENIAL)

        record = check(REGION, "eu-west-1")

        assert record.matrix["sagemaker:DescribeModel"] == {REGION: "allowed", "eu-west-1": "denied"}
        assert [place.state for place in record.places] == ["ok", "denied", "ok"]
        assert record.state == "denied"

    def test_the_policy_has_the_denied_actions_alone(self, demo_aws, bucket):
        for action in ("DescribeModel", "DescribeTransformJob", "Search"):
            demo_aws.faults.add("AccessDeniedException", action=action, message=DENIAL)
        demo_aws.faults.add("AccessDenied", action="GetBucketTagging")

        statements = check().policy["Statement"]

        assert {statement["Sid"]: statement["Action"] for statement in statements} == {
            "Listings": ["sagemaker:Search"],
            "JobsAndModels": ["sagemaker:DescribeModel", "sagemaker:DescribeTransformJob"],
            "BucketSettings": ["s3:GetBucketTagging"],
        }
        assert statements[2]["Resource"] == "arn:*:s3:::*"

    def test_no_policy_mends_an_explicit_deny(self, demo_aws):
        demo_aws.faults.add("AccessDeniedException", service="sagemaker", region=REGION, message=EXPLICIT)

        record = check()

        assert (record.state, record.policy) == ("denied", None)
        assert "more are denied explicitly" in record.places[0].problem

    def test_a_disabled_region_is_asked_once(self, demo_aws):
        demo_aws.regions.set({REGION: "ENABLED_BY_DEFAULT"})

        record = check(REGION, "eu-west-1")

        assert {states["eu-west-1"] for states in record.matrix.values() if "eu-west-1" in states} == {"disabled"}
        assert demo_aws.calls.count(region="eu-west-1") == 1
        assert record.state == "allowed"

    def test_where_the_partition_does_not_list_regions_nobody_is_asked(self, demo_aws, monkeypatch):
        monkeypatch.setattr(aws_preflight, "lists_regions", lambda partition: False)

        assert check().matrix["account:ListRegions"] == {"global": "unsupported"}
        assert demo_aws.calls.count(service="account") == 0

    def test_a_region_that_does_not_answer_is_asked_once(self, demo_aws):
        demo_aws.faults.add("InternalFailure", region="eu-west-1", service="sagemaker")

        record = check("eu-west-1")

        assert {states["eu-west-1"] for states in record.matrix.values() if "eu-west-1" in states} == {"unknown"}
        assert demo_aws.calls.count(region="eu-west-1", service="sagemaker") == 1
        assert (record.places[0].state, record.state) == ("unreachable", "unreachable")

    def test_an_operation_that_the_region_lacks_is_unsupported(self, demo_aws):
        demo_aws.faults.add("UnknownOperationException", action="DescribeInferenceComponent")

        assert check().matrix["sagemaker:DescribeInferenceComponent"] == {REGION: "unsupported"}

    def test_a_throttled_probe_tells_nothing(self, demo_aws):
        demo_aws.faults.add("ThrottlingException", action="DescribeModel")

        assert check().matrix["sagemaker:DescribeModel"] == {REGION: "unknown"}

    def test_without_a_bucket_to_ask_the_settings_of_buckets_are_unknown(self):
        assert check().matrix["s3:GetBucketTagging"] == {"global": "unknown"}

    def test_buckets_that_may_not_be_listed_are_not_asked(self, demo_aws, bucket):
        demo_aws.faults.add("AccessDenied", action="ListBuckets")

        record = check()

        assert record.matrix["s3:ListAllMyBuckets"] == {"global": "denied"}
        assert record.matrix["s3:GetBucketTagging"] == {"global": "unknown"}

    def test_one_bucket_that_denies_is_not_the_account(self, demo_aws, bucket):
        demo_aws.client("s3").create_bucket(Bucket="a-legal-hold")
        demo_aws.faults.add("AccessDenied", service="s3", resource="/a-legal-hold")

        assert check().matrix["s3:GetBucketTagging"] == {"global": "allowed"}

    def test_a_role_that_may_not_be_assumed_is_the_whole_answer(self, demo_aws):
        demo_aws.faults.add("AccessDenied", service="sts", action="AssumeRole")
        other = "210987654321"

        record = crawl_preflight(Access(other, role_arn=f"arn:aws:iam::{other}:role/locked"), (REGION,))

        assert (record.state, record.matrix) == ("unreachable", {})
        assert "needs sts:AssumeRole on it" in record.problem

    def test_another_account_s_credentials_are_the_whole_answer(self):
        record = crawl_preflight(Access("210987654321"), (REGION,))

        assert record.problem.startswith(f"The credentials are of account {OWN}")

    def test_an_error_that_is_not_about_the_role_is_told_as_it_is(self, monkeypatch):
        def fail(access):
            raise AWSError(ErrorKind.CREDENTIALS, "GetCallerIdentity", "NoCredentialsError", "Renew them.")

        monkeypatch.setattr("inventory.aws.preflight.identify", fail)
        assert check().problem == "Renew them."

    def test_one_explicit_deny_is_told_in_the_singular(self):
        found = Finding("sagemaker:Search", REGION, "denied", is_explicit=True)

        assert assemble([found], (REGION,)).places[0].problem.startswith("sagemaker:Search is denied explicitly")

    def test_nothing_denied_needs_no_policy(self):
        assert mending_policy(()) is None


@pytest.mark.django_db(transaction=True)
class TestCommand:
    @pytest.fixture
    def command(self):
        def call(*arguments):
            out = io.StringIO()
            with pytest.raises(SystemExit) as ended:
                call_command("preflight", *arguments, stdout=out)
            return ended.value.code, out.getvalue()

        return call

    def test_all_is_allowed(self, command):
        status, said = command()

        assert status == 0
        assert said.startswith(f"{OWN}: allowed\n  as arn:aws:sts::{OWN}:")

    def test_what_is_denied_is_shown_with_the_policy(self, command, demo_aws):
        demo_aws.faults.add("AccessDeniedException", action="Search", region="eu-west-1", message=DENIAL)

        status, said = command()

        assert status == 3
        [row] = [line.split() for line in said.splitlines() if line.startswith("  sagemaker:Search")]
        assert row == ["sagemaker:Search", "allowed", "denied"]
        assert json.loads(said[said.index("{") :])["Statement"][0]["Action"] == ["sagemaker:Search"]

    def test_nothing_is_reachable(self, command, demo_aws):
        Account.objects.create(account_id=OWN)
        demo_aws.regions.set({})

        status, said = command("--region", REGION)

        assert status == 1
        assert f"{OWN}: unreachable" in said

    def test_one_account_that_cannot_be_reached_is_something_denied(self, command):
        Account.objects.create(account_id=OWN)
        Account.objects.create(account_id="210987654321")

        assert command()[0] == 3

    def test_what_was_found_is_kept(self, command):
        command()

        kept = Preflight.objects.get()
        assert (kept.state, kept.account.account_id, kept.places[0]["name"]) == ("allowed", OWN, REGION)

    def test_a_look_at_some_regions_does_not_replace_it(self, command):
        command("--region", REGION)

        assert not Preflight.objects.exists()

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            (("--region", "us_east_1"), "'us_east_1' is not the name of a region."),
            (("--account", "nobody"), "No account is configured for 'nobody'."),
        ],
    )
    def test_what_cannot_be_meant_is_refused(self, arguments, message):
        with pytest.raises(CommandError, match=message):
            call_command("preflight", *arguments)

    def test_credentials_that_do_not_tell_whose_they_are_end_it(self, demo_aws):
        demo_aws.faults.add("ExpiredToken", service="sts")

        with pytest.raises(CommandError, match="renew them"):
            call_command("preflight")


@pytest.mark.django_db(transaction=True)
class TestTask:
    @pytest.fixture
    def account(self):
        return Account.objects.create(account_id=OWN)

    @pytest.fixture
    def sent(self, monkeypatch):
        messages = []
        monkeypatch.setattr(tasks.run_preflight, "delay", messages.append)
        return messages

    def test_it_is_asked_for_once(self, account, sent):
        first = tasks.enqueue_preflight(account)
        tasks.enqueue_preflight(account)

        assert sent == [first.pk]

    def test_the_task_keeps_what_it_found(self, account, sent):
        tasks.run_preflight(tasks.enqueue_preflight(account).pk)

        kept = Preflight.objects.get()
        assert kept.state == "allowed"
        assert kept.checked_at >= kept.started_at

    def test_it_is_asked_for_again_when_it_is_over(self, account, sent):
        tasks.run_preflight(tasks.enqueue_preflight(account).pk)
        again = tasks.enqueue_preflight(account)

        assert (again.state, len(again.places), len(sent)) == ("queued", 3, 2)

    def test_delivered_twice_it_runs_once(self, account, sent, demo_aws):
        preflight = tasks.enqueue_preflight(account)
        tasks.run_preflight(preflight.pk)
        demo_aws.calls.clear()
        tasks.run_preflight(preflight.pk)

        assert demo_aws.calls.count() == 0

    def test_without_a_broker_it_waits_in_the_database(self, account, monkeypatch):
        def refuse(pk):
            raise OSError

        monkeypatch.setattr(tasks.run_preflight, "delay", refuse)
        preflight = tasks.enqueue_preflight(account)

        assert sync.undelivered_preflights() == [preflight]

    def test_what_the_broker_lost_is_told_again(self, account, sent):
        preflight = Preflight.objects.create(account=account, dispatched_at=now() - timedelta(hours=1))
        tasks.dispatch()

        assert sent == [preflight.pk]

    def test_what_a_worker_left_is_told_again(self, account, sent):
        preflight = Preflight.objects.create(account=account, state="running", started_at=now() - timedelta(hours=1))
        tasks.dispatch()

        assert sent == [preflight.pk]

    def test_a_bug_is_seen(self, account, sent, monkeypatch):
        def fail(account):
            raise ZeroDivisionError

        monkeypatch.setattr(sync_preflight, "check", fail)
        with pytest.raises(ZeroDivisionError):
            tasks.run_preflight(tasks.enqueue_preflight(account).pk)

        assert Preflight.objects.get().state == "failed"
