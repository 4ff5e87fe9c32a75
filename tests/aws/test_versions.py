"""Versions of a pipeline as AWS lists them, in records."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from inventory.aws import versions
from inventory.aws.errors import AWSError, ErrorKind
from inventory.aws.versions import VersionRecord, crawl_versions


@pytest.fixture
def arn(demo_aws, create_pipeline):
    """A pipeline of three versions, of which the second ran."""
    arn = create_pipeline("churn")
    demo_aws.amend("churn", created="2026-01-02T00:00:00+00:00")
    redefine = demo_aws.client("sagemaker").update_pipeline
    redefine(PipelineName="churn", PipelineDefinition='{"Steps": []}', PipelineVersionAliases=["live"])
    demo_aws.run("churn", execution_id="e1")
    redefine(PipelineName="churn", PipelineDefinition='{"Steps": []}')
    return arn


def test_versions_are_listed_over_pages_the_newest_first(connection, arn, monkeypatch):
    monkeypatch.setattr(versions, "PAGE_SIZE", 2)

    found = list(crawl_versions(connection, arn))

    assert [record.number for record in found] == [3, 2, 1]
    assert connection.calls["ListPipelineVersions"] == 2


def test_a_version_knows_its_aliases_and_its_last_execution(connection, arn):
    _, second, first = crawl_versions(connection, arn)

    assert (second.aliases, second.last_execution_arn) == (("live",), f"{arn}/execution/e1")
    assert first == VersionRecord(1, "", "", (), datetime(2026, 1, 2, tzinfo=UTC), "")


def test_what_a_description_gives_away_is_masked(connection, demo_aws, arn):
    text = {"PipelineVersionDisplayName": "first", "PipelineVersionDescription": "with --token hunter2"}
    demo_aws.client("sagemaker").update_pipeline_version(PipelineArn=arn, PipelineVersionId=1, **text)

    *_, first = crawl_versions(connection, arn)

    assert (first.display_name, first.description) == ("first", "with --token (masked)")


def test_a_truncated_answer_is_an_error(connection, demo_aws, arn):
    demo_aws.faults.add("Truncated", action="ListPipelineVersions")

    with pytest.raises(AWSError) as caught:
        list(crawl_versions(connection, arn))
    assert (caught.value.kind, caught.value.code) == (ErrorKind.UNREACHABLE, "TruncatedResponse")


def test_a_denied_listing_is_an_error(connection, demo_aws, arn):
    demo_aws.faults.add("AccessDeniedException", action="ListPipelineVersions")

    with pytest.raises(AWSError, match="allow sagemaker:ListPipelineVersions"):
        list(crawl_versions(connection, arn))
