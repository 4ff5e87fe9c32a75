"""From a request to its parts: which accounts, which regions."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.timezone import now

from inventory.aws.errors import AWSError
from inventory.aws.sessions import Access, identify
from inventory.models import Account, Pipeline, Region, Sync, SyncPart
from inventory.sync.conclude import end_abandoned
from inventory.sync.reach import in_partition, regions_to_sync

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.contrib.auth.models import AbstractBaseUser

    from inventory.sync.scope import Scope


def request(scope: Scope, *, trigger: str, user: AbstractBaseUser | None = None) -> tuple[Sync, bool]:
    """Get the active sync of `scope`, or create one: the constraint lets only one be active."""
    active = Sync.objects.active().filter(scope=str(scope)).first()
    if active:
        return active, False
    try:
        with transaction.atomic():
            return Sync.objects.create(
                account=scope.account,
                regions=sorted(scope.regions),
                pipeline=scope.pipeline,
                executing_only=scope.executing_only,
                scope=str(scope),
                trigger=trigger,
                requested_by_id=user.pk if user else None,
                dispatched_at=now(),
            ), True
    except IntegrityError:
        return Sync.objects.active().get(scope=str(scope)), False


def plan(sync_id: int) -> list[SyncPart]:
    """Claim a queued sync and create its parts, in order; none when another worker was first."""
    sync = Sync.objects.claim(sync_id)
    if sync is None:
        return []
    try:
        accounts = accounts_named(sync.account)
        parts = [part for account in accounts for part in _parts(sync, account)]
    except AWSError as error:
        _fail(sync, error.message)
        return []
    if not parts:
        _fail(sync, "Nothing to sync: no account or pipeline of that name is known, or no region is enabled for it.")
        return []
    return SyncPart.objects.bulk_create(parts)


def take_up(sync: Sync) -> list[SyncPart]:
    """What of an active sync nobody works on: all of it, or the parts that are queued or whose worker fell silent."""
    SyncPart.objects.release_lapsed(timedelta(seconds=settings.SYNC_LEASE_SECONDS))
    if sync.parts.exists():
        end_abandoned(sync.pk)
    return plan(sync.pk) or list(sync.parts.filter(state=SyncPart.State.QUEUED))


def _fail(sync: Sync, problem: str) -> None:
    Sync.objects.filter(pk=sync.pk).update(state=Sync.State.FAILED, problem=problem, finished_at=now())


def accounts_named(name: str) -> Iterable[Account]:
    """Those of these digits or this name; without one the enabled ones, or the one of the credentials.

    Raises AWSError when the credentials do not tell whose they are.
    """
    known = Account.objects.all()
    if name:
        return known.filter(Q(account_id=name) | Q(name=name))
    return known.filter(is_enabled=True) if known.exists() else [_own_account()]


def _own_account() -> Account:
    identity = identify(Access())
    account, _ = Account.objects.get_or_create(
        account_id=identity.account_id, defaults={"partition": identity.partition}
    )
    return account


def _parts(sync: Sync, account: Account) -> list[SyncPart]:
    names = _region_names(sync, account)
    moment = now()
    for name in names:
        Region.objects.get_or_create(account=account, name=name)
    return [SyncPart(sync=sync, account=account, region=name, dispatched_at=moment) for name in names]


def _region_names(sync: Sync, account: Account) -> list[str]:
    if sync.pipeline or sync.executing_only:
        return _regions_of_pipelines(sync, account)
    if sync.regions:
        return in_partition(account, sync.regions)
    return regions_to_sync(account)


def _regions_of_pipelines(sync: Sync, account: Account) -> list[str]:
    if sync.pipeline and sync.regions:
        return in_partition(account, sync.regions)
    pipelines = Pipeline.objects.filter(region__account=account, missing_since=None)
    if sync.pipeline:
        pipelines = pipelines.filter(Q(name=sync.pipeline) | Q(arn=sync.pipeline))
    else:
        following = pipelines.filter(latest_execution__status__in=("Executing", "Stopping"))
        pipelines = following.exclude(region__status=Region.Status.DISABLED)
    return sorted(set(pipelines.values_list("region__name", flat=True)))
