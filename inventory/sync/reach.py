"""Which regions of an account are read: those that are configured, have SageMaker, and are enabled for the account."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.timezone import now

from inventory.aws.client import Connection
from inventory.aws.errors import AWSError
from inventory.aws.regions import available_regions, crawl_enabled_regions, partition_of
from inventory.aws.sessions import sessions
from inventory.models import Region
from inventory.sync.unconfigured import NOT_CONFIGURED, settle_unconfigured

if TYPE_CHECKING:
    from collections.abc import Iterable

    from inventory.models import Account

LOOK_AGAIN_AFTER = timedelta(hours=24)  # at a disabled region: enabling one is rare, and asking costs a call each
NOT_ENABLED = "The region is not enabled for the account. It is looked at again daily; what was read of it stays."
NO_SAGEMAKER = "No SageMaker is known in this region: correct SYNC_REGIONS, or sync it by name if it is new."


def in_partition(account: Account, names: Iterable[str]) -> list[str]:
    """Those that are of no other partition: credentials of one are not known in another."""
    return [name for name in names if partition_of(name) in ("", account.partition)]


def regions_of(account: Account) -> list[str]:
    """Those of the account's partition that are configured, whether it has enabled them or not; or all enabled ones."""
    if settings.SYNC_REGIONS:
        return in_partition(account, settings.SYNC_REGIONS)
    enabled = _enabled(account)
    return [name for name in available_regions(account.partition) if enabled is None or name in enabled]


def regions_to_sync(account: Account) -> list[str]:
    """Those that a sync of everything reads now; those that are not enabled get that state, which rests for a day."""
    settle_unconfigured(account, _configured(account))
    wanted, resting = _existing(account), _seen_disabled(account)
    awake = [name for name in wanted if name not in resting]
    if not wanted or (awake and _all_told(account, awake)):
        return awake
    enabled = _enabled(account)
    if enabled is not None:
        _note_disabled(account, [name for name in awake if name not in enabled], NOT_ENABLED)
        wanted = [name for name in wanted if name in enabled]
    # All of them at once means that the credentials were wrong: AWS says the same of both.
    return [name for name in wanted if name not in resting] or wanted


def _configured(account: Account) -> list[str]:
    """Those of its partition that are configured; where none is, all of the partition."""
    if settings.SYNC_REGIONS:
        return in_partition(account, settings.SYNC_REGIONS)
    return available_regions(account.partition)


def _existing(account: Account) -> list[str]:
    """Those with SageMaker, as far as this SDK knows, of the configured ones or of all."""
    available, configured = available_regions(account.partition), _configured(account)
    lacking = [name for name in configured if name not in available]
    told = account.regions.exclude(status=Region.Status.NEVER_SYNCED).exclude(problem=NOT_CONFIGURED)
    _note_disabled(account, set(lacking) - set(told.values_list("name", flat=True)), NO_SAGEMAKER)
    return [name for name in configured if name in available]


def _seen_disabled(account: Account) -> set[str]:
    """The regions that were seen to be disabled less than a day ago, and have been configured since before that."""
    seen = account.regions.filter(status=Region.Status.DISABLED, attempted_at__gt=now() - LOOK_AGAIN_AFTER)
    return set(seen.exclude(problem=NOT_CONFIGURED).values_list("name", flat=True))


def _all_told(account: Account, names: list[str]) -> bool:
    """Whether crawls of these regions tell what a list of those enabled would: one that is disabled since says so.

    Where none is configured, only the list tells of a region that is enabled for the first time.
    """
    untold = (Region.Status.NEVER_SYNCED, Region.Status.DISABLED)
    told = account.regions.exclude(status__in=untold).values_list("name", flat=True)
    return bool(settings.SYNC_REGIONS) and set(names) <= set(told)


def _enabled(account: Account) -> list[str] | None:
    """None when nobody tells: AWS refuses to, or the credentials are another account's."""
    try:
        sessions.verify(account.access)
    except AWSError:
        return None
    return crawl_enabled_regions(Connection(account.access, account.access.home_region))


def _note_disabled(account: Account, names: Iterable[str], problem: str) -> None:
    """Of regions that are configured, or were known: of all that exist, those never enabled are nobody's concern."""
    for name in names:
        region = account.regions.filter(name=name).first()
        if region is None and settings.SYNC_REGIONS:
            region, _ = Region.objects.get_or_create(account=account, name=name)
        if region:
            region.record_outcome(Region.Status.DISABLED, problem)
