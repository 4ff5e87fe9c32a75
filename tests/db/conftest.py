"""Facts and lineage in the words of the domain."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.utils.timezone import now

from inventory.models import Account, Domain, Pipeline, Region, Sync, SyncPart

ACCOUNT_ID = "123456789012"
NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)


@pytest.fixture
def account(db):
    return Account.objects.create(account_id=ACCOUNT_ID)


@pytest.fixture
def region(account):
    return Region.objects.create(account=account, name="us-east-1")


@pytest.fixture
def make_pipeline(region):
    def make(name="churn", **fields):
        arn = f"arn:aws:sagemaker:{region.name}:{ACCOUNT_ID}:pipeline/{name}"
        return Pipeline.objects.create(**{"region": region, "name": name, "arn": arn, "seen_at": now(), **fields})

    return make


@pytest.fixture
def make_domain(region):
    def make(domain_id="d-1", name="studio", **fields):
        arn = f"arn:aws:sagemaker:{region.name}:{ACCOUNT_ID}:domain/{domain_id}"
        return Domain.objects.create(
            **{"region": region, "domain_id": domain_id, "name": name, "arn": arn, "seen_at": now(), **fields}
        )

    return make


@pytest.fixture
def make_part(account):
    def make(region="us-east-1", sync=None, **fields):
        sync = sync or Sync.objects.create(scope=f"region={region}", state="running")
        return SyncPart.objects.create(sync=sync, account=account, region=region, **fields)

    return make
