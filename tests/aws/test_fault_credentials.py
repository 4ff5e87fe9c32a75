"""Credentials that expire in the middle of a crawl: what was read is stored, the outcome says why the rest is not."""

from __future__ import annotations

import pytest

from inventory.models import Region
from tests.aws.faulting import Estate, complaints, is_current, lineage, missing, read_demo, runs
from tests.aws.syncing import run

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def estate(demo_aws, create_pipeline, monkeypatch, settings):
    read_demo(demo_aws, monkeypatch, settings)
    return Estate(demo_aws, create_pipeline)


@pytest.mark.parametrize("after", [0, 2, 6, 14])
def test_credentials_that_expire_deny_the_part_and_heal(estate, client, after):
    run()
    estate.change()
    estate.demo_aws.faults.add("ExpiredTokenException", after=after)
    part = run().parts.get()

    assert (part.outcome, part.error_class) == ("denied", "ExpiredTokenException")
    assert "renew them" in part.error
    assert Region.objects.get().status == "denied"
    status, known = lineage(client, "churn")
    assert (status, set(runs(known).values()), known["cache"]["stale"]) == (200, {"Succeeded"}, True)
    assert missing() == []

    estate.demo_aws.faults.clear()
    assert run().state == "succeeded"
    assert is_current(client)
    assert complaints() == []


def test_nothing_more_is_asked_with_expired_credentials(estate):
    run()
    estate.change()
    estate.demo_aws.calls.clear()
    estate.demo_aws.faults.add("ExpiredTokenException", action="DescribePipeline")
    run()

    assert estate.demo_aws.calls.count(action="ListBuckets") == 0
