"""Bytes of definitions that a crawl holds at once: as many as it may, however many definitions are long."""

from __future__ import annotations

import gc

import pytest

from inventory.models import Pipeline
from inventory.signals import facts_changed
from inventory.sync import reading
from inventory.sync.work import Work
from tests.aws.syncing import ACCESS, REGION, run, training

pytestmark = pytest.mark.django_db(transaction=True)
LENGTH, PIPELINES = 50_000, 24
MOST_TEXT = 7 * LENGTH  # two a batch


@pytest.fixture
def held(monkeypatch):
    """How many characters of definitions were in memory, each time that facts were stored."""
    lengths = []

    def measure(**_):
        gc.collect()
        texts = {id(work.definition_text): len(work.definition_text) for work in gc.get_objects() if type(work) is Work}
        lengths.append(sum(texts.values()))

    monkeypatch.setattr(reading, "MOST_TEXT", MOST_TEXT)
    monkeypatch.setattr(reading, "FIRST", 2)
    facts_changed.connect(measure, weak=False)
    yield lengths
    facts_changed.disconnect(measure)


def test_texts_in_memory_do_not_grow_with_the_number_of_long_definitions(
    held, monkeypatch, demo_aws, settings, create_pipeline
):
    for name, value in {**ACCESS, "AWS_ENDPOINT_URL": demo_aws.url}.items():
        monkeypatch.setenv(name, value)
    settings.SYNC_REGIONS = [REGION]
    for number in range(PIPELINES):
        create_pipeline(f"p{number:02d}", training(f"Train{number}", Description="x" * LENGTH))

    run()

    assert all(len(pipeline.definition.text) > LENGTH for pipeline in Pipeline.objects.all())
    assert LENGTH < max(held) <= MOST_TEXT
