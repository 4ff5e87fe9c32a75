"""Connections: shared, counting, and classified when they cannot be made."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor, wait

import pytest

from inventory.aws.client import ATTEMPTS, Connection
from inventory.aws.errors import AWSError, ErrorKind
from inventory.aws.gate import gate
from inventory.aws.sessions import Access, identify

ACCOUNT_ID = "123456789012"
SOON = 5  # s


def test_credentials_are_identified(connection):
    identity = identify(Access())

    assert (identity.account_id, identity.partition) == (ACCOUNT_ID, "aws")
    assert identity.arn.startswith("arn:aws:sts::")


def test_refused_credentials_are_an_error(connection, demo_aws):
    demo_aws.faults.add("ExpiredToken", service="sts")

    with pytest.raises(AWSError) as caught:
        identify(Access())
    assert caught.value.kind is ErrorKind.CREDENTIALS


def test_a_profile_that_does_not_exist_is_an_error():
    with pytest.raises(AWSError) as caught:
        _ = Connection(Access(ACCOUNT_ID, profile="no-such-profile"), "us-east-1").sagemaker
    assert caught.value.kind is ErrorKind.CREDENTIALS


def test_a_client_is_made_once(connection):
    assert connection.sagemaker is connection.sagemaker
    assert connection.s3("us-east-1") is not connection.s3("eu-west-1")


def test_threads_that_want_it_at_once_get_the_same(connection, monkeypatch):
    def slowly(*arguments):
        time.sleep(0.05)
        return object()

    monkeypatch.setattr(connection, "_new_client", slowly)
    with ThreadPoolExecutor(8) as pool:
        clients = list(pool.map(lambda _: connection.sagemaker, range(8)))

    assert len(set(clients)) == 1


@pytest.mark.parametrize(
    ("service", "name"), [("sagemaker", "sagemaker"), ("tagging", "resourcegroupstaggingapi")], ids=str
)
def test_services_are_of_the_connections_region(connection, service, name):
    meta = getattr(connection, service).meta

    assert (meta.service_model.service_name, meta.region_name) == (name, "us-east-1")


def test_a_service_may_be_of_another_region(connection):
    assert connection.client("account", "us-west-2").meta.region_name == "us-west-2"


def test_calls_are_counted_by_operation(connection):
    connection.sagemaker.list_pipelines()
    connection.sagemaker.list_pipelines()
    connection.sagemaker.list_domains()

    assert connection.calls == {"ListPipelines": 2, "ListDomains": 1}
    assert connection.throttles == 0


def test_retries_and_throttles_are_counted(connection, demo_aws, monkeypatch):
    monkeypatch.setattr("botocore.retries.standard.ExponentialBackoff.delay_amount", lambda *_: 0)
    twice = Connection(Access(ACCOUNT_ID), "us-east-1", attempts=2)
    demo_aws.faults.add("ThrottlingException", action="ListPipelines", times=1)

    twice.sagemaker.list_pipelines()

    assert (twice.calls["ListPipelines"], twice.throttles) == (2, 1)


def test_calls_are_held_back_while_the_gate_is_closed(connection):
    with ThreadPoolExecutor() as pool:
        with gate.closed():
            calls = [pool.submit(connection.sagemaker.list_pipelines) for _ in range(2)]
            assert not wait(calls, timeout=0.2).done
            assert connection.calls == {}
        assert not wait(calls, timeout=SOON).not_done
    assert connection.calls == {"ListPipelines": 2}


def test_another_error_is_no_throttle(connection, demo_aws):
    demo_aws.faults.add("AccessDeniedException", action="ListPipelines")

    with pytest.raises(connection.sagemaker.exceptions.ClientError):
        connection.sagemaker.list_pipelines()
    assert connection.throttles == 0


def test_what_is_not_answered_is_no_throttle(connection):
    connection._watch(response=None)

    assert connection.throttles == 0


def test_the_account_level_of_s3_is_not_tried_again(connection):
    patient = Connection(Access(ACCOUNT_ID), "us-east-1")

    assert patient.client("s3control").meta.config.retries["total_max_attempts"] == 1
    assert patient.sagemaker.meta.config.retries["total_max_attempts"] == ATTEMPTS
