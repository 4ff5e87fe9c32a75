"""Preflights: asked for, carried out by a worker or in the foreground, and kept."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils.timezone import now

from inventory.aws.findings import PreflightRecord
from inventory.aws.preflight import crawl_preflight
from inventory.aws.sessions import sessions
from inventory.models import Preflight
from inventory.sync.delivery import REDELIVER_AFTER
from inventory.sync.reach import regions_of

if TYPE_CHECKING:
    from inventory.models import Account

LAPSES_AFTER = timedelta(minutes=15)
NO_REGION = "No region of the account's partition is configured and enabled: SYNC_REGIONS names those that are read."


def request_preflight(account: Account) -> tuple[Preflight, bool]:
    """Queue one, unless one is queued or running: it, and whether a worker is to be told."""
    preflight, created = Preflight.objects.get_or_create(account=account, defaults={"dispatched_at": now()})
    if created:
        return preflight, True
    over = Preflight.objects.filter(pk=preflight.pk).exclude(state__in=("queued", "running"))
    asked = over.update(state=Preflight.State.QUEUED, dispatched_at=now())
    preflight.refresh_from_db()
    return preflight, bool(asked)


def carry_out_preflight(preflight_id: int) -> None:
    """Claim a queued preflight and check its account; nothing happens when another worker was first."""
    preflight = Preflight.objects.claim(preflight_id)
    if preflight is None:
        return
    try:
        record = check(preflight.account)
    except Exception:
        Preflight.objects.filter(pk=preflight.pk).update(
            state=Preflight.State.FAILED, problem="A bug; see the worker's log."
        )
        raise
    keep(preflight.account, record)


def check(account: Account, regions: tuple[str, ...] = ()) -> PreflightRecord:
    """Ask AWS now, of these regions or of all that a sync would read, with the credentials as they are now."""
    sessions.forget(account.access)
    names = regions or tuple(regions_of(account))
    return crawl_preflight(account.access, names) if names else PreflightRecord(problem=NO_REGION)


def keep(account: Account, record: PreflightRecord) -> None:
    """Store what was found; it takes the place of what was found before."""
    found = {
        "state": record.state,
        "problem": record.problem,
        "identity": record.identity,
        "places": [asdict(place) for place in record.places],
        "matrix": [{"action": action, "places": states} for action, states in record.matrix.items()],
        "policy": record.policy,
        "checked_at": now(),
    }
    Preflight.objects.update_or_create(account=account, defaults=found)


def undelivered_preflights() -> list[Preflight]:
    """Those that workers must be told of: never told, told long ago, or left by a worker that died."""
    moment = now()
    Preflight.objects.release_lapsed(moment - LAPSES_AFTER)
    waiting = list(Preflight.objects.undispatched(moment - REDELIVER_AFTER))
    Preflight.objects.filter(pk__in=[row.pk for row in waiting]).update(dispatched_at=moment)
    return waiting
