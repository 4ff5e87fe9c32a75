"""What the accounts permit, in the foreground: the same check as the workers', as a table."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from inventory.aws.errors import AWSError
from inventory.aws.findings import ALLOWED, DENIED, UNREACHABLE
from inventory.aws.regions import is_region_name
from inventory.sync.plan import accounts_named
from inventory.sync.preflight import check, keep

if TYPE_CHECKING:
    from argparse import ArgumentParser
    from collections.abc import Iterator

    from inventory.aws.findings import PreflightRecord
    from inventory.models import Account

NOT_ASKED = ""


class Command(BaseCommand):
    help = (
        "Check which of the needed actions are denied, by region, and print the policy that mends it. "
        "Exit status: 0 all are allowed, 3 some are denied, 1 nothing is reachable."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--account", default="", help="12 digits or a configured name; all accounts without it")
        parser.add_argument("--region", action="append", default=[], help="may be given several times; all without it")

    def handle(self, *, account: str, region: list[str], verbosity: int = 1, **_: Any) -> None:
        for name in region:
            if not is_region_name(name):
                raise CommandError(f"'{name}' is not the name of a region.")
        try:
            accounts = list(accounts_named(account))
        except AWSError as error:
            raise CommandError(error.message) from error
        if not accounts:
            raise CommandError(f"No account is configured for '{account}'.")
        sys.exit(_exit_status({self._check(one, tuple(region), verbosity) for one in accounts}))

    def _check(self, account: Account, regions: tuple[str, ...], verbosity: int) -> str:
        record = check(account, regions)
        if not regions:
            keep(account, record)
        lines = list(report(account, record))
        self.stdout.write("\n".join(lines if verbosity else lines[:1]))
        return record.state


def report(account: Account, record: PreflightRecord) -> Iterator[str]:
    """The lines that tell a person what was found."""
    yield f"{account}: {record.state}"
    if record.identity:
        yield f"  as {record.identity}"
    if record.problem:
        yield f"  {record.problem}"
    if record.matrix:
        yield from _table(record)
    yield from (f"  {place.name}: {place.problem}" for place in record.places if place.problem)
    if record.policy:
        yield "  The smallest policy that mends it:"
        yield json.dumps(record.policy, indent=2)


def _table(record: PreflightRecord) -> Iterator[str]:
    names = [place.name for place in record.places]
    rows = [("", *names)]
    rows += [(action, *(states.get(name, NOT_ASKED) for name in names)) for action, states in record.matrix.items()]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def _exit_status(states: set[str]) -> int:
    if DENIED in states or states == {ALLOWED, UNREACHABLE}:
        return 3
    return 0 if states == {ALLOWED} else 1
