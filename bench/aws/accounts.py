"""Who and where: STS, the regions by EC2 and Account, and tags by the tagging service."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import orjson

from bench.aws import cbor
from bench.aws.answers import Answer, Call, CallError
from bench.aws.estate import REGIONS
from bench.aws.names import Names

if TYPE_CHECKING:
    from bench.aws.estate import Estate

ARN = "arn:aws:sagemaker:{region}:{account}:pipeline/{name}"


def query_operation(body: bytes) -> str:
    """The operation of a request in the query protocol."""
    return parse_qs(body.decode()).get("Action", [""])[0]


def sts(call: Call) -> Answer:
    if call.operation != "GetCallerIdentity":
        raise CallError("InvalidAction", f"The bench does not know {call.operation}.")
    arn = f"arn:aws:iam::{call.account}:user/bench"
    identity = f"<Arn>{arn}</Arn><UserId>AIDABENCH</UserId><Account>{call.account}</Account>"
    text = f"<GetCallerIdentityResult>{identity}</GetCallerIdentityResult>"
    return Answer(f"<GetCallerIdentityResponse>{text}</GetCallerIdentityResponse>".encode(), 200, "text/xml")


def ec2(call: Call) -> Answer:
    if call.operation != "DescribeRegions":
        raise CallError("InvalidAction", f"The bench does not know {call.operation}.")
    items = "".join(
        f"<item><regionName>{name}</regionName><optInStatus>opt-in-not-required</optInStatus></item>"
        for name in REGIONS
    )
    text = f"<DescribeRegionsResponse><regionInfo>{items}</regionInfo></DescribeRegionsResponse>"
    return Answer(text.encode(), 200, "text/xml")


def account(_: Call) -> Answer:
    regions = [{"RegionName": name, "RegionOptStatus": "ENABLED_BY_DEFAULT"} for name in REGIONS]
    return Answer(orjson.dumps({"Regions": regions}), 200, "application/json")


class Tagging:
    """GetResources, in CBOR or in JSON, as it was asked."""

    def __init__(self, estate: Estate) -> None:
        self._estate = estate
        self._names = Names(estate)

    def answer(self, call: Call) -> Answer:
        if call.operation != "GetResources":
            raise CallError("UnknownOperationException", f"The bench does not know {call.operation}.")
        is_cbor = call.headers.get("smithy-protocol") == "rpc-v2-cbor"
        arguments = (cbor.loads if is_cbor else orjson.loads)(call.body) if call.body else {}
        found = self._resources(call, arguments)
        if is_cbor:
            return Answer(cbor.dumps(found), 200, "application/cbor", (("smithy-protocol", "rpc-v2-cbor"),))
        return Answer(orjson.dumps(found))

    def _resources(self, call: Call, arguments: dict[str, Any]) -> dict[str, Any]:
        start = int(arguments.get("PaginationToken") or 0)
        total = self._estate.shape.pipelines
        end = min(total, start + int(arguments.get("ResourcesPerPage") or 50))
        found = [self._resource(self._names.of_pipeline(call, index)) for index in range(start, end)]
        return {"ResourceTagMappingList": found, "PaginationToken": str(end) if end < total else ""}

    def _resource(self, values: dict[str, str]) -> dict[str, Any]:
        domain = "arn:aws:sagemaker:{region}:{account}:domain/{domain}".format(**values)
        tags = [{"Key": "sagemaker:domain-arn", "Value": domain}, {"Key": "team", "Value": "bench"}]
        return {"ResourceARN": ARN.format(**values), "Tags": tags}
