"""Steps that are read while something beside them fails: what they ran and what stands behind them stays true."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.utils.timezone import now

from inventory.models import EndpointConfig, Job, Model, Pipeline, StepExecution
from inventory.sync.scope import Scope
from tests.aws.faulting import read_demo
from tests.aws.syncing import ACCOUNT_ID, REGION, run, training

pytestmark = pytest.mark.django_db(transaction=True)
ROLE = "arn:aws:iam::123456789012:role/serving"
CHURN = Scope(account=ACCOUNT_ID, regions=(REGION,), pipeline="churn")
REGISTER = {"Name": "Register", "Type": "RegisterModel", "Arguments": {"ModelPackageGroupName": "churn"}}


@pytest.fixture(autouse=True)
def demo(demo_aws, monkeypatch, settings):
    read_demo(demo_aws, monkeypatch, settings)


def test_an_execution_ran_the_definition_that_could_not_be_read_at_first(demo_aws, create_pipeline):
    create_pipeline("churn", training("Old"))
    run()
    definition = json.dumps({"Version": "2020-12-01", "Steps": [training("New")]})
    demo_aws.client("sagemaker").update_pipeline(PipelineName="churn", PipelineDefinition=definition)
    demo_aws.run("churn")
    demo_aws.faults.add("ThrottlingException", action="DescribePipeline")
    run()
    demo_aws.faults.clear()
    run()
    pipeline = Pipeline.objects.get()
    assert "New" in pipeline.definition.text
    assert pipeline.latest_execution.definition == pipeline.definition


@pytest.mark.parametrize("code", ["ResourceNotFound", "AccessDeniedException", "ThrottlingException"])
@pytest.mark.parametrize(
    ("step", "operation"), [(training(), "DescribeTrainingJob"), (REGISTER, "DescribeModelPackage")]
)
def test_what_stood_behind_a_step_is_kept_when_it_cannot_be_described_any_more(
    demo_aws, create_pipeline, step, operation, code
):
    demo_aws.client("sagemaker").create_model_package_group(ModelPackageGroupName="churn")
    create_pipeline("churn", step)
    demo_aws.run("churn", steps={step["Name"]: {"status": "Executing"}})
    run()
    before = StepExecution.objects.get()
    assert before.job or before.model_package
    demo_aws.faults.add(code, action=operation)
    run(CHURN)
    after = StepExecution.objects.get()
    assert (after.job, after.model_package) == (before.job, before.model_package)
    assert operation in after.detail_error


def serving():
    variant = {"VariantName": "All", "ModelName": "m", "InstanceType": "ml.m5.xlarge", "InitialInstanceCount": 1}
    arguments = {"EndpointConfigName": "serving", "ProductionVariants": [variant]}
    return {"Name": "Config", "Type": "EndpointConfig", "Arguments": arguments}


def create_model(demo_aws, name="m"):
    demo_aws.client("sagemaker").create_model(
        ModelName=name, PrimaryContainer={"Image": "image"}, ExecutionRoleArn=ROLE
    )


def test_a_name_that_a_later_execution_used_again_is_described_again(demo_aws, create_pipeline, settings):
    settings.SYNC_REGISTRY_EVERY_SECONDS = 0
    create_model(demo_aws)
    create_pipeline("churn", serving())
    demo_aws.run("churn", start=(now() - timedelta(hours=3)).isoformat())
    run()
    assert EndpointConfig.objects.get().execution
    demo_aws.client("sagemaker").delete_endpoint_config(EndpointConfigName="serving")
    demo_aws.run("churn", start=(now() - timedelta(hours=1)).isoformat())
    run()
    latest = Pipeline.objects.get().latest_execution
    assert latest.steps.get().job == Job.objects.order_by("created_at").last()
    assert Job.objects.count() == 2
    assert EndpointConfig.objects.get().execution == latest
    demo_aws.calls.clear()
    run(CHURN)
    assert demo_aws.calls.count(action="DescribeEndpointConfig") == 0


def test_what_was_made_again_by_hand_was_made_by_no_execution(demo_aws, create_pipeline, settings):
    settings.SYNC_REGISTRY_EVERY_SECONDS = 0
    arguments = {"ModelName": "m", "PrimaryContainer": {"Image": "image"}, "ExecutionRoleArn": ROLE}
    create_pipeline("churn", {"Name": "Model", "Type": "Model", "Arguments": arguments})
    demo_aws.run("churn", start=(now() - timedelta(hours=3)).isoformat())
    run()
    model = Model.objects.get()
    assert model.execution
    demo_aws.client("sagemaker").delete_model(ModelName=model.name)
    create_model(demo_aws, model.name)
    run()
    model.refresh_from_db()
    assert model.execution is None
