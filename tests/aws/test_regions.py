"""Which regions there are, and which the account has enabled."""

from __future__ import annotations

import pytest

from inventory.aws.client import Connection
from inventory.aws.regions import available_regions, crawl_enabled_regions, is_region_name
from inventory.aws.sessions import Access


@pytest.mark.parametrize(
    ("text", "is_one"),
    [("us-east-1", True), ("us-gov-west-1", True), ("us_east_1", False), ("", False), ("us-east-1/x", False)],
)
def test_a_regions_name_has_a_form(text, is_one):
    assert is_region_name(text) is is_one


def test_the_sdk_knows_where_sagemaker_is():
    regions = available_regions()

    assert {"us-east-1", "eu-west-1"} <= set(regions)
    assert regions == sorted(regions)


def test_another_partition_has_other_regions():
    assert set(available_regions("aws-cn")) == {"cn-north-1", "cn-northwest-1"}


def test_enabled_regions_are_those_of_the_account(connection, demo_aws):
    demo_aws.regions.set({"us-east-1": "ENABLED_BY_DEFAULT", "af-south-1": "ENABLED", "eu-west-1": "ENABLING"})

    assert crawl_enabled_regions(connection) == ["af-south-1", "us-east-1"]


def test_ec2_is_asked_where_the_account_service_refuses(connection, demo_aws):
    demo_aws.faults.add("AccessDeniedException", service="account")

    assert "us-east-1" in crawl_enabled_regions(connection)
    assert connection.calls["DescribeRegions"] == 1


def test_nobody_may_tell_the_regions(connection, demo_aws):
    demo_aws.faults.add("AccessDeniedException", service="account")
    demo_aws.faults.add("UnauthorizedOperation", service="ec2")

    assert crawl_enabled_regions(connection) is None


def test_an_account_without_a_region_tells_nothing(connection, demo_aws):
    demo_aws.regions.set({})
    demo_aws.faults.add("UnauthorizedOperation", service="ec2")

    assert crawl_enabled_regions(connection) is None


@pytest.mark.parametrize(
    ("partition", "hosts"),
    [
        ("aws", ["account.us-east-1.amazonaws.com", "ec2.us-east-1.amazonaws.com"]),
        ("aws-cn", ["account.cn-northwest-1.amazonaws.com.cn", "ec2.cn-north-1.amazonaws.com.cn"]),
        ("aws-us-gov", ["ec2.us-gov-west-1.amazonaws.com"]),
    ],
)
def test_each_partition_has_endpoints_of_its_own(asked_hosts, partition, hosts):
    access = Access("222222222222", partition)

    assert crawl_enabled_regions(Connection(access, access.home_region, attempts=1)) is None
    assert asked_hosts == hosts
