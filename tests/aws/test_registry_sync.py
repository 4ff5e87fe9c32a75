"""The registries and what is deployed, from AWS into rows: what is read, at which cost, and how it hangs together."""

from __future__ import annotations

from datetime import timedelta
from functools import partialmethod

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from demo.aws.sagemaker import search
from demo.aws.state import backend_of
from inventory.aws.client import Connection
from inventory.models import (
    Endpoint,
    EndpointConfig,
    Execution,
    FeatureGroup,
    InferenceComponent,
    Model,
    ModelContainer,
    ModelPackage,
    ModelPackageGroup,
    Pipeline,
    Region,
)
from inventory.sync.listed import SeenRows
from inventory.sync.scope import Scope
from lineage.models import LineageDocument
from tests.aws.syncing import ACCESS, ACCOUNT_ID, REGION, known_region, run

pytestmark = pytest.mark.django_db(transaction=True)

LISTINGS = {
    "ListModelPackageGroups": 1,
    "ListFeatureGroups": 1,
    "ListModels": 1,
    "ListEndpointConfigs": 1,
    "ListEndpoints": 1,
    "ListInferenceComponents": 1,
}
ROLE = "arn:aws:iam::123456789012:role/serving"
PIPELINES = {"ListPipelines": 1, "ListDomains": 1}
# Pipelines, their executions and the model packages; the first time also the models.
SEARCHES = 3


@pytest.fixture(autouse=True)
def credentials(monkeypatch, demo_aws, settings):
    for name, value in {**ACCESS, "AWS_ENDPOINT_URL": demo_aws.url}.items():
        monkeypatch.setenv(name, value)
    settings.SYNC_REGIONS = [REGION]
    settings.SYNC_REGISTRY_EVERY_SECONDS = 0
    monkeypatch.setattr(Connection, "__init__", partialmethod(Connection.__init__, attempts=1))


@pytest.fixture
def sagemaker(demo_aws):
    return demo_aws.client("sagemaker")


def register(sagemaker, group="churn", location="s3://lake/models/1/model.tar.gz", **more):
    listed = sagemaker.list_model_package_groups()["ModelPackageGroupSummaryList"]
    if group not in {each["ModelPackageGroupName"] for each in listed}:
        sagemaker.create_model_package_group(ModelPackageGroupName=group)
    containers = [{"Image": "image", "ModelDataUrl": location}]
    specification = {"Containers": containers, "SupportedContentTypes": ["text/csv"], "SupportedResponseMIMETypes": []}
    answer = sagemaker.create_model_package(
        ModelPackageGroupName=group,
        InferenceSpecification=specification,
        ModelApprovalStatus="PendingManualApproval",
        **more,
    )
    return answer["ModelPackageArn"]


def create_model(sagemaker, name="churn-model", **container):
    sagemaker.create_model(ModelName=name, PrimaryContainer=container or {"Image": "image"}, ExecutionRoleArn=ROLE)


def create_config(sagemaker, name="churn-config", model="churn-model"):
    variant = {"VariantName": "All", "ModelName": model, "InstanceType": "ml.m5.xlarge", "InitialInstanceCount": 1}
    sagemaker.create_endpoint_config(EndpointConfigName=name, ProductionVariants=[variant])


def create_feature_group(sagemaker, name="Customers"):
    sagemaker.create_feature_group(
        FeatureGroupName=name,
        RecordIdentifierFeatureName="id",
        EventTimeFeatureName="at",
        FeatureDefinitions=[{"FeatureName": "id", "FeatureType": "String"}],
        OfflineStoreConfig={"S3StorageConfig": {"S3Uri": "s3://lake/features"}},
        RoleArn="arn:aws:iam::123456789012:role/features",
    )


@pytest.fixture
def deployed(sagemaker):
    """A package, its model, its config, its endpoint, and a feature group; the package's ARN."""
    arn = register(sagemaker)
    create_model(sagemaker, ModelPackageName=arn)
    create_config(sagemaker)
    sagemaker.create_endpoint(EndpointName="churn", EndpointConfigName="churn-config")
    create_feature_group(sagemaker)
    return arn


def calls_of(demo_aws):
    demo_aws.calls.clear()
    done = run()
    assert done.state == "succeeded", done.parts.get().error
    return demo_aws.calls.by_action("sagemaker")


class TestCost:
    def test_the_first_crawl(self, demo_aws, deployed):
        assert calls_of(demo_aws) == {
            **PIPELINES,
            **LISTINGS,
            "Search": SEARCHES + 1,
            "DescribeEndpointConfig": 1,
            "DescribeEndpoint": 1,
            "DescribeFeatureGroup": 1,
        }

    def test_nothing_changed(self, demo_aws, deployed):
        run()
        assert calls_of(demo_aws) == {**PIPELINES, **LISTINGS, "Search": SEARCHES}

    def test_one_new_version(self, demo_aws, sagemaker, deployed):
        run()
        register(sagemaker)
        assert calls_of(demo_aws) == {**PIPELINES, **LISTINGS, "Search": SEARCHES}
        assert ModelPackage.objects.count() == 2

    def test_one_approval_changed(self, demo_aws, sagemaker, deployed):
        run()
        sagemaker.update_model_package(ModelPackageArn=deployed, ModelApprovalStatus="Approved")
        assert calls_of(demo_aws) == {**PIPELINES, **LISTINGS, "Search": SEARCHES}
        assert ModelPackage.objects.get().approval_status == "Approved"

    def test_one_new_model(self, demo_aws, sagemaker, deployed):
        run()
        create_model(sagemaker, "another")
        assert calls_of(demo_aws) == {**PIPELINES, **LISTINGS, "Search": SEARCHES, "DescribeModel": 1}

    def test_one_endpoint_updated(self, demo_aws, sagemaker, deployed):
        run()
        create_config(sagemaker, "churn-config-2")
        sagemaker.update_endpoint(EndpointName="churn", EndpointConfigName="churn-config-2")
        described = {"DescribeEndpoint": 1, "DescribeEndpointConfig": 1}
        assert calls_of(demo_aws) == {**PIPELINES, **LISTINGS, "Search": SEARCHES, **described}
        assert Endpoint.objects.get().config.name == "churn-config-2"

    def test_without_search(self, demo_aws, settings, sagemaker, deployed):
        settings.SYNC_USE_SEARCH = False
        first = calls_of(demo_aws)
        listings = {**PIPELINES, **LISTINGS, "ListModelPackages": 1}
        described = dict.fromkeys(("Model", "ModelPackage", "EndpointConfig", "Endpoint", "FeatureGroup"), 1)
        assert first == listings | {f"Describe{kind}": count for kind, count in described.items()}
        assert calls_of(demo_aws) == listings

    def test_without_search_only_what_changed_is_described(self, demo_aws, settings, sagemaker, deployed):
        settings.SYNC_USE_SEARCH = False
        run()
        sagemaker.update_model_package(ModelPackageArn=deployed, ModelApprovalStatus="Rejected")
        register(sagemaker)
        assert calls_of(demo_aws)["DescribeModelPackage"] == 2
        assert list(ModelPackage.objects.order_by("version").values_list("approval_status", flat=True)) == [
            "Rejected", "PendingManualApproval",
        ]  # fmt: skip

    def test_search_denied_of_packages_alone_falls_back_to_the_listing(self, demo_aws, deployed):
        demo_aws.faults.add("AccessDeniedException", action="Search", resource="ModelPackage")
        assert calls_of(demo_aws)["DescribeModelPackage"] == 1
        assert ModelPackage.objects.get().group.name == "churn"

    def test_a_listing_of_many_is_read_by_hundreds(self, demo_aws, sagemaker):
        for number in range(101):
            create_model(sagemaker, f"model-{number}")
        run()
        counted = calls_of(demo_aws)
        assert (counted["ListModels"], counted.get("DescribeModel")) == (2, None)
        assert Model.objects.count() == 101

    def test_a_sync_that_comes_too_soon_leaves_it_out(self, demo_aws, settings, deployed):
        settings.SYNC_REGISTRY_EVERY_SECONDS = 3600
        run()
        assert calls_of(demo_aws) == {**PIPELINES, "Search": SEARCHES - 1}

    def test_a_sync_of_the_same_period_does_not(self, demo_aws, settings, deployed):
        settings.SYNC_REGISTRY_EVERY_SECONDS = 3600
        run()
        Region.objects.update(registry_synced_at=now() - timedelta(seconds=3590))
        assert calls_of(demo_aws)["ListModels"] == 1

    def test_it_can_be_switched_off(self, demo_aws, settings, deployed):
        settings.SYNC_REGISTRY = False
        assert calls_of(demo_aws) == {**PIPELINES, "Search": SEARCHES - 1}

    def test_nothing_is_written_that_did_not_change(self, deployed):
        run()
        with CaptureQueriesContext(connection) as queries:
            run()
        tables = ("model", "endpoint", "feature", "productionvariant", "inferencecomponent")
        written = [query["sql"] for query in queries if query["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]
        assert [sql for sql in written if sql.split('"')[1].removeprefix("inventory_").startswith(tables)] == []


class TestFacts:
    def test_an_endpoint_leads_to_its_package(self, deployed):
        run()
        [variant] = Endpoint.objects.get().config.variants.all()
        [container] = variant.model.containers.all()
        assert container.package == ModelPackage.objects.get()
        assert container.package.group == ModelPackageGroup.objects.get()

    def test_a_package_names_the_execution_that_generated_it(self, demo_aws, sagemaker, create_pipeline):
        create_pipeline("churn", registration())
        demo_aws.run("churn")
        run()
        assert ModelPackage.objects.get().execution == Execution.objects.get()

    def test_a_package_that_does_not_is_linked_by_its_step(self, demo_aws, create_pipeline):
        create_pipeline("churn", registration())
        demo_aws.run("churn")
        forget_generated_by()
        run()
        assert ModelPackage.objects.get().execution == Execution.objects.get()

    def test_a_container_of_the_same_file_comes_from_the_newest_package(self, sagemaker):
        register(sagemaker)
        register(sagemaker)
        create_model(sagemaker, Image="image", ModelDataUrl="s3://lake/models/1/model.tar.gz")
        run()
        assert ModelContainer.objects.get().package.version == 2

    def test_a_container_may_name_a_package_of_the_account_by_name(self, sagemaker):
        register(sagemaker)
        create_model(sagemaker, ModelPackageName="Churn/1")
        run()
        assert ModelContainer.objects.get().package == ModelPackage.objects.get()

    def test_what_a_step_made_is_linked_to_its_execution(self, demo_aws, create_pipeline):
        create_pipeline("churn", model_step(), config_step(), endpoint_step(), component_step())
        demo_aws.run("churn")
        run()
        execution = Execution.objects.get()
        for kind in (Model, EndpointConfig, Endpoint, InferenceComponent):
            assert kind.objects.get().execution == execution, kind

    def test_an_inference_component_names_its_endpoint_and_model(self, demo_aws, create_pipeline):
        create_pipeline("churn", model_step(), config_step(), endpoint_step(), component_step())
        demo_aws.run("churn")
        run()
        component = InferenceComponent.objects.get()
        assert (component.endpoint.name, component.model.name) == ("churn", "churn-model")

    def test_a_feature_group_has_its_offline_location(self, deployed):
        run()
        group = FeatureGroup.objects.get()
        assert group.offline_s3_uri.startswith(f"s3://lake/features/{ACCOUNT_ID}/{REGION}/offline-store/Customers-")
        assert (group.status, group.offline_status) == ("Created", "Active")

    def test_a_name_that_is_used_again_is_another_model(self, sagemaker, deployed):
        run()
        sagemaker.delete_model(ModelName="churn-model")
        create_model(sagemaker, Image="other")
        run()
        assert [row.image for row in ModelContainer.objects.all()] == ["other"]

    def test_secrets_are_masked(self, sagemaker):
        create_model(sagemaker, Image="image", Environment={"API_KEY": "k-planted"})
        run()
        assert "planted" not in str(Model.objects.get().description)

    def test_a_changed_approval_outdates_the_documents_that_show_it(self, demo_aws, sagemaker, create_pipeline):
        create_pipeline("churn", registration())
        demo_aws.run("churn")
        run()
        before = LineageDocument.objects.get().rendered_at
        arn = ModelPackage.objects.get().arn
        sagemaker.update_model_package(ModelPackageArn=arn, ModelApprovalStatus="Rejected")
        run()
        document = LineageDocument.objects.get()
        assert document.rendered_at > before
        assert b"Rejected" in bytes(document.execution_body)

    def test_an_endpoint_whose_model_is_a_packages_file_is_in_the_document(self, demo_aws, sagemaker, create_pipeline):
        """Only once all is stored is it known of which package the file is."""
        create_pipeline("churn", registration())
        demo_aws.run("churn")
        run()
        location = ModelPackage.objects.get().model_data_url
        create_model(sagemaker, Image="image", ModelDataUrl=location)
        create_config(sagemaker)
        sagemaker.create_endpoint(EndpointName="churn", EndpointConfigName="churn-config")
        run()
        assert b":endpoint/churn" in bytes(LineageDocument.objects.get().execution_body)

    def test_one_thread_is_enough_for_a_listing_that_is_read_ahead(self, settings, monkeypatch, sagemaker):
        settings.SYNC_THREADS = 1
        monkeypatch.setattr("inventory.sync.listed.BATCH", 1)
        monkeypatch.setattr("inventory.sync.ahead.MOST_BATCHES", 1)
        for number in range(4):
            create_feature_group(sagemaker, f"Customers-{number}")
        run()
        assert FeatureGroup.objects.count() == 4


class TestMissing:
    def test_what_the_listing_no_longer_shows_is_marked_and_kept(self, sagemaker, deployed):
        run()
        sagemaker.delete_endpoint(EndpointName="churn")
        sagemaker.delete_endpoint_config(EndpointConfigName="churn-config")
        sagemaker.delete_model(ModelName="churn-model")
        run()
        for kind in (Endpoint, EndpointConfig, Model):
            assert kind.objects.get().missing_since, kind
        assert ModelPackage.objects.get().missing_since is None

    def test_what_comes_back_is_missing_no_more(self, demo_aws, deployed):
        run()
        for kind in (ModelPackageGroup, ModelPackage, Model, Endpoint, FeatureGroup):
            kind.objects.update(missing_since=now())
        run()
        for kind in (ModelPackageGroup, ModelPackage, Model, Endpoint, FeatureGroup):
            assert kind.objects.get().missing_since is None, kind

    def test_a_package_that_a_step_shows_is_missing_no_more(self, demo_aws, settings, create_pipeline):
        create_pipeline("churn", registration())
        demo_aws.run("churn")
        run()
        ModelPackage.objects.update(missing_since=now())
        settings.SYNC_REGISTRY = False
        run(Scope(account=ACCOUNT_ID, regions=(REGION,), pipeline="churn"))
        assert ModelPackage.objects.get().missing_since is None

    def test_a_package_of_another_account_is_not_missed(self, deployed):
        arn = f"arn:aws:sagemaker:{REGION}:210987654321:model-package/shared/1"
        ModelPackage.objects.create(region=known_region(), arn=arn, read_at=now() - timedelta(days=1))
        run()
        assert ModelPackage.objects.get(arn=arn).missing_since is None

    @pytest.mark.parametrize("code", ["AccessDeniedException", "ThrottlingException", "Truncated"])
    @pytest.mark.parametrize("action", [*LISTINGS, "Search"])
    def test_a_failing_listing_marks_and_stops_nothing(self, demo_aws, create_pipeline, deployed, action, code):
        create_pipeline("churn", model_step())
        run()
        fault = {"resource": "ModelPackage"} if action == "Search" else {}
        demo_aws.faults.add(code, action=action, **fault)
        done = run()
        assert done.parts.get().outcome == "ok"
        for kind in (ModelPackageGroup, ModelPackage, Model, EndpointConfig, Endpoint, FeatureGroup):
            assert kind.objects.get().missing_since is None, kind
        assert Pipeline.objects.get().definition
        assert len(done.parts.get().problems) == 1

    def test_what_failed_transiently_is_due_again(self, demo_aws, settings, deployed):
        settings.SYNC_REGISTRY_EVERY_SECONDS = 3600
        demo_aws.faults.add("ThrottlingException", action="ListModels", times=1)
        run()
        assert Region.objects.get().registry_synced_at is None

    def test_an_operation_that_a_region_lacks_is_noted(self, demo_aws, settings, deployed):
        settings.SYNC_REGISTRY_EVERY_SECONDS = 3600
        demo_aws.faults.add("UnknownOperationException", action="ListInferenceComponents")
        [problem] = run().parts.get().problems
        assert (problem["subject"], problem["kind"]) == ("inference components", "unsupported")
        assert "ListInferenceComponents" not in calls_of(demo_aws)


class TestDescribing:
    def test_one_that_cannot_be_described_is_noted_and_asked_for_again(self, demo_aws, settings, sagemaker, deployed):
        settings.SYNC_USE_SEARCH = False
        create_model(sagemaker, "another")
        demo_aws.faults.add("AccessDeniedException", action="DescribeModel", times=1)
        [problem] = run().parts.get().problems
        assert (problem["subject"], problem["operation"]) == ("models", "DescribeModel")
        assert Model.objects.count() == 1
        run()
        assert Model.objects.count() == 2

    def test_one_that_was_deleted_meanwhile_is_left_out(self, demo_aws, settings, deployed):
        settings.SYNC_USE_SEARCH = False
        demo_aws.faults.add("ResourceNotFound", action="DescribeModel")
        assert run().parts.get().problems == []
        assert Model.objects.count() == 0

    def test_what_is_denied_altogether_is_not_tried_for_all(self, demo_aws, settings, sagemaker):
        settings.SYNC_USE_SEARCH = False
        for number in range(120):
            create_model(sagemaker, f"model-{number}")
        demo_aws.faults.add("AccessDeniedException", action="DescribeModel")
        assert calls_of(demo_aws)["DescribeModel"] == 50


def test_seen_rows_take_a_bit_each():
    seen = SeenRows()
    for pk in (1, 8, 1_000_003):
        seen.add(pk)
    assert [pk for pk in (0, 1, 7, 8, 9, 1_000_003, 2_000_000) if pk in seen] == [1, 8, 1_000_003]
    assert len(seen._bits) < 130_000


def registration(name="Register"):
    containers = [{"Image": "image", "ModelDataUrl": "s3://lake/models/1/model.tar.gz"}]
    specification = {"Containers": containers, "SupportedContentTypes": ["text/csv"], "SupportedResponseMIMETypes": []}
    arguments = {"ModelPackageGroupName": "churn", "InferenceSpecification": specification}
    return {"Name": name, "Type": "RegisterModel", "Arguments": arguments}


def model_step():
    arguments = {"ModelName": "churn-model", "PrimaryContainer": {"Image": "image"}, "ExecutionRoleArn": ROLE}
    return {"Name": "Create", "Type": "Model", "Arguments": arguments}


def config_step():
    variant = {"VariantName": "All", "ModelName": "churn-model", "InstanceType": "ml.m5.xlarge"}
    variants = [variant | {"InitialInstanceCount": 1}]
    arguments = {"EndpointConfigName": "churn-config", "ProductionVariants": variants}
    return {"Name": "Configure", "Type": "EndpointConfig", "Arguments": arguments, "DependsOn": ["Create"]}


def endpoint_step():
    arguments = {"EndpointName": "churn", "EndpointConfigName": "churn-config"}
    return {"Name": "Deploy", "Type": "Endpoint", "Arguments": arguments, "DependsOn": ["Configure"]}


def component_step():
    arguments = {
        "InferenceComponentName": "churn-component",
        "EndpointName": "churn",
        "VariantName": "All",
        "Specification": {"ModelName": "churn-model"},
    }
    return {"Name": "Place", "Type": "InferenceComponent", "Arguments": arguments, "DependsOn": ["Deploy"]}


def forget_generated_by():
    """As a package that was registered without metadata properties."""
    for package in backend_of(ACCOUNT_ID, REGION).model_packages.values():
        package.metadata_properties = None
        package.modifications_done()


def test_a_package_that_another_account_s_step_showed_first_is_its_own_account_s(sagemaker):
    register(sagemaker)
    run()
    elsewhere = known_region("eu-west-1")
    ModelPackage.objects.update(region=elsewhere)
    run()
    assert ModelPackage.objects.get().region.name == REGION


def test_a_package_that_search_does_not_show_yet_is_not_missing(demo_aws, sagemaker, monkeypatch):
    register(sagemaker)
    run()
    monkeypatch.setitem(search.FOUND, "ModelPackage", lambda backend: [])
    found = calls_of(demo_aws)
    assert ModelPackage.objects.get().missing_since is None
    assert (found["ListModelPackages"], "DescribeModelPackage" in found) == (1, False)
