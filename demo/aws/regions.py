"""Which regions the demo account has switched on, and account:ListRegions, which moto lacks."""

from __future__ import annotations

import threading

from moto.account.responses import AccountResponse
from moto.core.responses import ActionResult

from .paging import page
from .traffic import Call, Fault

# As in a new account: opt-in regions are off, the others cannot be switched off.
DEFAULT_STATUS = {
    **dict.fromkeys(
        (
            *("us-east-1", "us-east-2", "us-west-1", "us-west-2", "ca-central-1", "sa-east-1"),
            *("eu-central-1", "eu-north-1", "eu-west-1", "eu-west-2", "eu-west-3"),
            *("ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1", "ap-southeast-1", "ap-southeast-2"),
        ),
        "ENABLED_BY_DEFAULT",
    ),
    **dict.fromkeys(
        ("af-south-1", "ap-east-1", "eu-south-1", "il-central-1", "me-central-1", "me-south-1"), "DISABLED"
    ),
}
# What a service says to credentials of an account that has not enabled the region.
CODE_WHEN_DISABLED = {"sts": "InvalidClientTokenId", "ec2": "AuthFailure", "s3": "InvalidAccessKeyId"}


class Regions:
    """The opt status by region; until it is set every region answers, as in moto."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._status: dict[str, str] | None = None

    def set(self, status: dict[str, str]) -> None:
        """Regions not named are DISABLED."""
        with self._lock:
            self._status = dict.fromkeys(DEFAULT_STATUS, "DISABLED") | status

    def clear(self) -> None:
        with self._lock:
            self._status = None

    def status(self) -> dict[str, str]:
        return self._status or DEFAULT_STATUS

    def refuses(self, region: str) -> bool:
        return self._status is not None and self._status.get(region) == "DISABLED"


REGIONS = Regions()


def disabled_fault(call: Call) -> Fault | None:
    if call.service == "account" or not REGIONS.refuses(call.region):
        return None
    return Fault(CODE_WHEN_DISABLED.get(call.service, "UnrecognizedClientException"))


class DemoAccountResponse(AccountResponse):
    """The account service, with its regions."""

    def list_regions(self) -> ActionResult:
        wanted = self._get_param("RegionOptStatusContains") or []
        regions = [
            {"RegionName": name, "RegionOptStatus": status}
            for name, status in sorted(REGIONS.status().items())
            if not wanted or status in wanted
        ]
        found, token = page(regions, self._get_param("NextToken"), self._get_param("MaxResults"), default=50)
        return ActionResult({"Regions": found, "NextToken": token})
