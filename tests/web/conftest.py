"""Facts and documents for tests of what is served, written by hand: no sync runs here."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import orjson
import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.utils.timezone import now

from inventory.models import Account, Domain, Execution, Pipeline, Region
from lineage.models import LineageDocument

ACCOUNT = "123456789012"
REGION = "ap-northeast-2"


class Facts:
    """Creates rows; what a test does not name gets a value."""

    def __init__(self) -> None:
        self.number = count(1)

    def region(self, name: str = REGION, account: str = ACCOUNT, **values: Any) -> Region:
        owner, _ = Account.objects.get_or_create(account_id=account)
        defaults = {"status": "ok", "synced_at": now(), "revision": 1} | values
        region, _ = Region.objects.get_or_create(account=owner, name=name, defaults=defaults)
        return region

    def domain(self, region: Region, domain_id: str = "d-1", name: str = "studio-a", **values: Any) -> Domain:
        arn = f"arn:aws:sagemaker:{region.name}:{region.account.account_id}:domain/{domain_id}"
        return Domain.objects.create(region=region, domain_id=domain_id, name=name, arn=arn, seen_at=now(), **values)

    def pipeline(self, name: str = "churn", region: Region | None = None, **values: Any) -> Pipeline:
        where = region or self.region()
        if domain := values.get("domain"):
            values.setdefault("matched_domain_id", domain.domain_id)
        arn = f"arn:aws:sagemaker:{where.name}:{where.account.account_id}:pipeline/{name}"
        defaults: dict[str, Any] = {"synced_at": now(), "seen_at": now(), "last_modified": now()}
        return Pipeline.objects.create(region=where, name=name, arn=arn, **defaults | values)

    def document(self, pipeline: Pipeline, **values: Any) -> LineageDocument:
        body = {"pipeline": {"name": pipeline.name}, "summary": {}, "graph": {"nodes": [], "edges": []}}
        run = body | {"execution": {"id": "e1"}}
        defaults: dict[str, Any] = {
            "definition_body": orjson.dumps(body),
            "execution_body": orjson.dumps(run),
            "definition_data": orjson.dumps({"nodes": ["definition"], "edges": []}),
            "execution_data": orjson.dumps({"nodes": ["execution"], "edges": []}),
            "digest": f"digest-{pipeline.name}",
            "outdated": 0,
            "rendered_at": now() - timedelta(days=1),
        }
        return LineageDocument.objects.create(pipeline=pipeline, **defaults | values)

    def served(self, name: str = "churn", region: Region | None = None, **values: Any) -> Pipeline:
        """A pipeline with its document."""
        pipeline = self.pipeline(name, region, **values)
        self.document(pipeline)
        return pipeline

    def execution(self, pipeline: Pipeline, started: datetime | None = None, **values: Any) -> Execution:
        arn = f"{pipeline.arn}/execution/e{next(self.number)}"
        defaults: dict[str, Any] = {"status": "Succeeded", "start_time": started or now(), "last_modified": now()}
        return Execution.objects.create(pipeline=pipeline, arn=arn, **defaults | values)


@pytest.fixture
def facts(db: None) -> Facts:
    return Facts()


@pytest.fixture
def reader(db: None) -> User:
    return User.objects.create_user("reader")


@pytest.fixture
def api(reader: User, client: Client) -> Client:
    """A signed-in user without any permission."""
    client.force_login(reader)
    return client


@pytest.fixture
def operator(db: None, client: Client) -> Client:
    """A member of staff who may see everything and ask for syncs."""
    user = User.objects.create_user("operator", is_staff=True)
    user.user_permissions.set(
        Permission.objects.filter(codename__startswith="view_") | Permission.objects.filter(codename="add_sync")
    )
    client.force_login(user)
    return client


@pytest.fixture
def queries(django_assert_num_queries: Any) -> Callable[[int], Any]:
    """Asserts how many queries a block makes."""
    return lambda number: django_assert_num_queries(number)
