"""Pipelines that change while they are read: deleted, malformed, ended."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from demo.aws.state import backend_of, state_of
from inventory.models import Pipeline
from inventory.signals import facts_changed
from inventory.sync.scope import Scope
from tests.aws.faulting import EARLY, LATE, Estate, complaints, is_current, lineage, missing, read_demo, runs
from tests.aws.syncing import ACCOUNT_ID, REGION, run, training

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def estate(demo_aws, create_pipeline, monkeypatch, settings):
    read_demo(demo_aws, monkeypatch, settings)
    return Estate(demo_aws, create_pipeline)


def delete(estate, name):
    estate.demo_aws.client("sagemaker").delete_pipeline(PipelineName=name, ClientRequestToken="x" * 32)


def define(estate, text):
    estate.demo_aws.client("sagemaker").update_pipeline(PipelineName="churn", PipelineDefinition=text)


def end(estate, arn):
    """Let an execution that is under way succeed."""
    execution = state_of(backend_of(ACCOUNT_ID, REGION)).executions[arn]
    execution.status, execution.last_modified = "Succeeded", datetime.now(UTC).replace(tzinfo=None)
    for step in execution.steps:
        step["StepStatus"] = "Succeeded"


def test_a_pipeline_deleted_while_it_is_read_stops_no_other(estate, client):
    run()
    estate.change()
    estate.demo_aws.faults.add("ResourceNotFound", action="DescribePipeline", resource="fraud")
    part = run().parts.get()

    assert (part.outcome, [problem["subject"] for problem in part.problems]) == ("ok", ["fraud"])
    assert missing() == []
    assert lineage(client, "fraud")[0] == 503
    assert "New" in Pipeline.objects.get(name="churn").definition.text


@pytest.fixture
def when_listed():
    """`when_listed(act)`: called once the next listing is stored, and before anything of it is described."""
    receivers = []

    def connect(act):
        def once(**_):
            facts_changed.disconnect(once)
            act()

        receivers.append(once)
        facts_changed.connect(once, weak=False)

    yield connect
    for receiver in receivers:
        facts_changed.disconnect(receiver)


def test_a_pipeline_deleted_between_its_listing_and_its_description_is_named_and_gone_with_the_next_sync(
    estate, client, when_listed
):
    run()
    estate.change()
    when_listed(lambda: delete(estate, "fraud"))
    part = run().parts.get()

    assert part.outcome == "ok"
    assert {(problem["subject"], problem["operation"]) for problem in part.problems} == {("fraud", "DescribePipeline")}
    assert missing() == []
    assert lineage(client, "fraud")[0] == 503
    status, document = lineage(client, "churn")
    assert (status, document["execution"]["startTime"]) == (200, LATE)

    part = run().parts.get()
    assert (part.outcome, part.problems) == ("ok", [])
    assert [pipeline.name for pipeline in missing()] == ["fraud"]
    assert (lineage(client, "fraud")[0], lineage(client, "churn")[0]) == (404, 200)


def test_a_known_pipeline_deleted_between_its_listing_and_its_description_stays_served_until_a_listing_lacks_it(
    estate, client, when_listed
):
    run()
    define(estate, '{"Version": "2020-12-01", "Steps": []}')
    when_listed(lambda: delete(estate, "churn"))
    part = run().parts.get()

    assert [problem["subject"] for problem in part.problems] == ["churn"]
    assert missing() == []
    status, document = lineage(client, "churn")
    assert (status, set(runs(document).values())) == (200, {"Succeeded"})
    assert "DescribePipeline" in document["cache"]["problem"]

    run()
    assert [pipeline.name for pipeline in missing()] == ["churn"]
    assert lineage(client, "churn")[0] == 404


def test_a_deleted_pipeline_is_missing_once_a_listing_lacks_it(estate, client):
    run()
    estate.change()
    estate.demo_aws.faults.add("ResourceNotFound", action="DescribePipeline", resource="fraud")
    run()
    estate.demo_aws.faults.clear()
    delete(estate, "fraud")
    part = run().parts.get()

    assert (part.outcome, part.problems) == ("ok", [])
    assert [pipeline.name for pipeline in missing()] == ["fraud"]
    assert (lineage(client, "fraud")[0], lineage(client, "churn")[0]) == (404, 200)


def test_a_pipeline_that_comes_back_is_served_again(estate, client):
    run()
    delete(estate, "churn")
    run()
    assert lineage(client, "churn")[0] == 404
    estate.create_pipeline("churn", training("Again"))
    run()

    assert missing() == []
    assert lineage(client, "churn")[0] == 200
    assert "Again" in Pipeline.objects.get().definition.text


@pytest.mark.parametrize("search", [True, False])
def test_a_pipeline_made_again_has_none_of_the_executions_of_the_one_before(estate, client, settings, search):
    settings.SYNC_USE_SEARCH = search
    estate.demo_aws.run("churn", start=LATE, steps={"Evaluate": {"status": "Stopped"}})
    run()
    Pipeline.objects.update(created_at="2026-10-01T00:00:00Z")
    delete(estate, "churn")
    state_of(backend_of(ACCOUNT_ID, REGION)).executions.clear()
    estate.create_pipeline("churn", training("Again"))
    estate.demo_aws.calls.clear()
    run()
    run(Scope(pipeline="churn", regions=(REGION,)))

    pipeline = Pipeline.objects.get()
    assert (pipeline.latest_execution, pipeline.problem, pipeline.executions.count()) == (None, "", 2)
    assert lineage(client, "churn")[1]["execution"] is None
    assert estate.demo_aws.calls.count(action="ListPipelineExecutionSteps") == 0

    again = estate.demo_aws.run("churn")
    run()
    assert lineage(client, "churn")[1]["execution"]["arn"] == again


STRANGE = {
    "half a character": '{"Steps": [{"Name": "A\\ud800", "Type": "Training"}]}',
    "NUL": '{"Steps": [{"Name": "A\\u0000", "Type": "Training", "Arguments": {"OutputDataConfig": '
    '{"S3OutputPath": "s3://b\\u0000/x"}}}]}',
    "a number without end": '{"Steps": [{"Name": "A", "Type": "Training", "Arguments": {"x": 1e999}}]}',
    "no steps": '{"Steps": 7}',
    "no objects": '{"Steps": [null, 7, {"Type": "Training"}]}',
    "no object": "[]",
}


@pytest.mark.parametrize("text", STRANGE.values(), ids=STRANGE)
def test_a_strange_definition_is_served_as_far_as_it_goes(estate, client, text):
    estate.create_pipeline("strange")
    estate.demo_aws.client("sagemaker").update_pipeline(PipelineName="strange", PipelineDefinition=text)

    assert run().state == "succeeded"
    status, document = lineage(client, "strange")
    assert status == 200
    assert document["graph"]["nodes"] or document["graph"]["problems"]
    assert lineage(client, "churn")[0] == 200


@pytest.mark.parametrize("text", ["<xml/>", "{", '{"Steps": "\x00"}'])
def test_a_definition_that_is_no_json_is_named_and_heals(estate, client, text):
    run()
    define(estate, text)

    assert run().state == "succeeded"
    status, document = lineage(client, "churn")
    assert status == 200
    assert document["cache"]["problem"].startswith("The definition is not JSON")

    define(estate, '{"Version": "2020-12-01", "Steps": []}')
    run()
    assert lineage(client, "churn")[1]["cache"]["problem"] is None


def test_a_definition_cut_off_on_its_way_is_no_definition(estate, client):
    run()
    estate.change()
    estate.demo_aws.faults.add("Cut", action="DescribePipeline", resource="churn")
    run()
    assert "DescribePipeline" in Pipeline.objects.get(name="churn").problem
    assert set(runs(lineage(client, "churn")[1]).values()) == {"Succeeded"}

    estate.demo_aws.faults.clear()
    run()
    assert complaints() == []
    assert is_current(client)


def test_an_execution_that_ended_is_read_to_its_end(estate, client):
    arn = estate.demo_aws.run("churn", start=LATE, steps={"Evaluate": {"status": "Executing"}})
    run()
    assert "Executing" in runs(lineage(client, "churn")[1]).values()
    end(estate, arn)
    run(Scope(executing_only=True))

    assert set(runs(lineage(client, "churn")[1]).values()) == {"Succeeded"}


def test_a_problem_of_one_pipeline_s_sync_is_gone_after_the_next_of_all(estate):
    run()
    estate.demo_aws.faults.add("ThrottlingException", action="ListPipelineExecutions")
    run(Scope(pipeline="churn", regions=(REGION,)))
    assert "ThrottlingException" in Pipeline.objects.get().problem
    estate.demo_aws.faults.clear()
    run()

    assert complaints() == []
    assert Pipeline.objects.get().latest_execution.start_time.isoformat() == EARLY
