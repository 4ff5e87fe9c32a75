"""The service in one terminal, against a demo AWS that holds a company's estate."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from lineage_site.demo_environment import ADMIN, FOREIGN, account_options, demo_environment, write_credentials
from lineage_site.embedded import (
    MANAGE,
    START_SECONDS,
    answers,
    any_free_port,
    base_url,
    port_is_free,
    service_programs,
)
from lineage_site.program import Program
from lineage_site.supervisor import Supervisor, SupervisorError

if TYPE_CHECKING:
    from argparse import ArgumentParser
    from pathlib import Path

LOOPBACK = "127.0.0.1"
CREATE_ADMIN = (*MANAGE, "createsuperuser", "--no-input")
ADMIN_EXISTS = 1
SYNCED = (0, 3)  # 3: the estate has a region that denies SageMaker, on purpose
BANNER = """
The demo is up: {url}/
Admin:  {url}/admin/  (admin / admin)

  curl -s '{url}/inventory?regions=us-east-1'
  curl -s '{url}/lineage?pipeline=fraud-train-daily&region=us-east-1&includeLatestExec=true'
  curl -s '{url}/lineage/by-domain?region=us-east-1&domain=risk-office'

Ctrl-C ends it.
"""


class Command(BaseCommand):
    help = "Start the demo AWS, load its estate, sync it and run the service on it until Ctrl-C. Needs no AWS account."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8000, help="of the web server (default 8000)")

    def handle(self, *, port: int, **options: Any) -> None:
        if not port_is_free(LOOPBACK, port):
            raise CommandError(f"Port {port} of {LOOPBACK} is in use. Choose another with --port.")
        data_dir = settings.DATA_DIR / "demo"
        (data_dir / "static").mkdir(parents=True, exist_ok=True)
        write_credentials(data_dir)
        aws_port = any_free_port()
        for name in FOREIGN:
            os.environ.pop(name, None)
        os.environ.update(demo_environment(data_dir, base_url(LOOPBACK, aws_port)))
        try:
            with Supervisor(self.stdout.write) as supervisor:
                self._run(supervisor, port, aws_port, data_dir / "synced")
        except SupervisorError as error:
            raise CommandError(str(error)) from error

    def _run(self, supervisor: Supervisor, port: int, aws_port: int, synced: Path) -> None:
        known = synced.exists()
        if not (self._start_aws(supervisor, aws_port) and self._prepare(supervisor, synced)):
            return
        for program in service_programs(LOOPBACK, port):
            supervisor.start(program)
        if supervisor.wait_until(lambda: answers(LOOPBACK, port, "/health"), START_SECONDS, "The web server"):
            self.stdout.write(BANNER.format(url=base_url(LOOPBACK, port)))
            again = ("sync",) if known else ("preflight", "--verbosity=0")
            supervisor.start(Program(again[0], (*MANAGE, *again), lasting=False))
            supervisor.run()

    def _start_aws(self, supervisor: Supervisor, port: int) -> bool:
        """The demo AWS keeps all in memory: started again it would be empty, so it is started once."""
        self.stdout.write("Starting the demo AWS and loading its estate ...")
        supervisor.start(Program("aws", (sys.executable, "-m", "demo.aws", f"--port={port}"), lasting=False))
        loader = (sys.executable, "-m", "demo.estate.load", f"--endpoint={base_url(LOOPBACK, port)}")
        return supervisor.wait_until(
            lambda: answers(LOOPBACK, port, "/demo-api/calls"), START_SECONDS, "The demo AWS"
        ) and self._finish(supervisor, loader)

    def _prepare(self, supervisor: Supervisor, synced: Path) -> bool:
        """Database, administrator, accounts and first sync. `synced` marks that only the first is to do."""
        if not self._finish(supervisor, (*MANAGE, "migrate", "--no-input", "--verbosity=0")):
            return False
        if synced.exists():
            return True
        self.stdout.write("Creating the administrator and the accounts, and syncing the estate ...")
        if not self._finish(supervisor, CREATE_ADMIN, (0, ADMIN_EXISTS)):
            return False
        for options in account_options():
            if not self._finish(supervisor, (*MANAGE, "add_account", *options, "--no-preflight")):
                return False
        code = supervisor.run_to_end(Program("sync", (*MANAGE, "sync")))
        if code in SYNCED:
            synced.touch()
        elif code is not None:
            self.stdout.write("The first sync did not succeed; the worker tries again.")
        return code is not None

    def _finish(self, supervisor: Supervisor, command: tuple[str, ...], accepted: tuple[int, ...] = (0,)) -> bool:
        """Run a command to its end; False when a signal asked for the end of all."""
        code = supervisor.run_to_end(Program("setup", command, ADMIN))
        if code is not None and code not in accepted:
            raise CommandError(f"{' '.join(command[1:])} ended with code {code}.")
        return code is not None
