"""The demo AWS: answers that are no error of AWS, and faults that begin later."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError


def test_a_fault_may_begin_later(demo_aws):
    demo_aws.faults.add("ExpiredTokenException", after=2)
    client = demo_aws.client("sagemaker")
    client.list_domains()
    client.list_pipelines()

    with pytest.raises(ClientError, match="ExpiredTokenException"):
        client.list_domains()


def test_a_reset_connection_answers_nothing(demo_aws):
    demo_aws.faults.add("Reset", times=1)

    with pytest.raises(ConnectionClosedError):
        demo_aws.client("sagemaker").list_domains()
    assert demo_aws.client("sagemaker").list_domains()["Domains"] == []


@pytest.mark.parametrize("code", ["Cut", "Garbage"])
def test_what_is_no_answer_looks_empty(demo_aws, create_pipeline, code):
    create_pipeline("churn")
    demo_aws.faults.add(code, action="ListPipelines")

    assert "PipelineSummaries" not in demo_aws.client("sagemaker").list_pipelines()


def test_an_empty_page_leads_to_the_first(demo_aws, create_pipeline):
    create_pipeline("churn")
    demo_aws.faults.add("EmptyPage", action="ListPipelines", times=1)
    client = demo_aws.client("sagemaker")

    first = client.list_pipelines()
    second = client.list_pipelines(NextToken=first["NextToken"])

    assert (len(first["PipelineSummaries"]), len(second["PipelineSummaries"])) == (0, 1)


def test_an_endless_listing_begins_anew(demo_aws, create_pipeline):
    create_pipeline("churn")
    demo_aws.faults.add("Endless", action="ListPipelines")
    client = demo_aws.client("sagemaker")

    first = client.list_pipelines()
    second = client.list_pipelines(NextToken=first["NextToken"])

    assert first["NextToken"] == second["NextToken"]
    assert len(second["PipelineSummaries"]) == 1
