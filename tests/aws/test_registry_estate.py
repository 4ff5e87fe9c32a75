"""The demo's estate after a sync: what serves is followed to the execution that registered it."""

from __future__ import annotations

import pytest

from demo.estate.load import SERVED, load
from inventory.models import InferenceComponent
from tests.aws.syncing import ACCESS, run

REGIONS = ["us-east-1", "eu-west-1"]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def api(client, settings):
    settings.API_ANONYMOUS_READ = True
    return lambda path, **parameters: client.get(f"/api/v1/{path}", parameters).json()


@pytest.fixture
def synced(monkeypatch, demo_aws, settings):
    for name, value in {**ACCESS, "AWS_ENDPOINT_URL": demo_aws.url}.items():
        monkeypatch.setenv(name, value)
    load(demo_aws.url)
    settings.SYNC_REGIONS = REGIONS
    return run()


def test_an_endpoint_is_followed_to_the_execution_that_registered_its_package(api, synced):
    assert synced.state == "succeeded"
    for region, group, endpoint in SERVED:
        if region in REGIONS:
            assert chain(api, region, endpoint)["groupName"] == group


def test_what_steps_deployed_is_linked_to_their_execution(synced):
    component = InferenceComponent.objects.get(endpoint_name="ticket-router")

    assert {component.execution.pipeline.name, component.endpoint.execution.pipeline.name} == {
        "nlp-ticket-router-deploy"
    }


@pytest.mark.parametrize(
    ("name", "writer", "reader"),
    [
        ("customers-at-risk", "churn-features-daily", "churn-train-weekly"),
        ("card-transactions", "fraud-features-hourly", "fraud-train-daily"),
    ],
)
def test_an_offline_store_lies_where_one_pipeline_writes_and_another_reads(api, synced, name, writer, reader):
    [group] = api("feature-groups", name=name)["results"]

    shared = places(api, writer, "output") & places(api, reader, "input")
    [place] = [uri for uri in shared if group["offlineS3Uri"].startswith(uri)]
    assert [found["name"] for found in api("feature-groups", offlineS3Uri=place)["results"]] == [name]


def places(api, pipeline, direction):
    """The locations that the pipeline reads or writes."""
    uses = api("artifacts/uses", pipeline=pipeline, region="us-east-1", direction=direction)["results"]
    return {use["uri"] for use in uses}


def chain(api, region, name):
    """The package that an endpoint serves, whose execution is one of a pipeline's."""
    [endpoint] = api("endpoints", region=region, name=name)["results"]
    config = api(f"endpoint-configs/{endpoint['endpointConfig']}")
    model = api(f"models/{config['variants'][0]['model']}")
    package = api(f"model-packages/{model['containers'][0]['modelPackage']}")
    assert api(f"executions/{package['execution']}")["region"] == region
    return package
