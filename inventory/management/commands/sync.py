"""Sync in the foreground: the same path as the workers', without a worker or a broker."""

from __future__ import annotations

import sys
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from inventory import sync
from inventory.aws.regions import is_region_name
from inventory.checks import TAG as RATES
from inventory.models import Sync, SyncPart
from inventory.sync.foreground import Foreground
from inventory.sync.scope import Scope

if TYPE_CHECKING:
    from argparse import ArgumentParser

BAR_WIDTH = 30


class Command(BaseCommand):
    help = "Sync from AWS in this process. Exit status: 0 all is ok, 3 some regions are not, 1 nothing is."
    requires_system_checks = (RATES,)  # those of pages and endpoints, which it lacks, take longer than a small sync

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--account", default="", help="12 digits or a configured name; all accounts without it")
        parser.add_argument("--region", action="append", default=[], help="may be given several times; all without it")
        parser.add_argument("--pipeline", default="", help="the name or ARN of one pipeline")

    def handle(self, *, account: str, region: list[str], pipeline: str, **_: Any) -> None:
        for name in region:
            if not is_region_name(name):
                raise CommandError(f"'{name}' is not the name of a region.")
        requested, created = sync.request(
            Scope(account, tuple(region), pipeline), trigger=Sync.Trigger.COMMAND, user=None
        )
        parts = sync.plan(requested.pk) if created else sync.take_up(requested)
        requested.refresh_from_db()
        if not (parts or created) and requested.is_active:
            raise CommandError(f"Workers carry out a sync of the same scope already: {requested.pk}.")
        self._carry_out(requested)
        requested.refresh_from_db()
        self.stdout.write(self._summary(requested))
        sys.exit(_exit_status(requested))

    def _carry_out(self, requested: Sync) -> None:
        def cancel() -> None:
            Sync.objects.cancel(requested.pk)
            self.stderr.write("Stopping at the next step ...")

        foreground = Foreground(requested, lambda: self._draw(requested))
        foreground.carry_out(cancel)
        self._draw(requested, end="\n")
        if foreground.killed:
            self.stderr.write("A process of this sync was killed. The next sync goes on from what is stored.")

    def _draw(self, requested: Sync, end: str = "") -> None:
        """A progress bar, where somebody looks."""
        if not self.stdout.isatty():
            return
        parts = list(requested.parts.all())
        done, total = sum(part.done for part in parts), sum(part.total for part in parts) or 1
        over = sum(part.state == SyncPart.State.FINISHED for part in parts)
        filled = BAR_WIDTH * min(done, total) // total
        bar = "#" * filled + "." * (BAR_WIDTH - filled)
        calls = sum(sum(part.api_calls.values()) for part in parts)
        line = f"\r[{bar}] {done}/{total} pipelines, {over}/{len(parts)} parts, {calls} calls "
        self.stdout.write(line, ending=end)
        self.stdout.flush()

    def _summary(self, requested: Sync) -> str:
        parts = list(requested.parts.select_related("account"))
        regions = {(part.account_id, part.region) for part in parts}
        not_ok = {(part.account_id, part.region) for part in parts if part.outcome != SyncPart.Outcome.OK}
        calls = sum(sum(part.api_calls.values()) for part in parts)
        failed = "".join(f"; {line}" for line in _failures(parts))
        pipelines = sum(part.done for part in parts)
        counts = f"{len(regions - not_ok)} of {len(regions)} regions ok, {pipelines} pipelines, {calls} calls"
        problem = f"; {requested.problem}" if requested.problem else ""
        return f"Sync {requested.pk} {requested.state}: {counts}{failed}{problem}"


def _failures(parts: list[SyncPart]) -> list[str]:
    """What went wrong, said once though it went wrong in several accounts."""
    accounts: dict[tuple[str, str], list[str]] = defaultdict(list)
    for part in parts:
        if part.outcome != SyncPart.Outcome.OK:
            accounts[part.region, f"{part.outcome or part.state}: {part.error}"].append(part.account.account_id)
    several = len({part.account_id for part in parts}) > 1
    return [
        f"{region} of {', '.join(sorted(set(ids)))} {said}" if several else f"{region} {said}"
        for (region, said), ids in accounts.items()
    ]


def _exit_status(requested: Sync) -> int:
    return {Sync.State.SUCCEEDED: 0, Sync.State.PARTIAL: 3}.get(Sync.State(requested.state), 1)
