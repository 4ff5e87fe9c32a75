"""Linking what is deployed to who made it, while others write."""

from __future__ import annotations

from threading import Thread

import pytest
from django.db import connection
from django.utils.timezone import now

from inventory.models import Account, Execution, Job, Model, StepExecution
from inventory.sync import makers

pytestmark = pytest.mark.django_db(transaction=True)
NAMES = ("churn", "fraud", "risk")


@pytest.fixture
def made(region, make_pipeline):
    """Models that one execution made, not linked to it yet."""
    moment = now()
    execution = Execution.objects.create(pipeline=make_pipeline(), arn="arn:execution/1", start_time=moment)
    for name in NAMES:
        row = {"region": region, "name": name, "arn": f"arn:model/{name}", "created_at": moment, "read_at": moment}
        Model.objects.create(**row)
        job = Job.objects.create(**row, kind="Model")
        StepExecution.objects.create(execution=execution, name=name, job=job)
    return execution


@pytest.fixture
def others_write(monkeypatch):
    """Another connection commits after each batch."""
    link = makers._link_deployed

    def link_and_let_others_write(*arguments):
        link(*arguments)
        other = Thread(target=_write)
        other.start()
        other.join()

    monkeypatch.setattr(makers, "BATCH", 1)
    monkeypatch.setattr(makers, "_link_deployed", link_and_let_others_write)


def _write():
    Account.objects.update(name=str(now()))
    connection.close()


def test_every_model_is_linked_though_others_write_meanwhile(region, made, others_write):
    makers.link_to_makers(region)
    assert list(Model.objects.values_list("execution_id", flat=True)) == [made.pk] * len(NAMES)
