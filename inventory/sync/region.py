"""The crawl of one region of one account, in the order of its stages."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.models import F, Q
from django.utils.timezone import now

from inventory.aws.errors import AWSError
from inventory.models import Pipeline, Region, Sync
from inventory.sync import buckets, details, domains, executions, makers, matching, pipelines, registry, versions
from inventory.sync.announce import settle_pipelines, settle_region
from inventory.sync.ownership import OwnershipSync
from inventory.sync.shares import deal_out, pipelines_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from inventory.models import SyncPart
    from inventory.sync.lease import Lease

TRY_SEARCH_AGAIN = timedelta(days=1)
TRY_STALE_SEARCH_AGAIN = timedelta(hours=6)
FOLLOW_STEPS_EVERY = timedelta(minutes=10)  # where Search tells of executions: it may not tell of their steps


class RegionCrawl:
    """What one part does: listings first, then what only a look at each pipeline tells, then the buckets in between.

    A region with many pipelines to look at is dealt out: `tell` is called with the parts that others may carry out.
    """

    def __init__(self, lease: Lease, region: Region, tell: Callable[[Sequence[SyncPart]], None]) -> None:
        """`is_dealt_out`: the region is read by several parts, so that none of them tells how all of it went."""
        self.lease = lease
        self.region = region
        self.problems: list[dict[str, str]] = []
        self.is_dealt_out = bool(lease.part.share)
        self._denials: list[AWSError] = []
        self._tell = tell
        self.search = settings.SYNC_USE_SEARCH and not (self._search_was_refused() or self._search_was_stale())

    def run(self, sync: Sync) -> None:
        """Crawl what the sync asks for. Raises AWSError when a listing the rest builds on cannot be read."""
        if self.lease.part.share:
            self._share(self.lease.part)
        elif sync.pipeline:
            self._one_pipeline(sync.pipeline)
        elif sync.executing_only:
            self._executing()
        else:
            self._everything()

    def worst(self) -> AWSError | None:
        """The error that makes the region's outcome other than ok, though some of it was read."""
        return self._denials[0] if self._denials else None

    def note(self, subject: str, error: AWSError) -> None:
        """Keep what failed without failing the part. Raises it when nothing more can be read."""
        self.problems.append(
            {"subject": subject, "operation": error.operation, "kind": str(error.kind), "message": error.message}
        )
        if error.shuts_out:
            raise error

    def give_up_search(self, error: AWSError) -> None:
        """Go on by listings; where Search is not allowed or does not exist, later crawls do so from the start."""
        self.search = False
        if not error.is_transient:
            self.region.search_refused_at = now()
            self.region.save(update_fields=["search_refused_at"])

    @property
    def overdue_before(self) -> datetime | None:
        """What happened before is to be seen by Search, which was asked since; None where it was not."""
        return self.lease.part.sync.created_at - executions.OVERLAP if self.search else None

    def note_stale_search(self) -> None:
        """Have later crawls go on by listings for a while; then Search tells again of all that it may have missed."""
        noted = Q(search_stale_at__gte=self.lease.part.sync.created_at)  # by another part of this sync
        Region.objects.filter(pk=self.region.pk).exclude(noted).update(
            search_stale_at=now(), execution_cursor=F("execution_cursor") - TRY_STALE_SEARCH_AGAIN
        )

    def _search_was_stale(self) -> bool:
        """Nobody can mend that: it is so for a person who asks for a sync, too."""
        return _is_younger(self.region.search_stale_at, TRY_STALE_SEARCH_AGAIN)

    def _search_was_refused(self) -> bool:
        """Asking for what is refused costs a call each time; a person who asks for a sync may have mended it."""
        by_schedule = self.lease.part.sync.trigger == Sync.Trigger.BEAT
        return by_schedule and _is_younger(self.region.search_refused_at, TRY_SEARCH_AGAIN)

    def _everything(self) -> None:
        self.lease.report(stage="pipelines")
        ownership = OwnershipSync(self)
        pipelines.sync_pipelines(self.lease, self.region, ownership.begin)
        self.lease.report(stage="domains")
        self._tolerate("domains", lambda: domains.sync_domains(self.lease, self.region))
        self.lease.report(stage="tags")
        ownership.store()
        self.lease.report(stage="executions")
        executions.sync_changed_executions(self)
        self._remember_steps()
        shares = deal_out(self)
        if shares is None:
            self._everything_alone()
        else:
            self.is_dealt_out = True
            self._tell(shares)
            self.lease.report(total=0)  # each share counts its own
            registry.sync_registry(self)

    def _everything_alone(self) -> None:
        registry.sync_registry(self)
        self._details(Pipeline.objects.filter(region=self.region, missing_since=None))
        makers.link_to_makers(self.region)
        buckets.sync_buckets(self)
        settle_region(self.region)

    def _share(self, part: SyncPart) -> None:
        """Of the region, what other shares have not read yet is none of its business."""
        self.search = part.uses_search
        self._details(pipelines_of(part))
        buckets.sync_buckets(self)
        settle_pipelines(list(pipelines_of(part).values_list("pk", flat=True)))

    def _one_pipeline(self, name: str) -> None:
        pipeline = pipelines.sync_one_pipeline(self.lease, self.region, name)
        if pipeline:
            self.search = False
            self._tolerate("tags", lambda: pipelines.sync_tags(self.lease, pipeline))
            self._details(Pipeline.objects.filter(pk=pipeline.pk), force=True)
            buckets.sync_buckets(self)
            Pipeline.objects.filter(pk=pipeline.pk, problem="").update(synced_at=now())
        settle_region(self.region)
        if pipeline:
            versions.sync_versions(self, pipeline)

    def _executing(self) -> None:
        """Those that were executing before, too: they may just have ended.

        By one Search, or by the steps of each; now and then by the steps even where Search is at hand.
        """
        executing = Pipeline.objects.filter(region=self.region, latest_execution__status__in=("Executing", "Stopping"))
        before = list(executing.values_list("pk", flat=True))
        if not (self.region.execution_cursor and _is_younger(self.region.steps_followed_at, FOLLOW_STEPS_EVERY)):
            self.search = False
        executions.sync_newest_changes(self)
        if not self.search:
            self._remember_steps()
        self.lease.report(stage="executing")
        details.follow_executions(self, Pipeline.objects.filter(pk__in=before) | executing)
        settle_region(self.region)

    def _remember_steps(self) -> None:
        self.region.steps_followed_at = now()
        self.region.save(update_fields=["steps_followed_at"])

    def _details(self, queryset: Any, *, force: bool = False) -> None:
        self.lease.report(stage="details")
        details.sync_details(self, queryset, force=force)
        matching.match_domains(self.region, queryset)
        Region.objects.filter(pk=self.region.pk).update(revision=F("revision") + 1)

    def _tolerate(self, subject: str, stage: Callable[[], None]) -> None:
        """A stage the others do not need: its failure is the region's outcome, but stops nothing."""
        try:
            stage()
        except AWSError as error:
            self.note(subject, error)
            self._denials.append(error)


def _is_younger(moment: datetime | None, age: timedelta) -> bool:
    return moment is not None and now() - moment < age
