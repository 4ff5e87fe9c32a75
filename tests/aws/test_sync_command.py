"""`manage.py sync`: the same path as the workers', in the foreground."""

from __future__ import annotations

import io
import uuid
from datetime import timedelta
from functools import partialmethod

import pytest
from django.core import checks
from django.core.management import CommandError, call_command
from django.core.management.base import SystemCheckError
from django.utils.timezone import now

from inventory import sync
from inventory.aws.client import Connection
from inventory.checks import TAG as RATES
from inventory.models import Account, Pipeline, Sync, SyncPart
from inventory.signals import facts_changed
from inventory.sync import foreground
from inventory.sync.scope import Scope
from tests.aws.syncing import ACCESS, REGION, training

pytestmark = pytest.mark.django_db(transaction=True)


class Terminal(io.StringIO):
    """Somebody looks."""

    def isatty(self):
        return True


@pytest.fixture(autouse=True)
def credentials(monkeypatch, demo_aws, settings):
    for name, value in {**ACCESS, "AWS_ENDPOINT_URL": demo_aws.url}.items():
        monkeypatch.setenv(name, value)
    settings.SYNC_REGIONS = [REGION]
    monkeypatch.setattr(Connection, "__init__", partialmethod(Connection.__init__, attempts=1))


@pytest.fixture
def command():
    """`command("--region", "us-east-1")`: the exit status and what was written."""

    def call(*arguments, out=None, **options):
        out = out or io.StringIO()
        with pytest.raises(SystemExit) as ended:
            call_command("sync", *arguments, stdout=out, **options)
        return ended.value.code, out.getvalue()

    return call


@pytest.fixture
def bug():
    """A bug that strikes when facts are stored."""

    def fail(**_):
        raise ZeroDivisionError

    facts_changed.connect(fail)
    yield
    facts_changed.disconnect(fail)


def test_all_is_ok(command, create_pipeline):
    create_pipeline("churn", training())
    status, said = command()
    calls = sum(SyncPart.objects.get().api_calls.values())
    assert status == 0
    assert said == f"Sync {Sync.objects.get().pk} succeeded: 1 of 1 regions ok, 1 pipelines, {calls} calls\n"


def test_some_regions_are_not(command, demo_aws, create_pipeline):
    create_pipeline("churn", training())
    demo_aws.faults.add("AccessDeniedException", action="ListPipelines", region="eu-west-1")
    status, said = command("--region", REGION, "--region", "eu-west-1")
    assert status == 3
    assert "partial: 1 of 2 regions ok, 1 pipelines" in said
    assert "; eu-west-1 denied: ListPipelines " in said


def test_what_fails_in_several_accounts_is_said_once(command, demo_aws):
    for account_id in ("123456789012", "210987654321"):
        role = f"arn:aws:iam::{account_id}:role/reader-of-command" if account_id != "123456789012" else ""
        Account.objects.create(account_id=account_id, role_arn=role)
    demo_aws.faults.add("AccessDeniedException", action="ListPipelines")
    _, said = command()
    assert "; us-east-1 of 123456789012, 210987654321 denied: ListPipelines " in said
    assert said.count("denied:") == 1


def test_nothing_is(command, demo_aws):
    demo_aws.faults.add("AccessDeniedException", action="ListPipelines")
    status, said = command()
    assert status == 1
    assert "failed: 0 of 1 regions ok" in said


def test_a_sync_of_nothing_says_why(command):
    status, said = command("--pipeline", "nobody")
    assert status == 1
    assert "failed: 0 of 0 regions ok, 0 pipelines, 0 calls; Nothing to sync" in said


def test_one_pipeline_of_one_account_alone(command, create_pipeline):
    create_pipeline("churn", training())
    create_pipeline("fraud", training())
    command()
    command("--account", "123456789012", "--pipeline", "churn")
    assert Sync.objects.first().scope == "account=123456789012 pipeline=churn"
    assert SyncPart.objects.filter(sync=Sync.objects.first()).get().done == 1


def test_a_region_that_cannot_be_one_is_refused_before_anything_is_asked():
    with pytest.raises(CommandError, match="'us_east_1' is not the name of a region"):
        call_command("sync", "--region", "us_east_1")
    assert not Sync.objects.exists()


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"AWS_CALLS_PER_SECOND_FLOOR": 20, "AWS_CALLS_PER_SECOND_CEILING": 5}, "inventory.E001"),
        ({"AWS_CALLS_PER_SECOND_OF": {"ListPipelnes": 1}}, "inventory.E002"),
    ],
)
def test_rates_that_cannot_be_kept_are_refused_before_anything_is_asked(settings, values, code):
    for name, value in values.items():
        setattr(settings, name, value)
    with pytest.raises(SystemCheckError, match=code):
        call_command("sync", skip_checks=False)
    assert not Sync.objects.exists()


def test_other_checks_do_not_delay_it(command, monkeypatch):
    ran = []
    monkeypatch.setattr(checks, "run_checks", lambda **options: ran.append(options["tags"]) or [])
    command(skip_checks=False)
    assert ran == [(RATES,)]


def test_a_sync_that_no_worker_has_taken_is_carried_out_here(command, create_pipeline):
    create_pipeline("churn", training())
    queued, _ = sync.request(Scope(), trigger="api")
    assert command()[0] == 0
    queued.refresh_from_db()
    assert queued.state == "succeeded"


def test_the_parts_of_a_silent_worker_are_carried_out_here(command, create_pipeline):
    create_pipeline("churn", training())
    planned, _ = sync.request(Scope(), trigger="api")
    [part] = sync.plan(planned.pk)
    SyncPart.objects.claim(part.pk)
    SyncPart.objects.update(heartbeat_at=now() - timedelta(hours=1))
    assert command()[0] == 0
    assert SyncPart.objects.get().attempts == 2


def test_what_workers_carry_out_is_left_to_them():
    active, _ = sync.request(Scope(), trigger="api")
    [part] = sync.plan(active.pk)
    SyncPart.objects.claim(part.pk)
    with pytest.raises(CommandError, match=f"already: {active.pk}"):
        call_command("sync")


def test_ctrl_c_stops_at_the_next_step(command, create_pipeline, monkeypatch):
    create_pipeline("churn", training())
    real_wait = foreground.wait

    def interrupted(running, **_):
        monkeypatch.setattr(foreground, "wait", real_wait)
        raise KeyboardInterrupt

    monkeypatch.setattr(foreground, "wait", interrupted)
    status, said = command()
    assert status == 1
    assert "cancelled: 0 of 1 regions ok" in said
    assert not Sync.objects.active().exists()


def test_a_bug_is_logged_with_its_traceback_and_the_status_says_failed(command, create_pipeline, bug, caplog):
    create_pipeline("churn", training())
    status, said = command()
    assert status == 1
    assert "us-east-1 failed: A bug; see the worker's log." in said
    [record] = [record for record in caplog.records if "ended with a bug" in record.message]
    assert record.exc_info[0] is ZeroDivisionError


def test_a_terminal_sees_progress(command, demo_aws, create_pipeline):
    create_pipeline("churn", training())
    demo_aws.faults.add("Hang", action="ListDomains", seconds=0.7)
    _, said = command(out=Terminal())
    drawn = [line.split("\n")[0] for line in said.split("\r")[1:]]
    assert len(drawn) >= 2
    assert "0/1 parts" in drawn[0]
    assert drawn[-1].startswith("[" + "#" * 30 + "] 1/1 pipelines, 1/1 parts, ")


def test_a_pipe_sees_the_summary_alone(command):
    _, said = command()
    assert "\r" not in said
    assert said.count("\n") == 1


def test_a_part_that_a_worker_took_over_leaves_the_sync_to_it(command, create_pipeline):
    create_pipeline("churn", training())

    def take_over(**_):
        SyncPart.objects.update(lease=uuid.uuid4())

    facts_changed.connect(take_over)
    try:
        status, said = command()
    finally:
        facts_changed.disconnect(take_over)
    assert status == 1
    assert "running: 0 of 1 regions ok" in said
    assert Pipeline.objects.get().definition is None
