"""Pruning in the foreground: the same as the daily task's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand

from inventory import sync
from inventory.sync.prunable import count_prunable

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    help = "Delete what is older than RETENTION_DAYS and SYNC_KEEP_DAYS, as beat does daily."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="say how many rows would go, and delete nothing")

    def handle(self, *, dry_run: bool, **_: Any) -> None:
        rows = count_prunable() if dry_run else sync.prune()
        verb = "Would delete" if dry_run else "Deleted"
        for label, count in sorted(rows.items()):
            self.stdout.write(f"{verb} {count} of {label}.")
        if not rows:
            self.stdout.write("Nothing is old enough to be deleted.")
