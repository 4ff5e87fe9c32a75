"""Many rows at once: by executemany, and on PostgreSQL by COPY from a number of rows on."""

from __future__ import annotations

import pytest

from inventory.models import Bucket
from inventory.sync import rows
from inventory.sync.rows import insert_rows, update_rows

KEY = ("account_id", "name")


@pytest.fixture(params=[1, 1_000], ids=["copied", "executed"])
def many(request, monkeypatch):
    monkeypatch.setattr(rows, "COPY_FROM", request.param)


def stored():
    return dict(Bucket.objects.values_list("name", "tags"))


def test_new_rows_are_inserted(many, account):
    insert_rows([Bucket(account=account, name=name, tags={"team": name}) for name in ("lake", "models")])
    assert stored() == {"lake": {"team": "lake"}, "models": {"team": "models"}}


def test_a_row_that_was_stored_meanwhile_is_updated(many, account):
    known = Bucket.objects.create(account=account, name="lake", tags={"team": "old"}, encryption="aws:kms")
    insert_rows([Bucket(account=account, name="lake", tags={"team": "new"}, encryption="AES256")], KEY, ("tags",))
    row = Bucket.objects.get()
    assert (row.pk, row.tags, row.encryption) == (known.pk, {"team": "new"}, "aws:kms")


def test_only_the_fields_named_are_updated(account):
    row = Bucket.objects.create(account=account, name="lake", encryption="aws:kms")
    row.encryption, row.versioning = "AES256", "Enabled"
    update_rows([row], ("versioning",))
    row.refresh_from_db()
    assert (row.encryption, row.versioning) == ("aws:kms", "Enabled")


def test_what_a_field_would_change_is_changed(many, account):
    """Only values of a plain field's own type go to the database as they are."""
    insert_rows([Bucket(account=account, name=5)])
    assert Bucket.objects.get().name == "5"


def test_no_rows_ask_the_database_nothing(account, django_assert_num_queries):
    with django_assert_num_queries(0):
        insert_rows([])
        update_rows([], ("versioning",))
