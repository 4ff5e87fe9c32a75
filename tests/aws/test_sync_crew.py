"""A process carries out several parts side by side while they leave it idle."""

from __future__ import annotations

import logging

import pytest

from inventory import sync
from inventory.models import Region, Sync, SyncPart
from inventory.sync import crew as crew_module
from inventory.sync import shares
from inventory.sync.crew import Core, Crew
from inventory.sync.execute import tell_nobody
from inventory.sync.scope import Scope
from inventory.sync.worker import Worker
from tests.aws.syncing import ACCESS, training

REGIONS = ["eu-west-1", "us-east-1", "us-west-2"]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def aws(demo_aws, monkeypatch, settings):
    for name, value in {**ACCESS, "AWS_ENDPOINT_URL": demo_aws.url}.items():
        monkeypatch.setenv(name, value)
    settings.SYNC_REGIONS = REGIONS
    return demo_aws


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    monkeypatch.setattr(crew_module, "IDLE_SECONDS", 0.5)


@pytest.fixture
def requested():
    planned, _ = sync.request(Scope(), trigger="api")
    sync.plan(planned.pk)
    return planned


@pytest.fixture
def busy(monkeypatch):
    monkeypatch.setattr(Core, "is_idle", lambda _: False)


def crew(**options):
    return Crew(SyncPart.objects.all(), 1, **options)


def side_by_side(parts):
    """Whether each was begun before any of them was over."""
    return max(part.started_at for part in parts) < min(part.finished_at for part in parts)


def test_regions_whose_answers_take_long_are_read_side_by_side(aws, requested):
    aws.faults.add("Hang", action="ListPipelines", seconds=3)
    crew().run()
    requested.refresh_from_db()
    assert requested.state == "succeeded"
    assert side_by_side(requested.parts.all())


def test_a_busy_process_carries_out_one_after_the_other(busy, requested):
    crew().run()
    first, second, third = requested.parts.order_by("started_at")
    assert first.finished_at <= second.started_at
    assert second.finished_at <= third.started_at


def test_two_parts_of_one_region_do_not_share_a_process(aws, create_pipeline, monkeypatch, settings):
    monkeypatch.setattr(shares, "SHARE_FROM", 2)
    monkeypatch.setattr(shares, "FEWEST", 2)
    settings.SYNC_REGIONS = REGIONS[1:2]
    for number in range(4):
        create_pipeline(f"p{number}", training())
    aws.faults.add("Hang", action="DescribePipeline", seconds=0.8)
    sync.plan(sync.request(Scope(), trigger="api")[0].pk)
    crew().run()
    first, second = SyncPart.objects.filter(share__gt=0).order_by("started_at")
    assert first.finished_at <= second.started_at


def test_no_more_are_begun_than_a_process_can_hold(aws, requested, monkeypatch):
    monkeypatch.setattr(crew_module, "MOST_PARTS", 2)
    aws.faults.add("Hang", action="ListPipelines", seconds=2)
    crew().run()
    first, _, third = requested.parts.order_by("started_at")
    assert not side_by_side(requested.parts.all())
    assert first.finished_at <= third.started_at


def test_what_was_begun_is_finished_when_the_crew_is_to_end(requested):
    crew(goes_on=iter([True, False, False]).__next__).run()
    assert sorted(part.state for part in requested.parts.all()) == ["finished", "queued", "queued"]


def test_a_bug_in_one_part_is_logged_and_stops_no_other(requested, monkeypatch, caplog):
    Region.objects.filter(name=REGIONS[0]).delete()
    crew().run()
    requested.refresh_from_db()
    assert requested.state == "partial"
    [record] = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert record.exc_info[0] is Region.DoesNotExist


class TestWorker:
    def test_told_of_one_part_it_carries_out_what_waits(self, requested):
        Worker().work_on(requested.parts.last().pk, tell_nobody)
        requested.refresh_from_db()
        assert requested.state == "succeeded"

    def test_told_of_a_part_that_is_gone_it_does_nothing(self):
        Worker().work_on(1, tell_nobody)

    def test_where_it_is_to_end_it_takes_no_part(self, requested):
        worker = Worker()
        worker.begin()
        worker.end()
        worker.work_on(requested.parts.first().pk, tell_nobody)
        assert set(requested.parts.values_list("state", flat=True)) == {"queued"}

    def test_what_takes_a_moment_needs_no_place(self, requested, create_pipeline):
        create_pipeline("churn", training())
        crew().run()
        one, _ = sync.request(Scope(regions=("us-east-1",), pipeline="churn"), trigger="api")
        [part] = sync.plan(one.pk)
        worker = Worker()
        worker.places.close()
        worker.work_on(part.pk, tell_nobody)
        assert Sync.objects.get(pk=one.pk).state == "succeeded"


@pytest.mark.parametrize(
    ("passed", "worked", "is_idle"),
    [(1.0, 0.1, True), (1.0, 0.3, False), (0.1, 0.0, False)],
    ids=["idle", "busy", "too soon to tell"],
)
def test_a_core_is_idle_when_it_uses_less_than_its_share(monkeypatch, passed, worked, is_idle):
    moments, used = iter([100.0, 100.0 + passed]), iter([7.0, 7.0 + worked])
    monkeypatch.setattr(crew_module.time, "monotonic", lambda: next(moments))
    monkeypatch.setattr(crew_module.time, "process_time", lambda: next(used))
    assert Core(share=0.33).is_idle() == is_idle


def test_what_passed_is_counted_once(monkeypatch):
    moments, used = iter([0.0, 1.0, 2.0]), iter([0.0, 0.0, 1.0])
    monkeypatch.setattr(crew_module.time, "monotonic", lambda: next(moments))
    monkeypatch.setattr(crew_module.time, "process_time", lambda: next(used))
    core = Core(share=1.0)
    assert [core.is_idle(), core.is_idle()] == [True, False]
