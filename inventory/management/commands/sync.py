"""Sync in the foreground: the same path as the workers', without a worker or a broker."""

from __future__ import annotations

import logging
import sys
from concurrent.futures import ThreadPoolExecutor, wait
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from inventory import sync
from inventory.aws.regions import is_region_name
from inventory.models import Sync, SyncPart
from inventory.sync.scope import Scope

if TYPE_CHECKING:
    from argparse import ArgumentParser

PARALLEL_REGIONS = 4
BAR_WIDTH = 30
logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Sync from AWS in this process. Exit status: 0 all is ok, 3 some regions are not, 1 nothing is."

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
        if not (parts or created):
            raise CommandError(f"Workers carry out a sync of the same scope already: {requested.pk}.")
        self._carry_out(requested, [part.pk for part in parts])
        requested.refresh_from_db()
        self.stdout.write(self._summary(requested))
        sys.exit(_exit_status(requested))

    def _carry_out(self, requested: Sync, part_ids: list[int]) -> None:
        """Side by side in threads. Ctrl-C asks them to stop, and waits: what is stored is whole."""
        with ThreadPoolExecutor(PARALLEL_REGIONS) as pool:
            running = [pool.submit(_execute, part_id) for part_id in part_ids]
            try:
                while wait(running, timeout=0.5).not_done:
                    self._draw(part_ids)
            except KeyboardInterrupt:
                Sync.objects.cancel(requested.pk)
                self.stderr.write("Stopping at the next step ...")
        self._draw(part_ids, end="\n")
        for future in running:
            if bug := future.exception():
                logger.error("A part of the sync ended with a bug.", exc_info=bug)

    def _draw(self, part_ids: list[int], end: str = "") -> None:
        """A progress bar, where somebody looks."""
        if not self.stdout.isatty():
            return
        parts = list(SyncPart.objects.filter(pk__in=part_ids))
        done, total = sum(part.done for part in parts), sum(part.total for part in parts) or 1
        over = sum(part.state == SyncPart.State.FINISHED for part in parts)
        filled = BAR_WIDTH * min(done, total) // total
        bar = "#" * filled + "." * (BAR_WIDTH - filled)
        calls = sum(sum(part.api_calls.values()) for part in parts)
        line = f"\r[{bar}] {done}/{total} pipelines, {over}/{len(parts)} regions, {calls} calls "
        self.stdout.write(line, ending=end)
        self.stdout.flush()

    def _summary(self, requested: Sync) -> str:
        parts = list(requested.parts.all())
        ok = sum(part.outcome == SyncPart.Outcome.OK for part in parts)
        calls = sum(sum(part.api_calls.values()) for part in parts)
        failed = "".join(f"; {part.region} {part.outcome}: {part.error}" for part in parts if part.outcome != "ok")
        pipelines = sum(part.done for part in parts)
        counts = f"{ok} of {len(parts)} regions ok, {pipelines} pipelines, {calls} calls"
        problem = f"; {requested.problem}" if requested.problem else ""
        return f"Sync {requested.pk} {requested.state}: {counts}{failed}{problem}"


def _execute(part_id: int) -> None:
    try:
        sync.execute(part_id)
    finally:
        connections.close_all()


def _exit_status(requested: Sync) -> int:
    return {Sync.State.SUCCEEDED: 0, Sync.State.PARTIAL: 3}.get(Sync.State(requested.state), 1)
