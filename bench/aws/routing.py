"""Which call a request is: by its credential's scope, its target, its form or its path."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bench.aws.accounts import query_operation
from bench.aws.answers import Call
from bench.aws.estate import ACCOUNT
from bench.aws.storage import operation_of

if TYPE_CHECKING:
    from bench.aws.http import Request

SCOPE = re.compile(r"Credential=([^/]+)/\d+/([^/]+)/([^/]+)/")
QUERIES = frozenset({"sts", "ec2"})


def routed(request: Request) -> Call:
    """An access key of twelve digits is the account; any other key is the estate's own."""
    key, region, service = _scope(request.headers.get("authorization", ""))
    account = key if len(key) == 12 and key.isdecimal() else ACCOUNT
    path, _, query = request.target.partition("?")
    if service == "s3" and path.startswith("/v20180820/"):
        service = "s3control"
    operation = _operation(service, request, path, query)
    return Call(service, operation, account, region, request.body, path, query, request.headers)


def _scope(authorization: str) -> tuple[str, str, str]:
    found = SCOPE.search(authorization)
    return (found[1], found[2], found[3]) if found else ("", "us-east-1", "")


def _operation(service: str, request: Request, path: str, query: str) -> str:
    target = request.headers.get("x-amz-target", "")
    if target:
        return target.rpartition(".")[2]
    if service in QUERIES:
        return query_operation(request.body)
    if service == "s3":
        return operation_of(request.method, path, query)
    if service == "s3control":
        return "GetPublicAccessBlock"
    return "ListRegions" if service == "account" else path.rpartition("/")[2]
