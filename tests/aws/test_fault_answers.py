"""Listings that do not come to an end, or come in pieces: nothing is taken for an empty region."""

from __future__ import annotations

from contextlib import contextmanager

import pytest
from botocore.config import Config

from inventory.aws import client as client_module
from inventory.models import Domain, Pipeline, Region
from tests.aws.faulting import Estate, complaints, is_current, lineage, missing, read_demo
from tests.aws.syncing import run

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def estate(demo_aws, create_pipeline, monkeypatch, settings):
    read_demo(demo_aws, monkeypatch, settings)
    return Estate(demo_aws, create_pipeline)


@contextmanager
def impatience(monkeypatch):
    """Within it, an answer is waited for only half a second."""

    def config(**options):
        return Config(**{**options, "read_timeout": 0.5})

    with monkeypatch.context() as patch:
        patch.setattr(client_module, "Config", config)
        yield


@pytest.mark.parametrize(
    ("way", "named"),
    [
        ("Endless", "EndlessListing"),
        ("Cut", "ConnectionClosedError"),
        ("Garbage", "TruncatedResponse"),
        ("Reset", "ConnectionClosedError"),
        ("Hang", "ReadTimeoutError"),
        ("InternalFailure", "InternalFailure"),  # 500
    ],
)
def test_a_listing_that_cannot_be_read_makes_no_region_empty(estate, client, monkeypatch, way, named):
    run()
    estate.change()
    estate.demo_aws.faults.add(way, action="ListPipelines", seconds=2)
    with impatience(monkeypatch):
        part = run().parts.get()

    assert (part.outcome, part.error_class) == ("unreachable", named)
    assert Region.objects.get().status == "unreachable"
    status, document = lineage(client, "churn")
    assert (status, document["cache"]["stale"], document["cache"]["problem"]) == (200, True, part.error)
    assert missing() == []

    estate.demo_aws.faults.clear()
    assert run().state == "succeeded"
    assert complaints() == []
    assert is_current(client)


@pytest.mark.parametrize("operation", ["ListPipelines", "ListDomains", "ListPipelineExecutionSteps"])
def test_an_empty_page_is_not_the_end(estate, client, operation):
    run()
    estate.change()
    estate.demo_aws.faults.add("EmptyPage", action=operation, times=1)

    assert run().state == "succeeded"
    assert missing() == []
    assert complaints() == []
    assert is_current(client)


def test_a_throttling_storm_keeps_what_is_known_and_passes(estate, client):
    run()
    estate.change()
    estate.demo_aws.faults.add("ThrottlingException", after=1)
    part = run().parts.get()

    assert part.throttles > 0
    assert part.problems
    assert lineage(client, "churn")[0] == 200
    assert missing() == []

    estate.demo_aws.faults.clear()
    assert run().state == "succeeded"
    assert complaints() == []
    assert is_current(client)


def test_a_region_that_loses_everything_is_believed_only_by_a_whole_listing(estate):
    run()
    estate.demo_aws.client("sagemaker").delete_pipeline(PipelineName="churn", ClientRequestToken="x" * 32)
    estate.demo_aws.faults.add("Cut", service="sagemaker")
    run()
    assert missing() == []

    estate.demo_aws.faults.clear()
    run()
    assert (Pipeline.objects.get().missing_since is None, Domain.objects.get().missing_since) == (False, None)
