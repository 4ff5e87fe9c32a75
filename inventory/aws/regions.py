"""Regions: which exist for SageMaker, and which an account has enabled."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

import botocore.session
from botocore.exceptions import UnknownRegionError

from inventory.aws.errors import AWSError, translated_errors
from inventory.aws.paging import pages

if TYPE_CHECKING:
    from inventory.aws.client import Connection

REGION_NAME = re.compile(r"^[a-z]{2,5}(-[a-z]+)+-\d+$")
ENABLED = ("ENABLED", "ENABLED_BY_DEFAULT")


def is_region_name(text: str) -> bool:
    """Whether a text has the form of a region's name.

    >>> is_region_name("us-gov-west-1"), is_region_name("us_east_1")
    (True, False)
    """
    return bool(REGION_NAME.match(text))


@cache
def available_regions(partition: str = "aws") -> list[str]:
    """The regions in which SageMaker exists, as far as this SDK knows."""
    return sorted(_catalog().get_available_regions("sagemaker", partition_name=partition))


def partition_of(region: str) -> str:
    """The partition that a region's name is of; "" when it is of none that is known.

    >>> partition_of("us-gov-west-1"), partition_of("nowhere-1")
    ('aws-us-gov', '')
    """
    try:
        return str(_catalog().get_partition_for_region(region))
    except UnknownRegionError:
        return ""


@cache
def lists_regions(partition: str) -> bool:
    """Whether the account service, which tells what is enabled, has an endpoint in the partition."""
    return bool(_catalog().get_available_regions("account", partition, allow_non_regional=True))


@cache
def _catalog() -> botocore.session.Session:
    """Reading what exists where takes a quarter of a second; each session does it anew."""
    return botocore.session.Session()


def crawl_enabled_regions(connection: Connection) -> list[str] | None:
    """The regions that the account has enabled; None when nobody may tell us. Some always are: none tells nothing."""
    ways = (_by_account, _by_ec2) if lists_regions(partition_of(connection.region)) else (_by_ec2,)
    for way in ways:
        try:
            names = way(connection)
        except AWSError:
            continue
        if names:
            return names
    return None


def _by_account(connection: Connection) -> list[str]:
    """The account service has one endpoint per partition, which botocore finds from each of its regions."""
    call = connection.client("account").list_regions
    listed = pages("ListRegions", call, "Regions", MaxResults=50, RegionOptStatusContains=list(ENABLED))
    return sorted(raw["RegionName"] for page in listed for raw in page)


def _by_ec2(connection: Connection) -> list[str]:
    with translated_errors("DescribeRegions"):
        answer = connection.client("ec2").describe_regions()
    return sorted(raw["RegionName"] for raw in answer.get("Regions", []))
