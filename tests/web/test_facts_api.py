"""The facts below /api/v1."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils.timezone import now

from inventory.models import Account, Bucket, Job, ModelPackage, StepExecution
from lineage.models import ArtifactUse

LISTS = ["accounts", "regions", "domains", "pipelines", "executions", "jobs", "model-packages", "artifacts", "buckets"]


def estate(facts, number):
    region = facts.region(f"us-east-{number}")
    pipeline = facts.pipeline(f"p{number}", region, domain=facts.domain(region))
    pipeline.latest_execution = execution = facts.execution(pipeline)
    pipeline.save()
    job = Job.objects.create(
        region=region, arn=f"j{number}", kind="TrainingJob", name="j", created_at=now(), read_at=now(),
        description={"TrainingJobName": "j"},
    )  # fmt: skip
    package = ModelPackage.objects.create(
        region=region, arn=f"m{number}", group_name="g", read_at=now(), description={}
    )
    StepExecution.objects.create(
        execution=execution, name="Train", status="Succeeded", job=job, model_package=package, metadata={"a": 1}
    )
    Bucket.objects.create(account=region.account, name=f"b{number}")
    ArtifactUse.objects.create(
        pipeline=pipeline,
        step="Train",
        direction="input",
        role="data",
        uri="s3://b/k",
        bucket="b",
        key="k",
        resolved=True,
    )
    return pipeline


def names(api, path, member="name", **parameters):
    response = api.get(f"/api/v1/{path}", parameters)
    assert response.status_code == 200, response.content
    return [result[member] for result in response.json()["results"]]


@pytest.mark.parametrize("path", LISTS)
def test_every_list_is_paged_and_takes_a_trailing_slash(api, facts, path):
    estate(facts, 1)

    body = api.get(f"/api/v1/{path}/").json()

    assert set(body) == {"count", "next", "previous", "results"}
    assert body["count"] == 1


@pytest.mark.parametrize("path", [*LISTS, "artifacts/uses"])
def test_queries_do_not_grow(client, settings, facts, path, django_assert_max_num_queries):
    settings.API_ANONYMOUS_READ = True
    for number in range(1, 6):
        estate(facts, number)

    with django_assert_max_num_queries(2):
        client.get(f"/api/v1/{path}")


@pytest.mark.parametrize("path", [path for path in LISTS if path != "artifacts"])
def test_every_detail_is_one_of_the_list(api, facts, path):
    estate(facts, 1)
    [listed] = api.get(f"/api/v1/{path}").json()["results"]

    detail = api.get(f"/api/v1/{path}/{listed['id']}").json()

    assert listed.items() <= detail.items()


def test_members_are_camel_case_but_for_aws_s_own(api, facts):
    estate(facts, 1)

    [pipeline] = api.get("/api/v1/pipelines").json()["results"]

    assert pipeline["lastExecutionStatus"] == "Succeeded"
    assert (pipeline["DomainId"], pipeline["DomainName"]) == ("d-1", "studio-a")
    assert not [name for name in pipeline if "_" in name]


def test_how_an_account_is_entered_is_not_shown(api, facts):
    facts.region()
    Account.objects.update(profile="secret-profile")

    assert b"secret-profile" not in api.get("/api/v1/accounts").content


def test_an_execution_has_its_steps(api, facts, queries):
    execution = estate(facts, 1).latest_execution

    detail = api.get(f"/api/v1/executions/{execution.pk}").json()

    [step] = detail["steps"]
    assert (step["name"], step["metadata"], step["jobArn"], step["modelPackageArn"]) == ("Train", {"a": 1}, "j1", "m1")


def test_a_job_has_its_description(api, facts):
    estate(facts, 1)
    job = Job.objects.get()

    assert api.get(f"/api/v1/jobs/{job.pk}").json()["description"] == {"TrainingJobName": "j"}


def test_the_executions_of_a_pipeline_newest_first(api, facts):
    pipeline = facts.pipeline()
    old = facts.execution(pipeline, now() - timedelta(days=1))
    new = facts.execution(pipeline)
    facts.execution(facts.pipeline("other"))

    assert names(api, f"pipelines/{pipeline.pk}/executions", "id") == [new.pk, old.pk]


def test_the_executions_of_no_pipeline_are_404(api):
    assert api.get("/api/v1/pipelines/7/executions").status_code == 404


@pytest.mark.parametrize(
    ("parameters", "found"),
    [
        ({"region": "us-east-1"}, ["p1"]),
        ({"account": "123456789012"}, ["p1", "p2"]),
        ({"account": "210987654321"}, []),
        ({"domain": "d-1"}, ["p1", "p2"]),
        ({"domain": "studio-b"}, []),
        ({"domain": ""}, ["p1", "p2"]),
        ({"status": "Succeeded"}, ["p1", "p2"]),
        ({"status": "Failed"}, []),
        ({"name": "P2"}, ["p2"]),
        ({"missing": "true"}, []),
        ({"missing": "false"}, ["p1", "p2"]),
        ({"modifiedAfter": "2020-01-01T00:00:00Z"}, ["p1", "p2"]),
        ({"modifiedBefore": "2020-01-01T00:00:00Z"}, []),
        ({"search": "p2"}, ["p2"]),
        ({"ordering": "-name"}, ["p2", "p1"]),
        ({"ordering": "-lastModified"}, ["p2", "p1"]),
        ({"ordering": "region"}, ["p1", "p2"]),
        ({"pageSize": "1"}, ["p1"]),
        ({"pageSize": "1", "page": "2"}, ["p2"]),
    ],
)
def test_pipelines_are_filtered_and_ordered(api, facts, parameters, found):
    estate(facts, 1)
    estate(facts, 2)

    assert names(api, "pipelines", **parameters) == found


def test_executions_of_a_domain(api, facts):
    estate(facts, 1)

    assert len(names(api, "executions", "id", domain="studio-a", account="123456789012")) == 1
    assert names(api, "executions", "id", domain="studio-b") == []


def test_a_bad_filter_is_400(api, facts):
    response = api.get("/api/v1/pipelines", {"modifiedAfter": "yesterday"})

    assert response.status_code == 400
    assert list(response.json()["errors"]) == ["modifiedAfter"]


def test_a_page_has_at_most_a_thousand(api, facts):
    from inventory.api.pagination import Pages

    assert (Pages.page_size, Pages.max_page_size) == (100, 1000)


class TestArtifacts:
    def use(self, pipeline, step, direction, uri="s3://b/k"):
        ArtifactUse.objects.create(
            pipeline=pipeline, step=step, direction=direction, role="data", uri=uri, bucket="b", key="k", resolved=True
        )

    def test_one_location_counts_its_readers_and_writers(self, api, facts):
        one, two = facts.pipeline("one"), facts.pipeline("two")
        self.use(one, "Prepare", "output")
        self.use(one, "Train", "input")
        self.use(two, "Score", "input")

        [artifact] = api.get("/api/v1/artifacts").json()["results"]

        assert artifact["uri"] == "s3://b/k"
        assert (artifact["readers"], artifact["writers"], artifact["pipelines"]) == (2, 1, 2)

    def test_a_filter_on_uses_counts_what_is_left(self, api, facts):
        one, two = facts.pipeline("one"), facts.pipeline("two")
        self.use(one, "Train", "input")
        self.use(two, "Score", "input")

        assert names(api, "artifacts", "readers", pipeline="one") == [1]

    def test_ordered_by_use(self, api, facts):
        pipeline = facts.pipeline()
        self.use(pipeline, "Train", "input", "s3://b/z")
        self.use(pipeline, "Train", "output", "s3://b/a")

        assert names(api, "artifacts", "uri") == ["s3://b/a", "s3://b/z"]
        assert names(api, "artifacts", "uri", ordering="-readers") == ["s3://b/z", "s3://b/a"]

    def test_uses_of_a_location(self, api, facts):
        pipeline = facts.pipeline()
        self.use(pipeline, "Train", "input")
        self.use(pipeline, "Other", "input", "s3://b/z")

        assert names(api, "artifacts/uses", "step", uri="s3://b/k") == ["Train"]

    def test_uses_of_pipelines_that_are_gone_are_left_out(self, api, facts):
        self.use(facts.pipeline(missing_since=now()), "Train", "input")

        assert names(api, "artifacts", "uri") == []
