"""Regions: which exist for SageMaker, and which an account has enabled."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

import botocore.session

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


@cache
def _catalog() -> botocore.session.Session:
    """Reading what exists where takes a quarter of a second; each session does it anew."""
    return botocore.session.Session()


def crawl_enabled_regions(connection: Connection) -> list[str] | None:
    """The regions that the account has enabled; None when nobody may tell us."""
    try:
        return _by_account(connection)
    except AWSError:
        pass
    try:
        with translated_errors("DescribeRegions"):
            answer = connection.client("ec2").describe_regions()
    except AWSError:
        return None
    return sorted(raw["RegionName"] for raw in answer.get("Regions", [])) or None


def _by_account(connection: Connection) -> list[str]:
    call = connection.client("account", "us-east-1").list_regions
    listed = pages("ListRegions", call, "Regions", MaxResults=50, RegionOptStatusContains=list(ENABLED))
    return sorted(raw["RegionName"] for page in listed for raw in page)
