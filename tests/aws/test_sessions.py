"""Ways into accounts: credentials, profiles, roles."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from inventory.aws.client import Connection
from inventory.aws.errors import AWSError, ErrorKind
from inventory.aws.sessions import Access, identify, sessions
from inventory.models import Account

OWN = "123456789012"
OTHER = "210987654321"
ROLE = f"arn:aws:iam::{OTHER}:role/lineage-reader"
ROLE_IN_CHINA = f"arn:aws-cn:iam::{OTHER}:role/lineage-reader"


def test_a_role_leads_into_its_account(connection):
    assert identify(Access(OTHER, role_arn=ROLE, external_id="acme-42")).account_id == OTHER


def test_a_role_is_assumed_once_for_many_clients(connection, demo_aws):
    reached = Connection(Access(OTHER, role_arn=f"{ROLE}-b"), "us-east-1", attempts=1)
    demo_aws.calls.clear()
    reached.sagemaker.list_pipelines()
    reached.s3("us-east-1").list_buckets()

    assert demo_aws.calls.count(action="AssumeRole") == 1


def test_a_role_that_may_not_be_assumed_says_so(connection, demo_aws):
    demo_aws.faults.add("AccessDenied", service="sts", action="AssumeRole")

    with pytest.raises(AWSError) as caught:
        identify(Access(OTHER, role_arn=f"{ROLE}-c"))

    assert (caught.value.kind, caught.value.operation) == (ErrorKind.DENIED, "AssumeRole")
    assert "allow sts:AssumeRole" in caught.value.message


def test_another_accounts_credentials_are_refused(connection):
    with pytest.raises(AWSError) as caught:
        sessions.verify(Access("999999999999"))

    assert caught.value.message == (
        f"The credentials are of account {OWN}, not of 999999999999: give it a role or a profile."
    )


def test_who_was_verified_is_not_asked_again(connection, demo_aws):
    sessions.verify(Access(OWN))
    demo_aws.calls.clear()
    sessions.verify(Access(OWN))

    assert demo_aws.calls.count() == 0


def test_times_are_in_utc(connection, create_pipeline):
    create_pipeline("churn")

    [summary] = connection.sagemaker.list_pipelines()["PipelineSummaries"]
    assert str(summary["CreationTime"].tzinfo) == "UTC"


@pytest.mark.parametrize("role", [f"arn:aws:iam::{OWN}:role/reader", f"arn:aws-cn:iam::{OTHER}:role/reader", "reader"])
def test_a_role_is_of_its_account_and_partition(role):
    with pytest.raises(ValidationError, match=f"a role of account {OTHER} in aws"):
        Account(account_id=OTHER, role_arn=role).clean()


@pytest.mark.parametrize(
    ("configured", "access", "host"),
    [
        ("us-east-1", Access(OTHER, "aws-cn", external_id="key"), "sts.cn-north-1.amazonaws.com.cn"),
        ("us-east-1", Access(OTHER, "aws-cn", role_arn=ROLE_IN_CHINA), "sts.cn-north-1.amazonaws.com.cn"),
        ("cn-northwest-1", Access(OTHER, "aws-cn", external_id="northwest"), "sts.cn-northwest-1.amazonaws.com.cn"),
        ("us-east-1", Access(OTHER, "aws-us-gov"), "sts.us-gov-west-1.amazonaws.com"),
        ("eu-west-1", Access(OTHER, external_id="ireland"), "sts.eu-west-1.amazonaws.com"),
        ("cn-north-1", Access(external_id="own"), "sts.cn-north-1.amazonaws.com.cn"),
        ("nowhere-1", Access(OTHER, external_id="nowhere"), "sts.us-east-1.amazonaws.com"),
    ],
    ids=["keys", "role", "own-region", "govcloud", "of-aws", "whose-they-are-is-asked", "no-region"],
)
def test_sts_is_asked_in_the_configured_region_of_the_account_s_partition(
    asked_hosts, monkeypatch, configured, access, host
):
    monkeypatch.setenv("AWS_DEFAULT_REGION", configured)
    sessions.forget(access)

    with pytest.raises(AWSError):
        identify(access)

    assert set(asked_hosts) == {host}
