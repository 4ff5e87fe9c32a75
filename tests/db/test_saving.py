"""Documents are stored with their bodies only where these changed."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lineage.models import LineageDocument
from lineage.saving import save_documents


@pytest.fixture
def document(make_pipeline):
    values = {"definition_body": b"{}", "execution_body": b"{}", "digest": "same", "outdated": 1}
    return LineageDocument.objects.create(pipeline=make_pipeline("churn"), **values)


def updates_of(document):
    with CaptureQueriesContext(connection) as captured:
        save_documents([document])
    return [query["sql"] for query in captured.captured_queries if " SET " in query["sql"]]


def test_bodies_that_did_not_change_are_not_written(document):
    [update] = updates_of(document)
    assert "definition_body" not in update


def test_a_document_whose_bodies_did_not_change_is_no_longer_outdated(document):
    save_documents([document])
    document.refresh_from_db()
    assert document.outdated == 0


def test_bodies_that_changed_are_written(document):
    document.definition_body, document.digest = b"[]", "other"
    save_documents([document])
    document.refresh_from_db()
    assert (bytes(document.definition_body), document.digest) == (b"[]", "other")


def test_a_document_that_changed_meanwhile_stays_outdated(document):
    LineageDocument.objects.filter(pk=document.pk).update(outdated=2)
    save_documents([document])
    document.refresh_from_db()
    assert document.outdated == 2
