"""Why something is not in the cache: was it looked for, is a sync under way, did one fail?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rest_framework.exceptions import NotFound

from inventory.api.errors import UnsyncedError
from inventory.api.parameters import account_condition
from inventory.models import Account, Region, Sync, SyncPart

if TYPE_CHECKING:
    from typing import NoReturn

SOON = 30
LATER = 300


def raise_unknown(region: str, parameters: dict[str, Any], missing: str) -> NoReturn:
    """404 with `missing` when complete syncs did not see it, 503 while a region it may be in was never synced."""
    check_account(parameters)
    regions = list(Region.objects.filter(account_condition(parameters), name=region))
    if regions and all(known.synced_at for known in regions):
        raise NotFound(missing)
    raise _unsynced(region)


def check_account(parameters: dict[str, Any]) -> None:
    """404 when no account is configured that the parameters choose."""
    condition = account_condition(parameters, "")
    if condition and not Account.objects.filter(condition).exists():
        name = parameters.get("account") or parameters["profile"]
        raise NotFound(f"No account is configured for '{name}'. GET /api/v1/accounts lists those that are.")


def _unsynced(region: str) -> UnsyncedError:
    state = _active_state(region)
    if state:
        return UnsyncedError(f"Region '{region}' has not been synced yet; a sync of it is {state}.", SOON)
    last = SyncPart.objects.filter(region=region).exclude(error="").order_by("-pk").first()
    if last:
        return UnsyncedError(f"Region '{region}' has not been synced yet; the last sync failed: {last.error}", LATER)
    return UnsyncedError(f"Region '{region}' has not been synced yet. {how_to_sync(region)}", LATER)


def how_to_sync(region: str) -> str:
    """What a person does to have a region in the cache."""
    return f'Add it to SYNC_REGIONS, or ask for a sync: POST /api/v1/syncs with {{"region": "{region}"}}.'


def _active_state(region: str) -> str:
    """'running', 'queued', or '' when no active sync covers the region."""
    states = [
        sync.state for sync in Sync.objects.active() if not sync.executing_only and region in (sync.regions or [region])
    ]
    return max(states, default="")
