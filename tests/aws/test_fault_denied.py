"""What one region, one account or one bucket refuses costs the others nothing."""

from __future__ import annotations

import pytest

from inventory.models import Account, Bucket, Pipeline, Region
from inventory.sync.scope import Scope
from tests.aws.faulting import Estate, complaints, lineage, missing, read_demo
from tests.aws.syncing import ACCOUNT_ID, REGION, run, training

pytestmark = pytest.mark.django_db(transaction=True)
ELSEWHERE = "eu-west-1"
OTHER = "210987654321"


@pytest.fixture
def estate(demo_aws, create_pipeline, monkeypatch, settings):
    read_demo(demo_aws, monkeypatch, settings)
    return Estate(demo_aws, create_pipeline)


def outcomes(done):
    return {(part.account.account_id, part.region): part.outcome for part in done.parts.select_related("account")}


@pytest.mark.parametrize(
    ("code", "outcome"), [("AccessDeniedException", "denied"), ("UnrecognizedClientException", "disabled")]
)
def test_a_region_that_refuses_leaves_the_others_alone(estate, client, settings, code, outcome):
    settings.SYNC_REGIONS = [REGION, ELSEWHERE]
    estate.create_pipeline("abroad", training(), region=ELSEWHERE)
    run()
    estate.change()
    estate.demo_aws.faults.add(code, service="sagemaker", region=ELSEWHERE)
    done = run()

    assert done.state == "partial"
    assert outcomes(done) == {(ACCOUNT_ID, REGION): "ok", (ACCOUNT_ID, ELSEWHERE): outcome}
    assert done.parts.get(region=ELSEWHERE).error_class == code
    assert Region.objects.get(name=ELSEWHERE).status == outcome
    status, document = lineage(client, "abroad", ELSEWHERE)
    assert (status, bool(document["cache"]["problem"])) == (200, True)
    assert lineage(client, "fraud")[1]["cache"]["problem"] is None
    assert missing() == []

    estate.demo_aws.faults.clear()
    Region.objects.update(attempted_at=None)  # one that is disabled is asked again only after a day
    assert run().state == "succeeded"
    assert lineage(client, "abroad", ELSEWHERE)[1]["cache"]["problem"] is None
    assert complaints() == []


def test_an_account_that_refuses_leaves_the_others_alone(estate, client):
    other = f"arn:aws:iam::{OTHER}:role/reader"
    theirs = estate.demo_aws.assume(OTHER).client("sagemaker", REGION, endpoint_url=estate.demo_aws.url)
    theirs.create_pipeline(
        PipelineName="theirs", PipelineDefinition='{"Steps": []}', RoleArn=other, ClientRequestToken="-" * 32
    )
    Account.objects.create(account_id=ACCOUNT_ID)
    Account.objects.create(account_id=OTHER, role_arn=other)
    assert run().state == "succeeded"
    estate.change()
    estate.demo_aws.faults.add("AccessDeniedException", account=OTHER)
    done = run()

    assert outcomes(done) == {(ACCOUNT_ID, REGION): "ok", (OTHER, REGION): "denied"}
    assert [lineage(client, name)[0] for name in ("churn", "fraud", "theirs")] == [200] * 3
    assert missing() == []

    estate.demo_aws.faults.clear()
    assert run().state == "succeeded"
    assert complaints() == []


def test_a_bucket_that_refuses_leaves_the_others_alone(estate, client, settings):
    settings.SYNC_BUCKET_MAX_AGE_SECONDS = 3600
    estate.demo_aws.faults.add("AccessDenied", service="s3", resource="/lake")
    part = run().parts.get()

    assert part.outcome == "ok"
    known = {bucket.name: (bucket.encryption, bool(bucket.errors)) for bucket in Bucket.objects.all()}
    assert known == {"lake": ("Denied", True), "reports": ("AES256", False)}
    assert lineage(client, "churn")[0] == 200

    estate.demo_aws.faults.clear()
    run()
    assert Bucket.objects.get(name="lake").encryption == "AES256"
    assert Pipeline.objects.get().problem == ""
    assert complaints() == []


def test_tags_that_were_taken_away_go_also_where_only_what_is_tagged_is_listed(estate):
    run()
    estate.demo_aws.faults.add("AccessDeniedException", action="Search")
    arn = Pipeline.objects.get().arn
    estate.demo_aws.client("sagemaker").delete_tags(ResourceArn=arn, TagKeys=["Team", "DomainName"])
    run()
    assert Pipeline.objects.get().tags == {}
    assert estate.demo_aws.calls.count(action="ListTags") == 0


def test_tags_that_are_denied_do_not_keep_a_re_sync_from_the_rest(estate):
    run()
    estate.change()
    estate.demo_aws.faults.add("AccessDeniedException", action="ListTags")
    part = run(Scope(pipeline="churn", regions=(REGION,))).parts.get()

    assert (part.outcome, [problem["subject"] for problem in part.problems]) == ("denied", ["tags"])
    assert "New" in Pipeline.objects.get(name="churn").definition.text
