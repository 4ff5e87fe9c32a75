"""The registries and what is deployed, below /api/v1."""

from __future__ import annotations

import pytest
from django.utils.timezone import now

from inventory.models import Endpoint, ModelContainer, ModelPackage, ProductionVariant
from tests.web.deployed import deploy

LISTS = ["model-package-groups", "model-packages", "feature-groups", "models", "endpoint-configs", "endpoints"]
LISTS += ["inference-components"]


@pytest.fixture
def estate(facts):
    """`estate(1)`: endpoint e1 and all below it, in region us-east-1."""

    def make(number):
        region = facts.region(f"us-east-{number}")
        execution = facts.execution(facts.pipeline(f"p{number}", region))
        package = ModelPackage.objects.create(
            region=region, arn=f"package/{number}", group_name=f"g{number}", version=number, read_at=now(),
            approval_status="Approved", model_data_url=f"s3://lake/{number}", description={"a": 1},
        )  # fmt: skip
        return deploy(region, number, execution, package)

    return make


def results(api, path, **parameters):
    response = api.get(f"/api/v1/{path}", parameters)
    assert response.status_code == 200, response.content
    return response.json()["results"]


def names(api, path, **parameters):
    return [row.get("name") or row["groupName"] for row in results(api, path, **parameters)]


@pytest.mark.parametrize("path", LISTS)
def test_queries_do_not_grow(client, settings, estate, path, django_assert_max_num_queries):
    settings.API_ANONYMOUS_READ = True
    for number in range(1, 6):
        estate(number)

    with django_assert_max_num_queries(3):
        assert len(results(client, path)) == 5


@pytest.mark.parametrize("path", LISTS)
def test_a_detail_is_one_of_the_list_with_its_description(api, estate, path):
    estate(1)
    [listed] = results(api, path)

    detail = api.get(f"/api/v1/{path}/{listed['id']}").json()

    assert listed.items() <= detail.items()
    assert set(detail) - set(listed) == {"description"}


@pytest.mark.parametrize("path", LISTS)
def test_they_are_read_only(api, estate, path):
    assert api.post(f"/api/v1/{path}", {}).status_code in {403, 405}


def test_an_endpoint_is_followed_to_the_execution_that_registered_its_package(api, estate):
    estate(1)
    [endpoint] = results(api, "endpoints")

    config = api.get(f"/api/v1/endpoint-configs/{endpoint['endpointConfig']}").json()
    model = api.get(f"/api/v1/models/{config['variants'][0]['model']}").json()
    package = api.get(f"/api/v1/model-packages/{model['containers'][0]['modelPackage']}").json()
    execution = api.get(f"/api/v1/executions/{package['execution']}").json()

    assert (execution["pipelineName"], package["executionArn"]) == ("p1", execution["arn"])


@pytest.mark.parametrize(
    ("path", "parameters", "found"),
    [
        *[(path, {"region": "us-east-2"}, 1) for path in LISTS],
        *[(path, {"account": "123456789012"}, 2) for path in LISTS],
        *[(path, {"account": "210987654321"}, 0) for path in LISTS],
        *[(path, {"name": "2"}, 1) for path in LISTS],
        *[(path, {"missing": "true"}, 0) for path in LISTS],
        *[(path, {"missing": "false"}, 2) for path in LISTS],
        ("endpoints", {"status": "InService"}, 2),
        ("endpoints", {"status": "Failed"}, 0),
        ("inference-components", {"status": "InService"}, 2),
        ("feature-groups", {"offlineS3Uri": "s3://lake/features/2"}, 1),
        ("model-packages", {"modelDataUrl": "s3://lake/1"}, 1),
        ("endpoints", {"modifiedAfter": "2020-01-01T00:00:00Z"}, 2),
        ("models", {"ordering": "-name"}, 2),
    ],
)
def test_lists_are_filtered(api, estate, path, parameters, found):
    estate(1)
    estate(2)

    assert len(results(api, path, **parameters)) == found


@pytest.mark.parametrize(
    ("path", "parameter", "of"),
    [
        ("endpoints", "modelPackage", "model-packages"),
        ("endpoints", "model", "models"),
        ("endpoints", "endpointConfig", "endpoint-configs"),
        ("endpoints", "execution", "executions"),
        ("endpoint-configs", "model", "models"),
        ("models", "modelPackage", "model-packages"),
        ("model-packages", "execution", "executions"),
        ("inference-components", "endpoint", "endpoints"),
        ("inference-components", "model", "models"),
    ],
)
def test_what_uses_something_is_found_by_its_id(api, estate, path, parameter, of):
    estate(1)
    estate(2)
    [wanted, _] = sorted(row["id"] for row in results(api, of))

    [found] = results(api, path, **{parameter: wanted})

    assert found["region"] == "us-east-1"


def test_what_names_something_unknown_still_names_it(api, estate):
    estate(1)
    unknown = "arn:aws:sagemaker:us-east-1:123456789012:{}/gone"
    Endpoint.objects.update(config_id=unknown.format("endpoint-config"), config_name="gone")
    ProductionVariant.objects.update(model_id=unknown.format("model"), model_name="gone")
    ModelContainer.objects.update(package_id=unknown.format("model-package"))
    ModelPackage.objects.update(execution_id=unknown.format("pipeline"))

    [endpoint], [config] = results(api, "endpoints"), results(api, "endpoint-configs")
    [model], [package] = results(api, "models"), results(api, "model-packages")

    assert (endpoint["endpointConfig"], endpoint["endpointConfigName"]) == (None, "gone")
    assert (config["variants"][0]["model"], config["variants"][0]["modelName"]) == (None, "gone")
    assert model["containers"][0]["modelPackage"] is None
    assert model["containers"][0]["modelPackageArn"].endswith("model-package/gone")
    assert (package["execution"], package["executionArn"][-4:]) == (None, "gone")


def test_the_admin_shows_what_names_something_unknown(operator, estate):
    endpoint = estate(1)
    Endpoint.objects.update(config_id="arn:gone", config_name="gone-config")

    for page in ("", f"{endpoint.pk}/change/"):
        response = operator.get(f"/admin/inventory/endpoint/{page}")
        assert response.status_code == 200
        assert "gone-config" in response.text
