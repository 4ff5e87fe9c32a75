"""Raw documents are stored deflated and come back as they were; rows name themselves."""

from __future__ import annotations

import pytest
from django.core import serializers
from django.db import connection
from django.utils.timezone import now

from inventory.fields import CompressedJSONField, CompressedTextField
from inventory.models import Bucket, Definition, Execution, Job, ModelPackage, StepExecution, Sync, WorkerHeartbeat

TEXT = '{"Steps": "한글 ' + "x" * 5_000 + '"}'


@pytest.fixture
def make_job(region):
    def make(**fields):
        return Job.objects.create(region=region, arn="arn", created_at=now(), read_at=now(), name="train-1", **fields)

    return make


@pytest.mark.django_db
def test_a_text_comes_back_as_it_was():
    Definition.objects.create(sha256="a", text=TEXT)
    assert Definition.objects.get().text == TEXT


@pytest.mark.django_db
def test_a_text_takes_less_room_than_it_has_letters():
    Definition.objects.create(sha256="a", text=TEXT)
    with connection.cursor() as cursor:
        cursor.execute("SELECT length(text) FROM inventory_definition")
        assert cursor.fetchone()[0] < len(TEXT) / 10


@pytest.mark.parametrize("value", [{}, {"a": [1, 2.5, None, "é"]}, [], "text", 0])
def test_a_document_comes_back_as_it_was(make_job, value):
    make_job(description=value)
    assert Job.objects.get().description == value


def test_a_document_not_given_is_empty(make_job):
    make_job()
    assert Job.objects.get().description == {}


@pytest.mark.django_db
def test_a_text_not_given_is_empty():
    Definition.objects.create(sha256="a")
    assert Definition.objects.get().text == ""


def test_no_default_shares_its_value():
    assert Job().description is not Job().description


@pytest.mark.parametrize("field", [CompressedTextField(null=True), CompressedJSONField(null=True)])
def test_null_stays_null(field):
    assert field.get_prep_value(None) is None
    assert field.from_db_value(None) is None


def test_a_default_is_kept():
    assert CompressedTextField(default="{}").get_default() == "{}"
    assert CompressedJSONField(default=0).get_default() == 0
    assert CompressedJSONField().get_default() is None


def test_a_dump_can_be_loaded_again(make_job):
    definition = Definition.objects.create(sha256="a", text=TEXT)
    job = make_job(description={"a": [1]})
    dump = serializers.serialize("json", [definition, job])
    Definition.objects.all().delete()
    Job.objects.all().delete()
    for found in serializers.deserialize("json", dump):
        found.save()
    assert Definition.objects.get().text == TEXT
    assert Job.objects.get().description == {"a": [1]}


def test_rows_name_themselves(account, region, make_pipeline, make_domain, make_part, make_job):
    pipeline = make_pipeline()
    execution = Execution(pipeline=pipeline, arn=pipeline.arn + "/execution/e1")
    part = make_part()
    package = ModelPackage(region=region, arn="arn:p", group_name="churn", version=2)
    named = {
        str(account): "123456789012",
        str(region): "us-east-1 of 123456789012",
        str(pipeline): "churn",
        str(make_domain()): "studio (d-1)",
        str(execution): "e1",
        str(make_job()): "train-1",
        str(StepExecution(name="Train")): "Train",
        str(package): "churn/2",
        str(ModelPackage(arn="arn:p")): "arn:p",
        str(Bucket(name="lake")): "lake",
        str(Definition(sha256="0123456789abcdef")): "0123456789ab",
        str(WorkerHeartbeat(worker="a")): "a",
        str(part.sync): f"Sync {part.sync.pk} of region=us-east-1",
        str(part): "us-east-1 of 123456789012",
    }
    assert list(named) == list(named.values())


def test_a_named_account_says_both(account):
    account.name = "research"
    assert str(account) == "research (123456789012)"


@pytest.mark.parametrize(("state", "active"), [("queued", True), ("running", True), ("failed", False)])
def test_a_sync_is_active_until_it_ends(state, active):
    assert Sync(state=state).is_active is active
