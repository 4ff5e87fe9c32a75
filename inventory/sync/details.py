"""What only a look at each pipeline tells: its definition, its latest execution's steps, their jobs and reports.

Pipelines are worked on in batches: threads read, one transaction writes. A batch is read in two rounds, because which
jobs are already stored for good is known only once the steps are.
"""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any

from django.utils.timezone import now

from inventory.models import Job, Pipeline, StepExecution
from inventory.sync.store import store
from inventory.sync.work import KnownExecution, Work, read_jobs, read_pipeline

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from django.db.models import QuerySet

    from inventory.models import Execution
    from inventory.sync.region import RegionCrawl

BATCH = 50
RETRIABLE = ("Failed", "Stopped")
RETRY_WINDOW = timedelta(days=14)


def sync_details(crawl: RegionCrawl, queryset: QuerySet[Pipeline], *, force: bool = False) -> None:
    """Read and store what is new of each pipeline; `force` looks its executions up and reads the latest again."""
    total = queryset.count()
    crawl.lease.report(done=0, total=total)
    done = 0
    for batch in _batches(queryset.select_related("latest_execution").order_by("pk").iterator(BATCH)):
        works = [work for row in batch if not (work := _plan(row, search=crawl.search, force=force)).is_idle]
        _read(crawl, works)
        store(crawl.region, works)
        _note_problems(crawl, works)
        done += len(batch)
        crawl.lease.report(done=done, total=max(total, done))


def _batches(rows: Iterable[Pipeline]) -> Iterator[list[Pipeline]]:
    iterator = iter(rows)
    while batch := list(islice(iterator, BATCH)):
        yield batch


def _plan(row: Pipeline, *, search: bool, force: bool) -> Work:
    """Decide what to read of a pipeline, from what is stored of it."""
    latest = row.latest_execution
    return Work(
        pipeline_id=row.pk,
        arn=row.arn,
        name=row.name,
        last_modified=row.last_modified,
        describe=force or row.definition_id is None or row.described_version != row.last_modified,
        look_up=force or _must_look_up(row, latest, search=search),
        read_steps=latest is not None
        and (force or not latest.steps_complete or latest.steps_version != latest.last_modified),
        execution=_known(latest) if latest else None,
        definition_text="",
    )


def _must_look_up(row: Pipeline, latest: Execution | None, *, search: bool) -> bool:
    """Whether to list the pipeline's executions: Search is not to be had, or is behind what the listing says."""
    newer = row.last_execution_time and (
        latest is None or not latest.start_time or latest.start_time < row.last_execution_time
    )
    if newer and row.looked_up_execution_time != row.last_execution_time:
        return True
    if search or latest is None:
        return False
    young = latest.start_time is not None and latest.start_time > now() - RETRY_WINDOW
    return not latest.is_terminal or (latest.status in RETRIABLE and young)


def _known(latest: Execution) -> KnownExecution:
    return KnownExecution(
        latest.arn, latest.start_time, latest.last_modified, latest.is_terminal, latest.definition_id is not None
    )


def _read(crawl: RegionCrawl, works: Sequence[Work]) -> None:
    lease = crawl.lease
    _load_definitions(works)
    lease.map(partial(read_pipeline, lease.connection), works)
    _load_stored(works)
    lease.map(partial(read_jobs, lease.connection), works)


def _load_definitions(works: Sequence[Work]) -> None:
    texts = dict(
        Pipeline.objects.filter(pk__in=[work.pipeline_id for work in works if not work.describe]).values_list(
            "pk", "definition__text"
        )
    )
    for work in works:
        work.definition_text = texts.get(work.pipeline_id) or ""


def _load_stored(works: Sequence[Work]) -> None:
    """Give each pipeline the jobs and reports that are stored for good."""
    arns = {step.resource_arn for work in works for step in work.steps or () if step.resource_arn}
    jobs: dict[str, Any] = dict(Job.objects.filter(arn__in=arns, is_terminal=True).values_list("arn", "description"))
    executions = [work.execution.arn for work in works if work.execution]
    reported: dict[str, set[str]] = {}
    for arn, name in StepExecution.objects.filter(execution__arn__in=executions, report__status="ok").values_list(
        "execution__arn", "name"
    ):
        reported.setdefault(arn, set()).add(name)
    for work in works:
        work.stored_jobs = {
            step.resource_arn: jobs[step.resource_arn] for step in work.steps or () if step.resource_arn in jobs
        }
        work.reported = frozenset(reported.get(work.execution.arn, ())) if work.execution else frozenset()


def _note_problems(crawl: RegionCrawl, works: Sequence[Work]) -> None:
    for work in works:
        for error in work.problems:
            crawl.note(work.name, error)
