"""The service in one terminal, against the AWS account of the default credentials."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from lineage_site.embedded import START_SECONDS, answers, base_url, port_is_free, service_programs
from lineage_site.supervisor import Supervisor, SupervisorError

if TYPE_CHECKING:
    from argparse import ArgumentParser

BANNER = """
The service is up: {url}/
Admin:  {url}/admin/  ({login})

  curl -s {url}/health
  curl -s {url}/health/ready
  curl -s -H "Authorization: Token $(python manage.py create_token USER)" {url}/inventory

Ctrl-C ends it.
"""


class Command(BaseCommand):
    help = "Migrate, then run web, worker and beat under one supervisor until Ctrl-C."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8000, help="of the web server (default 8000)")
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default 127.0.0.1)")

    def handle(self, *, host: str, port: int, **options: Any) -> None:
        if not port_is_free(host, port):
            raise CommandError(f"Port {port} of {host} is in use. Choose another with --port.")
        settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
        call_command("migrate", interactive=False, verbosity=0)
        login = self._login_hint()
        connections.close_all()
        try:
            with Supervisor(self.stdout.write) as supervisor:
                for program in service_programs(host, port):
                    supervisor.start(program)
                if supervisor.wait_until(lambda: answers(host, port, "/health"), START_SECONDS, "The web server"):
                    self.stdout.write(BANNER.format(url=base_url(host, port), login=login))
                    supervisor.run()
        except SupervisorError as error:
            raise CommandError(str(error)) from error

    def _login_hint(self) -> str:
        if get_user_model().objects.filter(is_superuser=True).exists():
            return "sign in with a superuser's account"
        return "no superuser yet: python manage.py createsuperuser"
