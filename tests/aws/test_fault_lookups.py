"""Where Search may not tell of executions: nothing that a look-up found is lost, and nothing of it stays old."""

from __future__ import annotations

from functools import partialmethod

import pytest

from demo.aws.state import backend_of, state_of
from inventory.aws.client import Connection
from inventory.models import Execution, Pipeline
from inventory.sync import details
from tests.aws.syncing import ACCESS, ACCOUNT_ID, REGION, run, training

pytestmark = pytest.mark.django_db(transaction=True)
EARLY = "2026-11-01T00:00:00+00:00"
PARAMETERS = [{"Name": "Rate", "Type": "Float", "DefaultValue": 0.1}]


@pytest.fixture(autouse=True)
def without_search(monkeypatch, demo_aws, settings):
    for name, value in {**ACCESS, "AWS_ENDPOINT_URL": demo_aws.url}.items():
        monkeypatch.setenv(name, value)
    settings.SYNC_REGIONS = [REGION]
    settings.SYNC_USE_SEARCH = False
    monkeypatch.setattr(Connection, "__init__", partialmethod(Connection.__init__, attempts=1))


@pytest.mark.parametrize("code", ["ThrottlingException", "AccessDeniedException"])
def test_an_execution_whose_parameters_cannot_be_read_is_not_lost(demo_aws, create_pipeline, code):
    create_pipeline("churn", training(), parameters=PARAMETERS)
    run()
    demo_aws.run("churn")
    demo_aws.faults.add(code, action="ListPipelineParametersForExecution")
    run()
    assert "ListPipelineParametersForExecution" in Pipeline.objects.get().problem
    demo_aws.faults.clear()
    run()
    assert Execution.objects.get().steps.get().status == "Succeeded"


def test_the_steps_of_a_retried_execution_that_succeeded_meanwhile_are_read_again(demo_aws, create_pipeline):
    create_pipeline("churn", training())
    arn = demo_aws.run("churn", steps={"Train": {"status": "Failed"}})
    run()
    retried = state_of(backend_of(ACCOUNT_ID, REGION)).executions[arn]
    retried.status = retried.steps[0]["StepStatus"] = "Succeeded"
    run()
    execution = Execution.objects.get()
    assert (execution.status, execution.steps.get().status) == ("Succeeded", "Succeeded")


def test_an_execution_that_begins_while_others_are_stored_is_looked_up(demo_aws, create_pipeline, monkeypatch):
    """Another sync lists the pipelines in between."""
    create_pipeline("churn", training())
    demo_aws.run("churn", start=EARLY)
    store = details.store

    def store_late(*arguments):
        monkeypatch.setattr(details, "store", store)
        demo_aws.run("churn")
        [listed] = demo_aws.client("sagemaker").list_pipelines()["PipelineSummaries"]
        Pipeline.objects.update(last_execution_time=listed["LastExecutionTime"])
        store(*arguments)

    monkeypatch.setattr(details, "store", store_late)
    run()
    run()
    assert Execution.objects.count() == 2
