"""System checks: rates that cannot be meant are told before a crawl keeps to them."""

from __future__ import annotations

import pytest
from django.core import checks
from django.core.management import call_command
from django.core.management.base import SystemCheckError

from inventory.aws.policy import needed_actions
from inventory.checks import LIMITED, TAG


@pytest.fixture(autouse=True)
def rates(settings):
    settings.AWS_CALLS_PER_SECOND = 10
    settings.AWS_CALLS_PER_SECOND_FLOOR = 0.5
    settings.AWS_CALLS_PER_SECOND_CEILING = 1000
    settings.AWS_CALLS_PER_SECOND_OF = {}


def said():
    return [(message.id, message.msg, message.hint) for message in checks.run_checks(tags=[TAG])]


def test_the_defaults_are_right():
    assert said() == []


def test_a_floor_is_not_above_the_ceiling(settings):
    settings.AWS_CALLS_PER_SECOND_FLOOR, settings.AWS_CALLS_PER_SECOND_CEILING = 20, 5

    [(name, message, hint)] = said()
    assert name == "inventory.E001"
    assert message == "AWS_CALLS_PER_SECOND_FLOOR, 20, is above AWS_CALLS_PER_SECOND_CEILING, 5."
    assert "raise the ceiling" in hint


@pytest.mark.parametrize(("start", "begins"), [(0.1, "0.5"), (2000, "1000")])
def test_a_rate_that_begins_outside_its_bounds_is_told_where_it_does_begin(settings, start, begins):
    settings.AWS_CALLS_PER_SECOND = start

    [(name, _, hint)] = said()
    assert name == "inventory.W001"
    assert hint.startswith(f"Crawls begin at {begins} calls per second")


@pytest.mark.parametrize(
    ("written", "meant"),
    [("ListPipelnes", "ListPipelines"), ("Describe", "describe"), ("xyz", "search, list or describe")],
)
def test_a_rate_of_what_is_never_called_is_refused(settings, written, meant):
    settings.AWS_CALLS_PER_SECOND_OF = {"Search": 1, written: 1}

    [(name, message, hint)] = said()
    assert name == "inventory.E002"
    assert f"'{written}'" in message
    assert f"Did you mean {meant}?" in hint


@pytest.mark.parametrize("name", ["Search", "ListPipelines", "GetObject", "search", "list", "describe", "s3"])
def test_operations_classes_and_other_services_have_rates(settings, name):
    settings.AWS_CALLS_PER_SECOND_OF = {name: 1}

    assert said() == []


def test_every_operation_of_sagemaker_that_the_policy_allows_may_be_named():
    allowed = {action.removeprefix("sagemaker:") for action in needed_actions() if action.startswith("sagemaker:")}

    assert allowed <= LIMITED


def test_no_command_begins_with_rates_that_cannot_be_kept(settings):
    settings.AWS_CALLS_PER_SECOND_FLOOR, settings.AWS_CALLS_PER_SECOND_CEILING = 20, 5

    with pytest.raises(SystemCheckError, match=r"inventory\.E001"):
        call_command("check", tags=[TAG])
