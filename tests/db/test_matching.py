"""Which domain a pipeline is said to belong to, and how we know."""

from __future__ import annotations

import pytest

from inventory.models import Execution, Pipeline
from inventory.sync.matching import match_domains

ARN = "arn:aws:sagemaker:us-east-1:123456789012:domain/d-1"


def matched(pipeline):
    match_domains(pipeline.region, Pipeline.objects.filter(pk=pipeline.pk))
    pipeline.refresh_from_db()
    return pipeline.matched_domain_id, pipeline.match_source


@pytest.mark.parametrize(
    ("fields", "source"),
    [
        ({"tags": {"sagemaker:domain-arn": ARN}}, "tag:sagemaker:domain-arn"),
        ({"tags": {"DomainId": "d-1"}}, "tag:DomainId"),
        ({"tags": {"DomainName": "studio"}}, "tag:DomainName"),
        ({"created_by": {"DomainId": "d-1"}}, "createdBy"),
        ({"last_modified_by": {"DomainId": "d-1"}}, "lastModifiedBy"),
    ],
)
def test_each_hint_matches(make_pipeline, make_domain, fields, source):
    make_domain()
    assert matched(make_pipeline(**fields)) == ("d-1", source)


def test_the_latest_execution_is_the_last_hint(make_pipeline, make_domain):
    make_domain()
    pipeline = make_pipeline()
    execution = Execution.objects.create(
        pipeline=pipeline, arn=f"{pipeline.arn}/execution/1", status="Succeeded", created_by={"DomainId": "d-1"}
    )
    Pipeline.objects.update(latest_execution=execution)
    assert matched(pipeline) == ("d-1", "execution")


def test_hints_win_in_their_order_and_all_are_kept(make_pipeline, make_domain):
    make_domain("d-1", "studio")
    make_domain("d-2", "lab")
    pipeline = make_pipeline(
        tags={"sagemaker:domain-arn": ARN, "DomainId": "d-2", "DomainName": "lab"}, created_by={"DomainId": "d-2"}
    )
    assert matched(pipeline) == ("d-1", "tag:sagemaker:domain-arn")
    assert [candidate["DomainId"] for candidate in pipeline.domain_candidates] == ["d-1", "d-2", "d-2", "d-2"]


def test_a_domain_arn_of_another_region_is_no_hint(make_pipeline, make_domain):
    make_domain()
    pipeline = make_pipeline(tags={"sagemaker:domain-arn": ARN.replace("us-east-1", "eu-west-1")})
    assert matched(pipeline) == ("", "none")


def test_a_name_that_two_domains_bear_is_ambiguous(make_pipeline, make_domain):
    make_domain("d-1", "studio")
    make_domain("d-2", "studio")
    pipeline = make_pipeline(tags={"DomainName": "studio"})
    assert matched(pipeline) == ("", "ambiguous")
    assert {candidate["DomainId"] for candidate in pipeline.domain_candidates} == {"d-1", "d-2"}


def test_the_id_of_a_domain_that_is_gone_is_kept(make_pipeline):
    pipeline = make_pipeline(tags={"DomainId": "d-gone"})
    assert matched(pipeline) == ("d-gone", "tag:DomainId")
    assert pipeline.domain is None
