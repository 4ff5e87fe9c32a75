"""One part from its claim to its outcome."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.timezone import now

from inventory.aws.errors import AWSError, ErrorKind
from inventory.aws.sessions import sessions
from inventory.models import Region, SyncPart
from inventory.sync.conclude import conclude
from inventory.sync.finish import finish_if_done
from inventory.sync.lease import CancelledError, Lease, LeaseLostError
from inventory.sync.region import RegionCrawl

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from inventory.models import Sync

OUTCOMES = {
    ErrorKind.DENIED: SyncPart.Outcome.DENIED,
    ErrorKind.CREDENTIALS: SyncPart.Outcome.DENIED,
    ErrorKind.DISABLED: SyncPart.Outcome.DISABLED,
    ErrorKind.THROTTLED: SyncPart.Outcome.THROTTLED,
    ErrorKind.UNREACHABLE: SyncPart.Outcome.UNREACHABLE,
}


def tell_nobody(_: Sequence[SyncPart]) -> None:
    """The database knows of them; who carries them out looks there."""


def execute(part_id: int, tell: Callable[[Sequence[SyncPart]], None] = tell_nobody) -> None:
    """Claim a part and carry it out; nothing happens when another worker was first."""
    part = SyncPart.objects.claim(part_id)
    if part:
        carry_out(part, tell)


def carry_out(part: SyncPart, tell: Callable[[Sequence[SyncPart]], None]) -> None:
    """Carry out a part that was claimed. Whatever AWS says is an outcome; a bug is stored as one, and raised.

    `tell` is called with the parts that it deals out, as soon as they may be carried out.
    """
    with Lease(part, settings.SYNC_THREADS) as lease:
        try:
            crawl = RegionCrawl(
                lease, Region.objects.select_related("account").get(account=part.account, name=part.region), tell
            )
            lease.call(sessions.verify, part.account.access)
            crawl.run(part.sync)
        except LeaseLostError:
            pass
        except CancelledError:
            _finish(lease, state=SyncPart.State.CANCELLED)
        except AWSError as error:
            _fail(lease, part.sync, error, crawl.problems)
        except Exception as bug:
            _finish(
                lease,
                outcome=SyncPart.Outcome.FAILED,
                error_class=type(bug).__name__,
                error="A bug; see the worker's log.",
            )
            raise
        else:
            _succeed(lease, part.sync, crawl)


def _succeed(lease: Lease, sync: Sync, crawl: RegionCrawl) -> None:
    problems = crawl.problems
    worst = crawl.worst()
    if sync.is_of_whole_regions and not crawl.is_dealt_out:
        crawl.region.record_outcome(worst.kind if worst else Region.Status.OK, worst.message if worst else "")
    outcome = OUTCOMES.get(worst.kind, SyncPart.Outcome.FAILED) if worst else SyncPart.Outcome.OK
    _finish(
        lease,
        outcome=outcome,
        error_class=worst.code if worst else "",
        error=worst.message if worst else "",
        problems=problems[:100],
    )


def _fail(lease: Lease, sync: Sync, error: AWSError, problems: list[dict[str, str]]) -> None:
    """AWS did not let us read the region: an outcome, not an exception. What is stored stays."""
    if error.kind in (ErrorKind.CREDENTIALS, ErrorKind.DISABLED):  # AWS says the same of a key that was replaced
        sessions.forget(lease.part.account.access)
    outcome = OUTCOMES.get(error.kind, SyncPart.Outcome.FAILED)
    region = Region.objects.get(account=lease.part.account, name=lease.part.region)
    if sync.is_of_whole_regions:
        region.record_outcome(outcome, error.message)
    _finish(lease, outcome=outcome, error_class=error.code, error=error.message, problems=problems[:100])


def _finish(lease: Lease, **result: Any) -> None:
    values = {"state": SyncPart.State.FINISHED, "finished_at": now(), "stage": "", **lease.traffic(), **result}
    if SyncPart.objects.held(lease.part).update(**values):
        conclude(lease.part)
        finish_if_done(lease.part.sync_id)
