"""Production's topology: PostgreSQL, Redis, and web, worker and beat as processes that share nothing else."""

from __future__ import annotations

import json
import os
import time
import uuid
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest

from demo.estate.load import load
from lineage_site.embedded import service_programs

DATABASE_URL = os.environ.get("TEST_DATABASE_URL", "")
REDIS_URL = os.environ.get("TEST_REDIS_URL", "")
missing = not (DATABASE_URL and REDIS_URL)
pytestmark = pytest.mark.skipif(
    missing and not os.environ.get("CI"), reason="TEST_DATABASE_URL and TEST_REDIS_URL are not set"
)


@pytest.fixture
def database_url():
    """A database of its own, gone afterwards."""
    assert DATABASE_URL, "CI must set TEST_DATABASE_URL"
    name = f"topology_{uuid.uuid4().hex[:12]}"
    server = urlsplit(DATABASE_URL)
    with psycopg.connect(urlunsplit(server._replace(path="/postgres")), autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        yield urlunsplit(server._replace(path=f"/{name}"))
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def production(environment, database_url, demo_aws):
    assert REDIS_URL, "CI must set TEST_REDIS_URL"
    load(demo_aws.url)
    environment.update(
        DATABASE_URL=database_url,
        REDIS_URL=REDIS_URL,
        DJANGO_SECRET_KEY="a key of the test alone, which signs nothing of worth",
        SYNC_REGIONS="us-east-1,eu-central-1",
        AWS_ENDPOINT_URL=demo_aws.url,
        AWS_ACCESS_KEY_ID="testing",
        AWS_SECRET_ACCESS_KEY="testing",
        DJANGO_SUPERUSER_PASSWORD="operator",
    )
    return environment


@pytest.fixture
def token(production, start):
    """After the migration; of a user who may ask for syncs."""
    for command in (
        ("migrate", "--verbosity=0"),
        ("createsuperuser", "--no-input", "--username=operator", "--email=operator@example.com"),
    ):
        assert start("manage.py", *command).process.wait(120) == 0
    maker = start("manage.py", "create_token", "operator")
    assert maker.process.wait(60) == 0
    return maker.output.split()[-1]


@pytest.fixture
def service(token, production, start, fetch, free_port):
    for program in service_programs("127.0.0.1", free_port):
        start(*program.command[1:])
    url = f"http://127.0.0.1:{free_port}"
    wait_until(lambda: fetch(f"{url}/health")[0] == 200)
    return url


def wait_until(condition, seconds=120):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.3)


def test_a_sync_asked_for_over_http_is_carried_out_by_the_worker(service, token, fetch):
    signed = {"Authorization": f"Token {token}"}
    status, body = fetch(f"{service}/api/v1/syncs", {"region": "us-east-1"}, **signed)
    assert status == 202
    identifier = json.loads(body)["id"]

    def state():
        return json.loads(fetch(f"{service}/api/v1/syncs/{identifier}", **signed)[1])["state"]

    wait_until(lambda: state() not in {"queued", "running"})
    assert state() == "succeeded"
    status, body = fetch(f"{service}/lineage?pipeline=churn-train-weekly&region=us-east-1", **signed)
    assert status == 200
    assert json.loads(body)["graph"]["nodes"]
