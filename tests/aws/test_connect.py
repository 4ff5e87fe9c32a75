"""What a crawl's connection keeps to: the rates that the settings name, shared by all connections of the process."""

from __future__ import annotations

import pytest

from inventory.aws.rate.limiter import StoppedWaitingError
from inventory.models import Account
from inventory.sync.connect import connect, rate_limiter
from tests.aws.syncing import ACCESS, ACCOUNT_ID, REGION

ONCE_IN_100_S = 0.01
RATES = {"AWS_CALLS_PER_SECOND": 1000, "AWS_CALLS_PER_SECOND_FLOOR": 0.5, "AWS_CALLS_PER_SECOND_CEILING": 1000}


@pytest.fixture(autouse=True)
def limited(monkeypatch, demo_aws, settings, tmp_path):
    """A limiter of the settings of this test, that nobody has asked before."""
    for name, value in {**ACCESS, "AWS_ENDPOINT_URL": demo_aws.url}.items():
        monkeypatch.setenv(name, value)
    for name, value in RATES.items():
        setattr(settings, name, value)
    settings.DATA_DIR = tmp_path
    rate_limiter.cache_clear()
    yield
    rate_limiter.cache_clear()


def waits(operation="list_pipelines"):
    """Whether the second of two calls, of two connections, is made to wait."""
    for _ in range(2):
        connection = connect(Account(account_id=ACCOUNT_ID), REGION, stop=lambda: True)
        try:
            getattr(connection.sagemaker, operation)()
        except StoppedWaitingError:
            return True
    return False


def test_a_call_waits_for_the_rate_of_its_account_and_region(settings):
    settings.AWS_CALLS_PER_SECOND = settings.AWS_CALLS_PER_SECOND_FLOOR = ONCE_IN_100_S

    assert waits()


def test_a_high_rate_makes_nobody_wait():
    assert not waits()


def test_no_rate_begins_below_the_floor(settings):
    settings.AWS_CALLS_PER_SECOND = ONCE_IN_100_S
    settings.AWS_CALLS_PER_SECOND_FLOOR = 1000

    assert not waits()


def test_no_rate_begins_above_the_ceiling(settings):
    settings.AWS_CALLS_PER_SECOND_FLOOR = settings.AWS_CALLS_PER_SECOND_CEILING = ONCE_IN_100_S

    assert waits()


@pytest.mark.parametrize("name", ["ListPipelines", "list"])
def test_an_operation_waits_for_a_rate_of_its_own_or_of_its_class(settings, name):
    settings.AWS_CALLS_PER_SECOND_OF = {name: ONCE_IN_100_S}

    assert waits("list_pipelines")


@pytest.mark.parametrize("name", ["ListPipelines", "describe", "search"])
def test_other_operations_do_not(settings, name):
    settings.AWS_CALLS_PER_SECOND_OF = {name: ONCE_IN_100_S}

    assert not waits("list_domains")
