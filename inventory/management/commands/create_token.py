"""A token for a client of the API."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError
from knox.models import AuthToken

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    help = "Create a token of a user and print it, once: only its hash is stored. Send it as 'Authorization: Token …'."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("user", help="the user's name")
        parser.add_argument("--days", type=int, help="after how many days it expires; never by default")

    def handle(self, *, user: str, days: int | None, **options: Any) -> str:
        if days is not None and days < 1:
            raise CommandError("--days must be at least 1.")
        owner = get_user_model().objects.filter(username=user).first()
        if owner is None:
            raise CommandError(f"There is no user '{user}'. Create one with manage.py createsuperuser or in the admin.")
        _, token = AuthToken.objects.create(owner, expiry=timedelta(days=days) if days else None)
        return str(token)
