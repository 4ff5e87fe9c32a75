"""Search that is behind: what it does not show is looked up by listing, and listings are gone by for a while."""

from __future__ import annotations

from datetime import UTC, timedelta
from functools import partialmethod

import pytest
from django.utils.timezone import now

from demo.aws.state import backend_of, state_of
from inventory.aws.client import Connection
from inventory.models import Execution, Pipeline, Region
from inventory.sync.region import TRY_STALE_SEARCH_AGAIN
from tests.aws.syncing import ACCESS, ACCOUNT_ID, REGION, run, training

pytestmark = pytest.mark.django_db(transaction=True)
RUNNING = {"Train": {"status": "Executing"}}
LISTED = {"ListPipelines": 1, "ListDomains": 1}
BY_SEARCH = LISTED | {"Search": 2}
BY_LISTINGS = LISTED | {"GetResources": 1}
LOOKED_UP = {"ListPipelineExecutions": 1, "ListPipelineExecutionSteps": 1, "DescribeTrainingJob": 1}


@pytest.fixture(autouse=True)
def credentials(monkeypatch, demo_aws, settings):
    for name, value in {**ACCESS, "AWS_ENDPOINT_URL": demo_aws.url}.items():
        monkeypatch.setenv(name, value)
    settings.SYNC_REGIONS = [REGION]
    settings.SYNC_REGISTRY = False
    monkeypatch.setattr(Connection, "__init__", partialmethod(Connection.__init__, attempts=1))


@pytest.fixture
def running(demo_aws, create_pipeline):
    """Churn executes since three hours ago; what fraud did a moment ago is the last that Search has shown."""
    for name in ("churn", "fraud"):
        create_pipeline(name, training())
        demo_aws.amend(name, modified=ago(days=9).isoformat())
    arn = demo_aws.run("churn", execution_id="abc", start=ago(hours=3).isoformat(), steps=RUNNING)
    shown = demo_aws.run("fraud", start=ago(hours=4).isoformat(), pace=0)
    execution_of(shown).last_modified = naive(ago(seconds=1))
    run()
    Pipeline.objects.update(synced_at=ago(hours=2))
    return arn


@pytest.fixture
def calls():
    """What a sync asks for, S3 left out: operation -> calls."""

    def calls():
        [part] = run().parts.all()
        return {name: count for name, count in part.api_calls.items() if "Bucket" not in name}

    return calls


def ago(**span):
    return now() - timedelta(**span)


def end(arn, at, shown_at):
    """In AWS: the step ended, and so did the execution; Search has it that it changed at `shown_at`."""
    execution = execution_of(arn)
    execution.status, execution.last_modified = "Succeeded", naive(shown_at)
    for step in execution.steps:
        step |= {"StepStatus": "Succeeded", "EndTime": naive(at)}


def execution_of(arn):
    return state_of(backend_of(ACCOUNT_ID, REGION)).executions[arn]


def naive(moment):
    return moment.astimezone(UTC).replace(tzinfo=None)


def status():
    return Pipeline.objects.get(name="churn").latest_execution.status


def is_stale():
    return Region.objects.get().search_stale_at is not None


def test_what_search_shows_minutes_late_is_within_the_overlap(running, calls):
    end(running, ago(minutes=9), shown_at=ago(minutes=9))
    found = calls()
    assert "ListPipelineExecutions" not in found
    assert (found["Search"], status(), is_stale()) == (2, "Succeeded", False)


def test_an_end_that_search_does_not_show_is_looked_up(running, calls):
    end(running, ago(hours=1), shown_at=ago(hours=1))
    assert calls() == BY_SEARCH | LOOKED_UP
    assert status() == "Succeeded"


def test_search_that_was_stale_is_left_alone_for_a_while(running, calls):
    end(running, ago(hours=1), shown_at=ago(hours=1))
    calls()
    assert calls() == BY_LISTINGS
    Region.objects.update(search_stale_at=ago(seconds=1) - TRY_STALE_SEARCH_AGAIN)
    assert calls()["Search"] == 2
    assert calls() == BY_SEARCH


def test_an_execution_whose_last_step_has_just_ended_is_not_looked_up(running, calls):
    end(running, ago(seconds=5), shown_at=ago(hours=1))
    execution_of(running).status = "Executing"
    found = calls()
    assert found.get("ListPipelineExecutions", 0) == 0
    assert (found["ListPipelineExecutionSteps"], is_stale()) == (1, False)


@pytest.mark.parametrize(("minutes", "stale"), [(30, True), (2, False)])
def test_search_is_stale_where_it_does_not_show_what_began_long_ago(running, calls, demo_aws, minutes, stale):
    arn = demo_aws.run("fraud", execution_id="new", start=ago(minutes=minutes).isoformat(), pace=0)
    execution_of(arn).last_modified = naive(ago(hours=3))
    assert calls()["ListPipelineExecutions"] == 1
    assert (Execution.objects.get(arn=arn).steps_complete, is_stale()) == (True, stale)


def test_search_that_is_tried_again_tells_of_what_it_missed(running, calls, demo_aws):
    """Listings do not: the execution is not the newest of its pipeline."""
    missed = demo_aws.run("fraud", execution_id="missed", start=ago(hours=5).isoformat(), pace=0)
    execution_of(missed).last_modified = naive(ago(hours=2))
    end(running, ago(hours=1), shown_at=ago(hours=1))
    calls()
    assert not Execution.objects.filter(arn=missed).exists()
    Region.objects.update(search_stale_at=ago(seconds=1) - TRY_STALE_SEARCH_AGAIN)
    calls()
    assert Execution.objects.get(arn=missed).steps_complete
