"""Classes of operations and the rates given to them."""

from __future__ import annotations

import pytest

from inventory.aws.rate.classes import RateKey, RateSettings, operation_class, parse_rates
from inventory.aws.rate.law import Bounds


@pytest.mark.parametrize(
    ("operation", "service", "expected"),
    [
        ("Search", "sagemaker", "search"),
        ("ListPipelineExecutionSteps", "sagemaker", "list"),
        ("DescribeTrainingJob", "sagemaker", "describe"),
        ("BatchDescribeModelPackage", "sagemaker", "describe"),
        ("QueryLineage", "sagemaker", "other"),
        ("GetBucketEncryption", "s3", "s3"),
        ("GetCallerIdentity", "sts", "sts"),
    ],
)
def test_operations_have_a_class(operation, service, expected):
    assert operation_class(operation, service) == expected


def test_an_operation_with_a_rate_is_a_class_of_its_own():
    key = RateSettings(per_operation={"ListTags": 3.0}).key("123456789012", "us-east-1", "sagemaker", "ListTags")
    assert key == RateKey("123456789012", "us-east-1", "ListTags", "sagemaker")


def test_classes_of_a_service_share_the_account_and_region():
    settings = RateSettings()
    keys = [settings.key("123456789012", "us-east-1", "sagemaker", name) for name in ("Search", "ListTags")]
    assert {key.shared for key in keys} == {"123456789012:us-east-1:sagemaker"}


def test_services_share_nothing():
    assert RateKey("1", "us-east-1", "s3", "s3").shared != RateKey("1", "us-east-1", "list").shared


def test_a_service_with_higher_limits_starts_higher():
    assert (RateSettings().bounds("s3").start, RateSettings().bounds("sagemaker").start) == (100, 10)


def test_the_start_is_within_floor_and_ceiling():
    assert RateSettings(start=10, ceiling=4).bounds("sagemaker") == Bounds(4, 0.5, 4)


def test_a_given_rate_is_start_and_ceiling():
    assert RateSettings(per_operation={"Search": 0.2}).class_bounds("Search") == Bounds(0.2, 0.2, 0.2)


def test_a_class_without_a_given_rate_has_no_bounds():
    assert RateSettings().class_bounds("search") is None


def test_rates_are_read_from_text():
    assert parse_rates(" Search=1,ListPipelines = 2.5 ,") == {"Search": 1.0, "ListPipelines": 2.5}


@pytest.mark.parametrize("text", ["Search", "Search=fast", "Search=0", "Search=-1", "Search=nan", "=1", "Search=inf"])
def test_what_is_no_rate_is_named(text):
    with pytest.raises(ValueError, match="is not an operation and its calls per second"):
        parse_rates(text)
