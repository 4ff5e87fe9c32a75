"""An account and how the service gets into it, from the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from inventory.aws.sessions import HOME_REGIONS
from inventory.models import Account

if TYPE_CHECKING:
    from argparse import ArgumentParser

FIELDS = ("name", "role_arn", "external_id", "profile", "partition")


class Command(BaseCommand):
    help = "Add an account, or change how it is entered, and check what it permits."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("account", help="its 12 digits")
        parser.add_argument("--name", help="what people call it")
        parser.add_argument("--role-arn", help="a role of the account to assume")
        parser.add_argument("--external-id", help="what the role's trust policy asks for")
        parser.add_argument("--profile", help="a local AWS profile; the default credentials without it")
        parser.add_argument("--partition", choices=HOME_REGIONS, help="that of the role, or aws")
        parser.add_argument("--no-preflight", action="store_true", help="ask AWS nothing")

    def handle(self, *, account: str, no_preflight: bool, **options: Any) -> None:
        given = {name: options[name] for name in FIELDS if options[name] is not None}
        row, created = _put(account, given)
        self.stdout.write(f"{'Added' if created else 'Changed'} {row}.")
        if not no_preflight:
            call_command("preflight", account=row.account_id, stdout=self.stdout, stderr=self.stderr)


def _put(account_id: str, given: dict[str, str]) -> tuple[Account, bool]:
    """The row, and whether it is new; what is not given stays. Raises CommandError when a value cannot be right."""
    row = Account.objects.filter(account_id=account_id).first() or Account(account_id=account_id)
    created = row.pk is None
    named = given.get("role_arn", "").split(":")[1:2]
    if named and named[0] in HOME_REGIONS:
        given.setdefault("partition", named[0])
    for name, value in given.items():
        setattr(row, name, value)
    try:
        row.full_clean()
    except ValidationError as error:
        raise CommandError("; ".join(_sentences(error))) from error
    row.save()
    return row, created


def _sentences(error: ValidationError) -> list[str]:
    return [f"{name}: {' '.join(messages)}" for name, messages in error.message_dict.items()]
