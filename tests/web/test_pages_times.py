"""Times in the admin's own pages say that they are UTC, as those of the facts do."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import User
from django_celery_beat.models import PeriodicTask
from knox.models import AuthToken

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)
SHOWN = "2026-01-02 12:00 UTC"


@pytest.fixture
def root(client, db):
    user = User.objects.create_superuser("root")
    client.force_login(user)
    User.objects.update(last_login=NOON, date_joined=NOON)
    return user


@pytest.fixture
def kept(root):
    """The addresses of rows that are not facts and bear times."""
    AuthToken.objects.create(user=root)
    AuthToken.objects.update(created=NOON, expiry=NOON)
    PeriodicTask.objects.update(last_run_at=NOON, start_time=NOON)
    return {
        "user": f"/admin/auth/user/{root.pk}/change/",
        "task": f"/admin/django_celery_beat/periodictask/{PeriodicTask.objects.all()[0].pk}/change/",
    }


@pytest.mark.parametrize("path", ["knox/authtoken/", "django_celery_beat/periodictask/"])
def test_lists_say_utc(client, kept, path):
    assert SHOWN in client.get(f"/admin/{path}").text


def test_what_cannot_be_changed_says_utc(client, kept):
    assert SHOWN in client.get(kept["task"]).text


@pytest.mark.parametrize("page", ["user", "task"])
def test_fields_say_utc(client, kept, page):
    fields = re.findall(r'<p class="datetime">.*?</p>', client.get(kept[page]).text, re.DOTALL)

    assert fields
    assert [field for field in fields if not field.endswith(" UTC\n</p>")] == []


def test_a_history_says_utc(client, root, kept):
    LogEntry.objects.log_actions(root.pk, [root], CHANGE, change_message="Renamed.")
    LogEntry.objects.update(action_time=NOON)

    assert SHOWN in client.get(f"/admin/auth/user/{root.pk}/history/").text
