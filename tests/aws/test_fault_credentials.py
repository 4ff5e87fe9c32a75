"""Credentials that expire in the middle of a crawl: what was read is stored, the outcome says why the rest is not."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils.timezone import now

from inventory.aws.sessions import sessions
from inventory.models import Account, Bucket, Region
from inventory.sync import domains
from inventory.sync.scope import Scope
from lineage.models import LineageDocument
from tests.aws.faulting import Estate, complaints, is_current, lineage, missing, read_demo, runs
from tests.aws.syncing import ACCESS, ACCOUNT_ID, REGION, run

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def estate(demo_aws, create_pipeline, monkeypatch, settings):
    read_demo(demo_aws, monkeypatch, settings)
    return Estate(demo_aws, create_pipeline)


@pytest.mark.parametrize("after", [0, 2, 6, 14])
def test_credentials_that_expire_deny_the_part_and_heal(estate, client, after):
    run()
    estate.change()
    estate.demo_aws.faults.add("ExpiredTokenException", after=after)
    part = run().parts.get()

    assert (part.outcome, part.error_class) == ("denied", "ExpiredTokenException")
    assert "renew them" in part.error
    assert Region.objects.get().status == "denied"
    status, known = lineage(client, "churn")
    assert (status, set(runs(known).values()), known["cache"]["stale"]) == (200, {"Succeeded"}, True)
    assert missing() == []

    estate.demo_aws.faults.clear()
    assert run().state == "succeeded"
    assert complaints() == []
    assert is_current(client)


def test_nothing_more_is_asked_with_expired_credentials(estate):
    run()
    estate.change()
    estate.demo_aws.calls.clear()
    estate.demo_aws.faults.add("ExpiredTokenException", action="DescribePipeline")
    run()

    assert estate.demo_aws.calls.count(action="ListBuckets") == 0


def test_what_a_re_sync_read_is_shown_though_the_credentials_expire_at_its_end(estate):
    run()
    estate.change()
    estate.demo_aws.faults.add("ExpiredTokenException", action="ListPipelineVersions")
    part = run(Scope(pipeline="churn", regions=(REGION,))).parts.get()

    assert part.outcome == "denied"
    assert Bucket.objects.get(name="lake").versioning == "Enabled"
    assert set(LineageDocument.objects.values_list("outdated", "buckets_outdated")) == {(0, 0)}


@pytest.mark.parametrize("code", ["ExpiredTokenException", "UnrecognizedClientException"])
def test_credentials_that_are_renewed_in_a_profile_are_used_by_the_next_sync(estate, monkeypatch, tmp_path, code):
    for name in ACCESS:
        monkeypatch.delenv(name)
    file = tmp_path / "credentials"
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(file))
    account = Account.objects.create(account_id=ACCOUNT_ID, profile=f"own-{code}")
    keys = f"[{account.profile}]\naws_secret_access_key = testing\naws_access_key_id = "
    file.write_text(f"{keys}old")
    estate.demo_aws.faults.add(code)
    run()
    estate.demo_aws.faults.clear()
    file.write_text(f"{keys}new")

    assert run().state == "succeeded"
    client = sessions.client(account.access, "sagemaker", REGION, None)
    assert client._request_signer._credentials.access_key == "new"


def test_what_failed_before_the_credentials_expired_is_named_too(estate):
    estate.demo_aws.faults.add("AccessDeniedException", action="ListDomains")
    estate.demo_aws.faults.add("ExpiredTokenException", action="DescribePipeline")
    part = run().parts.get()

    assert part.error_class == "ExpiredTokenException"
    assert [problem["subject"] for problem in part.problems] == ["domains", "churn"]


def test_a_role_that_is_taken_away_in_the_middle_ends_the_part(estate, monkeypatch):
    """Its credentials expire, and no new ones are given: nothing else that is asked could be answered."""
    account = Account.objects.create(account_id=ACCOUNT_ID, role_arn=f"arn:aws:iam::{ACCOUNT_ID}:role/taken-away")
    run()
    estate.change()
    list_domains = domains.sync_domains

    def expire_first(*arguments):
        credentials = sessions._sessions[account.access].get_credentials()
        credentials._expiry_time = now() - timedelta(minutes=1)
        credentials._refresh_using.__self__._cache.clear()
        estate.demo_aws.faults.add("AccessDenied", service="sts", action="AssumeRole")
        return list_domains(*arguments)

    monkeypatch.setattr(domains, "sync_domains", expire_first)
    estate.demo_aws.calls.clear()
    part = run().parts.get()

    assert (part.outcome, part.error[:28]) == ("denied", "AssumeRole is denied (Access")
    assert estate.demo_aws.calls.count(action="DescribePipeline") == 0
    assert Region.objects.get().search_refused_at is None
