"""Parameters that a definition hands to what looks secret are masked, whatever they are called."""

from __future__ import annotations

import json
from datetime import timedelta
from functools import partialmethod

import pytest
from django.utils.timezone import now

from inventory import sync
from inventory.aws.client import Connection
from inventory.models import Execution
from tests.aws.syncing import ACCESS, REGION, run, training

pytestmark = pytest.mark.django_db(transaction=True)
PARAMETERS = [{"Name": "Login", "Type": "String", "DefaultValue": "x"}, {"Name": "Rate", "Type": "String"}]
GIVEN = {"Login": "hunter2", "Rate": "0.1"}
HIDDEN = {"Login": "(masked)", "Rate": "0.1"}


@pytest.fixture(autouse=True)
def credentials(monkeypatch, demo_aws, settings):
    for name, value in {**ACCESS, "AWS_ENDPOINT_URL": demo_aws.url}.items():
        monkeypatch.setenv(name, value)
    settings.SYNC_REGIONS = [REGION]
    monkeypatch.setattr(Connection, "__init__", partialmethod(Connection.__init__, attempts=1))


def step(environment):
    training_step = training()
    training_step["Arguments"]["Environment"] = {environment: {"Get": "Parameters.Login"}}
    return training_step


def update(demo_aws, environment):
    text = json.dumps({"Version": "2020-12-01", "Parameters": PARAMETERS, "Steps": [step(environment)]})
    demo_aws.client("sagemaker").update_pipeline(PipelineName="churn", PipelineDefinition=text)


def execute(demo_aws, hours=0.0):
    start = (now() - timedelta(hours=hours)).isoformat()
    return demo_aws.run("churn", start=start, parameters=GIVEN)


def parameters():
    return list(Execution.objects.order_by("start_time").values_list("parameters", flat=True))


@pytest.mark.parametrize("search", [True, False])
@pytest.mark.parametrize("known", [True, False])
def test_they_are_masked_whatever_is_read_first(demo_aws, create_pipeline, settings, search, known):
    settings.SYNC_USE_SEARCH = search
    create_pipeline("churn", step("DB_PASSWORD"), parameters=PARAMETERS)
    if known:
        run()
    execute(demo_aws)
    run()
    run()
    assert parameters() == [HIDDEN]


def test_those_that_a_new_definition_shows_to_be_secret_are_masked_in_all_executions(demo_aws, create_pipeline):
    create_pipeline("churn", step("USER"), parameters=PARAMETERS)
    execute(demo_aws, hours=2)
    execute(demo_aws, hours=1)
    run()
    assert parameters() == [GIVEN, GIVEN]
    update(demo_aws, "DB_PASSWORD")
    run()
    assert parameters() == [HIDDEN, HIDDEN]


def test_an_execution_of_an_older_definition_stays_masked(demo_aws, create_pipeline):
    create_pipeline("churn", step("DB_PASSWORD"), parameters=PARAMETERS)
    execute(demo_aws, hours=1)
    update(demo_aws, "USER")
    run()
    run()
    assert parameters() == [HIDDEN]


def test_the_back_fill_masks_them(demo_aws, create_pipeline, settings):
    settings.SYNC_USE_SEARCH = settings.SYNC_REGISTRY = False
    create_pipeline("churn", step("DB_PASSWORD"), parameters=PARAMETERS)
    demo_aws.amend("churn", modified=(now() - timedelta(days=9)).isoformat())
    execute(demo_aws, hours=2)
    execute(demo_aws, hours=1)
    run()
    assert parameters() == [{}, HIDDEN]
    assert sync.backfill() == 1
    assert parameters() == [HIDDEN, HIDDEN]
