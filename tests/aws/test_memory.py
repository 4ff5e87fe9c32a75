"""What a crawl holds at once depends on its batches, never on the number of pipelines."""

from __future__ import annotations

import gc

import pytest

from inventory.models import Pipeline
from inventory.signals import facts_changed
from inventory.sync import reading
from inventory.sync.work import Work
from tests.aws.syncing import ACCESS, REGION, run, training

pytestmark = pytest.mark.django_db(transaction=True)
BATCH, BATCHES = 4, 8
HELD = 3  # one that is stored, one that is read, one that was begun


@pytest.fixture
def held(monkeypatch):
    """How many pipelines' work was in memory, each time that facts were stored."""
    counts = []

    def count(**_):
        gc.collect()
        counts.append(sum(type(each) is Work for each in gc.get_objects()))

    monkeypatch.setattr(reading, "BATCH", BATCH)
    monkeypatch.setattr(reading, "FIRST", BATCH)
    facts_changed.connect(count, weak=False)
    yield counts
    facts_changed.disconnect(count)


@pytest.fixture(autouse=True)
def estate(monkeypatch, demo_aws, settings, create_pipeline):
    for name, value in {**ACCESS, "AWS_ENDPOINT_URL": demo_aws.url}.items():
        monkeypatch.setenv(name, value)
    settings.SYNC_REGIONS = [REGION]
    for number in range(BATCH * BATCHES):
        create_pipeline(f"p{number:02d}", training())


def test_a_crawl_holds_a_few_batches_of_work_at_most(held):
    run()
    assert not Pipeline.objects.filter(definition=None).exists()
    assert 0 < max(held) <= HELD * BATCH


def test_of_long_definitions_it_holds_fewer(held, monkeypatch):
    monkeypatch.setattr(reading, "MOST_TEXT", 1)
    run()
    assert not Pipeline.objects.filter(definition=None).exists()
    after_the_first = held[len(held) // 2 :]
    assert 0 < max(after_the_first) <= HELD
