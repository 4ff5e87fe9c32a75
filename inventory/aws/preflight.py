"""Which of the needed permissions an account gives us, region by region, before a sync needs them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING

from botocore import xform_name

from inventory.aws.client import Connection
from inventory.aws.errors import AWSError, ErrorKind, translated_errors
from inventory.aws.findings import (
    ALLOWED,
    DENIED,
    DISABLED,
    GLOBAL,
    UNKNOWN,
    UNSUPPORTED,
    Finding,
    PreflightRecord,
    assemble,
)
from inventory.aws.probes import FIRST, OF_A_BUCKET, OF_A_REGION, OF_THE_ACCOUNT, Probe
from inventory.aws.regions import lists_regions
from inventory.aws.sessions import identify

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from inventory.aws.sessions import Access, Identity

ATTEMPTS = 3
THREADS = 16
SHOWN_BUCKETS = 3
STATES = {
    ErrorKind.DENIED: DENIED,
    ErrorKind.DISABLED: DISABLED,
    ErrorKind.UNSUPPORTED: UNSUPPORTED,
    ErrorKind.THROTTLED: UNKNOWN,
    ErrorKind.UNREACHABLE: UNKNOWN,
    ErrorKind.CREDENTIALS: UNKNOWN,
}


def crawl_preflight(access: Access, regions: Sequence[str]) -> PreflightRecord:
    """Probe everything, in threads. What AWS does not answer is part of the record; nothing is raised."""
    try:
        identity = identify(access)
    except AWSError as error:
        return PreflightRecord(problem=_why_not_entered(error))
    if identity.account_id != access.account_id:
        problem = f"The credentials are of account {identity.account_id}: give this one a role or a profile."
        return PreflightRecord(identity=identity.arn, problem=problem)
    with ThreadPoolExecutor(THREADS) as pool:
        findings = list(_Preflight(access, identity, pool).findings(regions))
    return assemble(findings, regions, identity.arn)


class _Preflight:
    def __init__(self, access: Access, identity: Identity, pool: ThreadPoolExecutor) -> None:
        self._access = access
        self._identity = identity
        self._pool = pool

    def findings(self, regions: Sequence[str]) -> Iterable[Finding]:
        """A region whose first probe has no answer is asked nothing more."""
        connections = [Connection(self._access, region, attempts=ATTEMPTS) for region in regions]
        firsts = list(self._pool.map(partial(self._probe, FIRST), connections))
        yield from firsts
        answering = [
            connection
            for connection, first in zip(connections, firsts, strict=True)
            if first.state in (ALLOWED, DENIED)
        ]
        others = [(probe, connection) for connection in answering for probe in OF_A_REGION if probe is not FIRST]
        yield from self._pool.map(lambda pair: self._probe(*pair), others)
        yield from self._of_the_account()

    def _of_the_account(self) -> Iterable[Finding]:
        home = Connection(self._access, self._access.home_region, attempts=ATTEMPTS)
        yield from self._pool.map(lambda probe: self._probe_account(probe, home), OF_THE_ACCOUNT)
        buckets = _some_buckets(home)
        if buckets:
            yield from self._pool.map(lambda probe: self._probe_buckets(probe, home, buckets), OF_A_BUCKET)

    def _probe_account(self, probe: Probe, home: Connection) -> Finding:
        """As a sync asks: not where the partition lacks the service."""
        if probe.service == "account" and not lists_regions(self._access.partition):
            return Finding(probe.action, GLOBAL, UNSUPPORTED)
        return self._probe(probe, home, place=GLOBAL)

    def _probe_buckets(self, probe: Probe, home: Connection, buckets: Sequence[tuple[str, str]]) -> Finding:
        """Denied when each of some buckets denies it: one alone may have a policy of its own against us."""
        for bucket, region in buckets:
            found = self._probe(probe, home, place=GLOBAL, bucket=bucket, region=region)
            if found.state != DENIED:
                break
        return found

    def _probe(
        self, probe: Probe, connection: Connection, *, place: str = "", bucket: str = "", region: str = ""
    ) -> Finding:
        """Make the call. Whatever AWS says of what we asked for, it let us ask, unless it says that it did not."""
        place = place or connection.region
        names = {"partition": self._identity.partition, "account": self._identity.account_id}
        arguments = probe.filled(**names, region=connection.region, bucket=bucket)
        try:
            with translated_errors(probe.operation):
                getattr(connection.client(probe.service, region), xform_name(probe.operation))(**arguments)
        except AWSError as error:
            state = STATES.get(error.kind, ALLOWED)
            return Finding(probe.action, place, state, is_explicit=_is_explicit(error), problem=error.message)
        return Finding(probe.action, place, ALLOWED)


def _some_buckets(home: Connection) -> list[tuple[str, str]]:
    """A few of the account's buckets and their regions; none when they may not be listed."""
    try:
        with translated_errors("ListBuckets"):
            listed = home.s3(home.region).list_buckets(MaxBuckets=SHOWN_BUCKETS)
    except AWSError:
        return []
    return [(raw["Name"], raw.get("BucketRegion", "")) for raw in listed.get("Buckets", [])]


def _is_explicit(error: AWSError) -> bool:
    """AWS tells in words whether a deny stands against a call, or whether nothing allows it."""
    return error.kind is ErrorKind.DENIED and "explicit deny" in str(error.__cause__)


def _why_not_entered(error: AWSError) -> str:
    if error.operation != "AssumeRole" or error.kind is not ErrorKind.DENIED:
        return error.message
    return (
        "The account's role may not be assumed: the service needs sts:AssumeRole on it, and the role's trust policy "
        "must name the service and its external ID; docs/operations.md shows both."
    )
