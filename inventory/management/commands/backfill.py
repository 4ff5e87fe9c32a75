"""Back-fill in the foreground: want the steps of older executions, and sync what they belong to."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db.models import F, Q

from inventory import sync
from inventory.aws.records import TERMINAL_EXECUTION_STATUSES
from inventory.aws.regions import is_region_name
from inventory.models import Execution, Pipeline

if TYPE_CHECKING:
    from argparse import ArgumentParser
    from collections.abc import Sequence

    from django.db.models import QuerySet

    from inventory.sync.scope import Scope


class Command(BaseCommand):
    help = "Read the steps and jobs of older executions, in this process."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--account", default="", help="12 digits or a configured name; all accounts without it")
        parser.add_argument("--region", action="append", default=[], help="may be given several times; all without it")
        parser.add_argument("--pipeline", default="", help="the name or ARN of one pipeline")
        parser.add_argument(
            "--count",
            type=int,
            default=settings.SYNC_EXECUTIONS_PER_PIPELINE,
            help="how many executions of each pipeline, the newest of those without steps; default %(default)s",
        )

    def handle(self, *, account: str, region: list[str], pipeline: str, count: int, **options: Any) -> None:
        for name in region:
            if not is_region_name(name):
                raise CommandError(f"'{name}' is not the name of a region.")
        if count < 1:
            raise CommandError("--count must be at least 1.")
        _, scopes = sync.want_steps(sync.newest_without_steps(_pipelines(account, region, pipeline), count))
        if not scopes:
            self.stdout.write("Nothing to back-fill: the steps of all executions that are known are known.")
            return
        total = sum(_wanted(scope).count() for scope in scopes)
        left = sum(self._read(scope) for scope in scopes)
        self.stdout.write(f"Back-filled {total - left} of {total} executions.")
        if left:
            raise CommandError(f"{left} of {total} executions could not be read; they are tried again by each sync.")

    def _read(self, scope: Scope) -> int:
        """Sync until nothing is wanted any more, or a sync has read nothing; how many executions are left."""
        left = _wanted(scope).count()
        before = left + 1
        while 0 < left < before:
            before = left
            with suppress(SystemExit):
                call_command(
                    "sync",
                    account=scope.account,
                    region=list(scope.regions),
                    pipeline=scope.pipeline,
                    stdout=self.stdout,
                    stderr=self.stderr,
                )
            left = _wanted(scope).count()
        return left


def _pipelines(account: str, regions: Sequence[str], pipeline: str) -> QuerySet[Pipeline]:
    found = Pipeline.objects.filter(missing_since=None)
    if account:
        found = found.filter(Q(region__account__account_id=account) | Q(region__account__name=account))
    if regions:
        found = found.filter(region__name__in=regions)
    return found.filter(Q(name=pipeline) | Q(arn=pipeline)) if pipeline else found


def _wanted(scope: Scope) -> QuerySet[Execution]:
    wanted = Execution.objects.filter(
        wants_steps=True,
        status__in=TERMINAL_EXECUTION_STATUSES,
        pipeline__region__account__account_id=scope.account,
        pipeline__region__name__in=scope.regions,
    )
    older = wanted.exclude(pk=F("pipeline__latest_execution"))
    return older.filter(pipeline__name=scope.pipeline) if scope.pipeline else older
