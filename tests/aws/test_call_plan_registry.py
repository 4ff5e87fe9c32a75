"""What crawls cost by default, with the registry, and without Search, in calls by operation against the formulas."""

from __future__ import annotations

import re
from collections import Counter
from datetime import timedelta
from math import ceil

import pytest
from django.utils.timezone import now

from bench.aws.process import BenchAWS
from inventory.models import Account, Region, Sync
from tests.aws.syncing import ACCESS, ACCOUNT_ID, REGION, run

pytestmark = pytest.mark.django_db(transaction=True)
PIPELINES, ENDPOINTS = 120, 2
FEW = 50
S3 = re.compile(r"Bucket|Object|PublicAccessBlock")
JOBS = {
    "DescribeProcessingJob": 2,
    "DescribeTrainingJob": 1,
    "DescribeTransformJob": 1,
    "DescribeModel": 1,
    "DescribeModelPackage": 1,
}


@pytest.fixture(autouse=True)
def account(settings, monkeypatch):
    settings.SYNC_REGIONS = [REGION]
    for name, value in ACCESS.items():
        monkeypatch.setenv(name, value)
    return Account.objects.create(account_id=ACCOUNT_ID)


@pytest.fixture
def estate(monkeypatch):
    """Each pipeline executed once with six jobs, and registered a package in a group of its own and a model."""
    with BenchAWS(pipelines=PIPELINES, endpoints=ENDPOINTS) as aws:
        monkeypatch.setenv("AWS_ENDPOINT_URL", aws.url)
        yield aws


@pytest.fixture
def few(monkeypatch):
    """The same, with 50 pipelines."""
    with BenchAWS(pipelines=FEW) as aws:
        monkeypatch.setenv("AWS_ENDPOINT_URL", aws.url)
        yield aws


def cost():
    finished = run()
    assert finished.state == Sync.State.SUCCEEDED
    calls = Counter(finished.parts.get().api_calls)
    return {name: count for name, count in calls.items() if not S3.search(name)}


def pages(count):
    return max(1, ceil(count / 100))


def of_each_pipeline(count):
    described = {name: count * jobs for name, jobs in JOBS.items()}
    return {"DescribePipeline": count, "ListPipelineExecutionSteps": count} | described


def of_the_registry(count):
    """Listings of 100: of every kind but packages, which Search describes whole."""
    listed = {"ListModelPackageGroups": pages(count), "ListModels": pages(count)}
    few = ("ListEndpointConfigs", "ListEndpoints", "ListInferenceComponents", "ListFeatureGroups")
    return listed | dict.fromkeys(few, 1)


def an_hour_later():
    Region.objects.update(registry_synced_at=now() - timedelta(hours=1))


def test_by_default_a_first_crawl_reads_the_registry_too(estate):
    """Search: tags, executions, packages and models; Describe: endpoints and configs."""
    new = {"DescribeEndpointConfig": ENDPOINTS, "DescribeEndpoint": ENDPOINTS}
    listings = {"ListPipelines": pages(PIPELINES), "ListDomains": 1, "Search": 4 * pages(PIPELINES)}
    assert cost() == listings | of_each_pipeline(PIPELINES) | of_the_registry(PIPELINES) | new


def test_by_default_what_has_not_changed_costs_the_listings_of_the_registry_once_an_hour(estate):
    cost()
    listings = {"ListPipelines": pages(PIPELINES), "ListDomains": 1}
    assert cost() == listings | {"Search": pages(PIPELINES) + 1}  # within the hour: tags, executions
    an_hour_later()
    assert cost() == listings | of_the_registry(PIPELINES) | {"Search": 2 * pages(PIPELINES) + 1}


def test_a_small_registry_adds_seven_calls_an_hour(few):
    cost()
    without = cost()
    an_hour_later()
    assert sum(cost().values()) == sum(without.values()) + 7


@pytest.fixture
def without_registry(settings):
    settings.SYNC_REGISTRY = False


WITHOUT_SEARCH = {
    "ListPipelines": 1,
    "ListDomains": 1,
    "GetResources": 1,
    "ListPipelineExecutions": FEW,
    "ListPipelineParametersForExecution": FEW,
}


def test_a_first_crawl_without_search(few, without_registry, settings):
    """As 5,011 calls are for 500 pipelines: 3 listings, and of each pipeline 4 calls and 6 jobs."""
    settings.SYNC_USE_SEARCH = False
    first = cost()
    assert first == WITHOUT_SEARCH | of_each_pipeline(FEW)
    assert sum(first.values()) == 3 + FEW * (4 + 6)


def test_a_first_crawl_where_search_is_denied_costs_one_call_more(few, without_registry):
    few.configure(faults=[{"operation": "Search", "code": "AccessDeniedException"}])
    assert cost() == WITHOUT_SEARCH | of_each_pipeline(FEW) | {"Search": 1}
