"""Meaning from facts: rendered when they change, again on request, and one failure stops no other."""

from __future__ import annotations

import io
import json

import pytest
from django.core.management import CommandError, call_command
from django.utils.timezone import now

from inventory.models import (
    Bucket,
    Definition,
    Endpoint,
    EndpointConfig,
    Execution,
    Model,
    ModelContainer,
    ModelPackage,
    ProductionVariant,
    StepExecution,
)
from inventory.signals import facts_changed
from inventory.sync.announce import announce_buckets, announce_pipelines, settle_pipelines, settle_region
from lineage.models import ArtifactUse, LineageDocument
from lineage.rebuild import mark_outdated, rebuild, rebuild_outdated
from lineage.saving import MOST_BYTES, save_drafts


def training(source="s3://lake/raw", name="Train"):
    channel = {"ChannelName": "train", "DataSource": {"S3DataSource": {"S3Uri": source}}}
    arguments = {"InputDataConfig": [channel], "OutputDataConfig": {"S3OutputPath": "s3://models/churn"}}
    return {"Name": name, "Type": "Training", "Arguments": arguments}


@pytest.fixture
def define(make_pipeline):
    def make(name="churn", *steps, text=None, problem=""):
        text = text or json.dumps({"Version": "2020-12-01", "Steps": list(steps or [training()])})
        definition, _ = Definition.objects.get_or_create(sha256=str(hash(text)), text=text, problem=problem)
        return make_pipeline(name, definition=definition)

    return make


def render(*pipelines):
    mark_outdated([pipeline.pk for pipeline in pipelines])
    return rebuild_outdated()


def test_a_document_is_rendered_from_the_facts(define):
    assert render(define()) == 1
    document = LineageDocument.objects.get()
    nodes = json.loads(document.definition_body)["graph"]["nodes"]
    assert [node["id"] for node in nodes] == ["Train"]
    assert (document.outdated, document.problem, len(document.digest)) == (0, "", 64)


def test_what_is_not_outdated_is_left_alone(define):
    render(define())
    assert rebuild_outdated() == 0


def test_only_the_pipelines_named_are_rendered(define):
    churn, fraud = define(), define("fraud")
    mark_outdated([churn.pk, fraud.pk])
    assert rebuild_outdated([churn.pk]) == 1
    assert LineageDocument.objects.get(outdated__gt=0).pipeline == fraud


def test_each_change_is_counted_until_it_is_rendered(define):
    pipeline = define()
    for _ in range(3):
        mark_outdated([pipeline.pk])
    assert LineageDocument.objects.get().outdated == 3


def test_a_change_meanwhile_leaves_the_document_outdated(define, monkeypatch):
    pipeline = define()
    mark_outdated([pipeline.pk])
    monkeypatch.setattr("lineage.rendering.summarize", lambda *_: mark_outdated([pipeline.pk]))
    rebuild_outdated()
    assert LineageDocument.objects.get().outdated
    monkeypatch.undo()
    rebuild_outdated()
    assert not LineageDocument.objects.get().outdated


def test_the_same_facts_have_the_same_digest(define):
    pipeline = define()
    render(pipeline)
    before = LineageDocument.objects.get().digest
    render(pipeline)
    assert LineageDocument.objects.get().digest == before


def test_a_document_that_cannot_be_rendered_stops_no_other_and_says_so(define, caplog):
    bad, good = define("bad", text="no JSON"), define("good")
    assert render(bad, good) == 2
    assert "could not be rendered" in LineageDocument.objects.get(pipeline=bad).problem
    assert LineageDocument.objects.get(pipeline=good).outdated == 0
    assert bad.arn in caplog.text


def test_a_document_that_could_not_be_rendered_is_tried_again(define, caplog):
    pipeline = define(text="no JSON")
    render(pipeline)
    assert caplog.records
    Definition.objects.update(text=json.dumps({"Steps": [training()]}))
    assert rebuild_outdated() == 1
    assert LineageDocument.objects.get().problem == ""


def test_a_definition_that_is_not_json_has_an_empty_graph_and_a_problem(define):
    render(define(text="<xml>", problem="The definition is not JSON."))
    document = LineageDocument.objects.get()
    assert json.loads(document.definition_body)["graph"]["nodes"] == []
    assert document.problem == "The definition is not JSON."


@pytest.mark.parametrize(
    ("known", "said"),
    [("DescribePipeline was denied.",) * 2, ("", "Its definition has not been read yet.")],
)
def test_a_pipeline_without_a_definition_says_why(make_pipeline, known, said):
    render(make_pipeline(problem=known))
    assert LineageDocument.objects.get().problem == said


def test_an_execution_is_shown_with_the_definition_it_ran(define):
    pipeline = define("churn", training(name="New"))
    older = Definition.objects.create(sha256="older", text=json.dumps({"Steps": [training(name="Old")]}))
    pipeline.latest_execution = Execution.objects.create(
        pipeline=pipeline, arn=pipeline.arn + "/execution/e1", status="Succeeded", definition=older
    )
    pipeline.save()
    render(pipeline)
    document = LineageDocument.objects.get()
    bodies = (document.definition_body, document.execution_body)
    assert [json.loads(body)["graph"]["nodes"][0]["id"] for body in bodies] == ["New", "Old"]


@pytest.fixture
def registered(define, region):
    """A pipeline whose latest execution registered a model that an endpoint serves."""
    register = {"Name": "Register", "Type": "RegisterModel", "Arguments": {"ModelPackageGroupName": "churn"}}
    pipeline = define("churn", register)
    arn = "arn:aws:sagemaker:us-east-1:123456789012:model-package/churn/1"
    package = ModelPackage.objects.create(region=region, arn=arn, description={"ModelPackageArn": arn}, read_at=now())
    execution = Execution.objects.create(
        pipeline=pipeline, arn=pipeline.arn + "/execution/e1", status="Succeeded", definition=pipeline.definition
    )
    StepExecution.objects.create(
        execution=execution,
        name="Register",
        status="Succeeded",
        metadata={"RegisterModel": {"Arn": arn}},
        model_package=package,
    )
    pipeline.latest_execution = execution
    pipeline.save()
    seen = {"region": region, "read_at": now()}
    model = Model.objects.create(arn="arn:model/m", name="m", **seen)
    ModelContainer.objects.create(model=model, position=0, package=package)
    config = EndpointConfig.objects.create(arn="arn:endpoint-config/c", name="c", **seen)
    ProductionVariant.objects.create(config=config, name="v", model=model)
    Endpoint.objects.create(arn="arn:endpoint/live", name="live", config=config, **seen)
    return pipeline


def endpoints_of(pipeline):
    render(pipeline)
    [node] = json.loads(LineageDocument.objects.get().execution_body)["graph"]["nodes"]
    return node["registry"]["endpoints"]


def test_a_registered_model_names_the_endpoints_that_serve_it(registered):
    assert endpoints_of(registered) == ["arn:endpoint/live"]


def test_it_does_so_while_a_newer_execution_is_not_read_yet(registered):
    newer = {"pipeline": registered, "arn": registered.arn + "/execution/e2", "status": "Executing"}
    registered.latest_execution = Execution.objects.create(**newer)
    registered.save()
    assert endpoints_of(registered) == ["arn:endpoint/live"]


def test_buckets_that_steps_use_are_wanted_once(define):
    render(define(), define("fraud"))
    assert set(Bucket.objects.values_list("name", flat=True)) == {"lake", "models"}


def test_uses_are_replaced(define):
    pipeline = define()
    render(pipeline)
    Definition.objects.update(text=json.dumps({"Steps": [training("s3://other/raw")]}))
    render(pipeline)
    assert set(ArtifactUse.objects.filter(direction="input").values_list("uri", flat=True)) == {"s3://other/raw"}
    assert str(ArtifactUse.objects.filter(direction="input").first()) == "Train input s3://other/raw"


@pytest.mark.django_db(transaction=True)
def test_a_change_of_a_bucket_is_told_by_those_that_use_it(define, region):
    churn, fraud = define(), define("fraud", training("s3://elsewhere/raw"))
    render(churn, fraud)
    before = {row.pipeline_id: row for row in LineageDocument.objects.all()}
    lake = Bucket.objects.get(name="lake")
    Bucket.objects.filter(pk=lake.pk).update(encryption="aws:kms", checked_at=now())
    announce_buckets([lake.pk])
    assert LineageDocument.objects.get(buckets_outdated__gt=0).pipeline == churn
    settle_region(region)
    after = LineageDocument.objects.get(pipeline=churn)
    artifacts = json.loads(after.execution_body)["graph"]["artifacts"]
    assert {each["bucket"]: each["s3"]["encryption"] for each in artifacts} == {"lake": "aws:kms", "models": "Unknown"}
    assert (after.buckets_outdated, after.digest != before[churn.pk].digest) == (0, True)
    assert LineageDocument.objects.get(pipeline=fraud).rendered_at == before[fraud.pk].rendered_at


def test_what_is_told_of_buckets_is_as_if_all_were_rendered_again(define):
    pipeline = define()
    render(pipeline)
    Bucket.objects.update(encryption="aws:kms", checked_at=now())
    announce_buckets(Bucket.objects.values_list("pk", flat=True))
    rebuild_outdated()
    patched = LineageDocument.objects.get()
    render(pipeline)
    assert LineageDocument.objects.get().digest == patched.digest


def test_a_change_outdates_at_once_and_is_rendered_when_it_settles(define, django_capture_on_commit_callbacks):
    pipeline = define()
    with django_capture_on_commit_callbacks(execute=True):
        announce_pipelines([pipeline.pk])
    assert LineageDocument.objects.get().outdated
    with django_capture_on_commit_callbacks(execute=True):
        settle_pipelines([pipeline.pk])
        assert LineageDocument.objects.get().outdated
    assert LineageDocument.objects.get().outdated == 0


def test_uses_that_did_not_change_are_not_written_again(define):
    pipeline = define()
    render(pipeline)
    before = list(ArtifactUse.objects.values_list("pk", flat=True))
    render(pipeline)
    assert list(ArtifactUse.objects.values_list("pk", flat=True)) == before


def test_nothing_changed_is_not_announced():
    heard = []

    def hear(**news):
        heard.append(news)

    facts_changed.connect(hear)
    announce_pipelines([])
    announce_buckets([])
    facts_changed.disconnect(hear)
    assert heard == []


def test_batches_are_followed_to_the_last_document(define, monkeypatch):
    monkeypatch.setattr("lineage.rebuild.BATCH", 2)
    pipelines = [define(f"p{number}") for number in range(5)]
    mark_outdated([pipeline.pk for pipeline in pipelines])
    assert rebuild(LineageDocument.objects.all()) == 5
    assert not LineageDocument.objects.exclude(outdated=0).exists()


def test_graphs_of_long_definitions_are_held_one_at_a_time(define, monkeypatch):
    monkeypatch.setattr("lineage.rebuild.MOST_TEXT", 1)
    held = []
    monkeypatch.setattr("lineage.rebuild.save_drafts", lambda drafts: (held.append(len(drafts)), save_drafts(drafts)))
    mark_outdated([define(f"p{number}").pk for number in range(3)])
    rebuild(LineageDocument.objects.all())
    assert held == [1, 1, 1]
    assert not LineageDocument.objects.exclude(outdated=0).exists()


def test_the_command_derives_every_document_again(define):
    define()
    define("fraud")
    out = io.StringIO()
    call_command("rebuild_lineage", stdout=out)
    assert out.getvalue() == "Rebuilt the lineage of 2 pipelines.\n"
    assert LineageDocument.objects.filter(outdated=0).count() == 2


def test_a_graph_is_written_as_mermaid(define):
    branch = {"Conditions": [], "IfSteps": [training(name='Say "hi"')], "ElseSteps": []}
    pipeline = define("churn", {"Name": "Check", "Type": "Condition", "Arguments": branch})
    render(pipeline)
    for wanted in ("churn", pipeline.arn):
        out = io.StringIO()
        call_command("mermaid", wanted, "--region", "us-east-1", stdout=out)
        lines = out.getvalue().splitlines()
        assert lines[0] == "flowchart LR"
        assert '  n0{"Check<br/><small>Condition</small>"}' in lines
        assert '  n1["Say #34;hi#34;<br/><small>Training</small>"]' in lines
        assert "  n0 -- if --> n1" in lines


def test_a_pipeline_without_lineage_is_no_mermaid(db):
    with pytest.raises(CommandError, match="No lineage of 'churn' in us-east-1"):
        call_command("mermaid", "churn", "--region", "us-east-1")


def test_a_location_is_cut_to_what_an_index_holds(define):
    render(define("churn", training("s3://lake/" + "é" * MOST_BYTES)))
    uri = ArtifactUse.objects.get(direction="input").uri
    assert len(uri.encode()) <= MOST_BYTES < len(uri.encode()) + 2
