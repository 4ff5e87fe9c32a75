"""One operation fails, in every way in which it may: what was complete stays, the rest is named and healed."""

from __future__ import annotations

import pytest

from tests.aws.faulting import Estate, complaints, is_current, lineage, missing, read_demo, runs
from tests.aws.syncing import run

pytestmark = pytest.mark.django_db(transaction=True)
BY_SEARCH = (
    "ListPipelines",
    "ListDomains",
    "Search",
    "DescribePipeline",
    "ListPipelineExecutionSteps",
    "DescribePipelineDefinitionForExecution",
    "DescribeTrainingJob",
    "DescribeProcessingJob",
    "GetObject",
    "ListBuckets",
    "GetBucketVersioning",
)
ONE_BY_ONE = ("GetResources", "ListTags", "ListPipelineExecutions", "ListPipelineParametersForExecution")
DENIED = [(name, "AccessDeniedException") for name in (*BY_SEARCH, *ONE_BY_ONE)]
# Other ways, where a search, a description, steps, a job, a report and a bucket are concerned.
OTHERWISE = [
    ("Search", "Garbage"),
    ("DescribePipeline", "Cut"),
    ("ListPipelineExecutionSteps", "ThrottlingException"),
    ("DescribePipelineDefinitionForExecution", "Reset"),
    ("DescribeTrainingJob", "ExpiredTokenException"),
    ("DescribeTrainingJob", "Garbage"),
    ("GetObject", "InternalFailure"),
    ("GetBucketVersioning", "SlowDown"),
]


@pytest.fixture
def estate(demo_aws, create_pipeline, monkeypatch, settings):
    read_demo(demo_aws, monkeypatch, settings)
    return Estate(demo_aws, create_pipeline)


@pytest.mark.parametrize(("operation", "way"), [*DENIED, *OTHERWISE])
def test_a_failing_operation_costs_nothing_that_was_known(estate, client, settings, operation, way):
    settings.SYNC_USE_SEARCH = operation not in ONE_BY_ONE
    assert run().state == "succeeded"
    estate.change()
    estate.demo_aws.faults.add(way, action=operation)
    run()

    status, known = lineage(client, "churn")
    assert status == 200
    assert set(runs(known).values()) == {"Succeeded"}
    assert is_current(client) or any(operation in text for text in complaints())
    assert missing() == []

    estate.demo_aws.faults.clear()
    assert run().state == "succeeded"
    assert complaints() == []
    assert is_current(client)
