"""Batches of pipelines on their way from the database to AWS and back: threads read, the owner looks things up.

A batch is read in two rounds, because which jobs are already stored for good is known only once the steps are.
"""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from django.conf import settings

from inventory.aws.paging import PAGE_SIZE
from inventory.aws.records import resource_arn
from inventory.aws.reports import DENIED
from inventory.models import Execution, Job, Pipeline, StepExecution
from inventory.sync.work import ENDED, KnownExecution, Work, read_jobs, read_pipeline

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from concurrent.futures import Future
    from datetime import datetime

    from django.db.models import QuerySet

    from inventory.aws.client import Connection
    from inventory.aws.records import StepRecord

BATCH = 50
BATCHES_IN_MEMORY = 3  # of a part: one is kept, two are being read
MOST_IN_MEMORY = 240  # pipelines with all that was read of them, of a process: some 60 MB
MOST_TEXT = 16 << 20  # characters of their definitions, of a process; parsed and rendered, they take several times that
FIRST = 10  # of a part: others may be about to begin
CLOCKS_DIFFER = timedelta(minutes=1)  # of those who tell when a step began and when its job was made


class Threads(Protocol):
    """What a batch is read by: a lease, or threads of their own."""

    connection: Connection

    def start(self, function: Callable[[Any], Any], items: Iterable[Any]) -> list[Future[Any]]: ...

    def finish(self, futures: list[Future[Any]]) -> list[Any]: ...


class Reading:
    """One batch while threads read it. Its first round is under way from the start."""

    def __init__(self, threads: Threads, works: list[Work]) -> None:
        self._threads = threads
        self._works = works
        self._round: list[Future[None]] = threads.start(partial(read_pipeline, threads.connection), works)

    @classmethod
    def of(cls, threads: Threads, following: Iterator[list[Work]]) -> Reading | None:
        """Begin to read the following batch; None when there is none."""
        works = next(following, None)
        return None if works is None else cls(threads, works)

    def go_on(self) -> None:
        """Wait for the first round, and begin the second."""
        self._threads.finish(self._round)
        _load_stored(self._works)
        _load_reported(self._works)
        _load_tried(self._works)
        self._round = self._threads.start(partial(read_jobs, self._threads.connection), self._works)

    def end(self) -> list[Work]:
        """Wait for the second round."""
        self._threads.finish(self._round)
        return self._works


def read(threads: Threads, following: Iterator[list[Work]], keep: Callable[[Sequence[Work]], None]) -> None:
    """Read batch after batch. While one is kept, the next is being read."""
    done: Sequence[Work] = ()
    reading = Reading.of(threads, following)
    while reading:
        reading.go_on()
        after = Reading.of(threads, following)
        if done:
            keep(done)
        done, reading = reading.end(), after
    if done:
        keep(done)


def batch_size(side_by_side: int, definition: float = 0) -> int:
    """Pipelines of a batch where so many parts of this process are read side by side.

    `definition`: how many characters a definition has.
    """
    batches_in_memory = BATCHES_IN_MEMORY * side_by_side
    of_such_size = MOST_TEXT // (batches_in_memory * max(definition, 1))
    return max(1, min(BATCH, MOST_IN_MEMORY // batches_in_memory, int(of_such_size)))


def batches(
    due: QuerySet[Pipeline],
    size: Callable[[float], int],
    *,
    follow: bool = False,
    overdue_before: datetime | None = None,
) -> Iterator[list[Work]]:
    """By primary key, not by a cursor that writes would disturb. `follow` and `overdue_before` are as in Work.

    `size` is asked with how many characters the definitions of the batch before had; by then they are read.
    """
    rows = due.select_related("latest_execution").order_by("pk")
    last, most = 0, FIRST
    while batch := list(rows.filter(pk__gt=last)[:most]):
        works = [_work(row, follow=follow, overdue_before=overdue_before) for row in batch]
        _load_definitions(works)
        yield works
        last, most = batch[-1].pk, size(mean_length(works))


def mean_length(works: Sequence[Work]) -> float:
    """How many characters a definition of these has, on average."""
    return sum(len(work.definition_text) for work in works) / max(1, len(works))


def history_works(execution_ids: Sequence[int]) -> list[Work]:
    """Older executions to be read, each by itself."""
    rows = Execution.objects.filter(pk__in=execution_ids).select_related("pipeline")
    works = [
        Work(
            pipeline_id=row.pipeline_id,
            arn=row.pipeline.arn,
            name=row.pipeline.name,
            last_modified=row.pipeline.last_modified,
            last_execution_time=row.pipeline.last_execution_time,
            describe=False,
            look_up=False,
            read_steps=True,
            execution=_known(row),
            definition_text="",
            is_described=is_described(row.pipeline),
            is_history=True,
        )
        for row in rows
    ]
    _load_definitions(works)
    return works


def _work(row: Any, *, follow: bool, overdue_before: datetime | None) -> Work:
    latest, most = row.latest_execution, settings.SYNC_EXECUTIONS_PER_PIPELINE
    return Work(
        pipeline_id=row.pk,
        arn=row.arn,
        name=row.name,
        last_modified=row.last_modified,
        last_execution_time=row.last_execution_time,
        describe=row.needs_description,
        look_up=row.needs_lookup,
        read_steps=row.needs_steps,
        execution=_known(latest) if latest else None,
        definition_text="",
        is_described=is_described(row),
        most_listed=min(most, PAGE_SIZE) if latest else most,
        synced_at=row.synced_at,
        follow=follow,
        overdue_before=overdue_before,
    )


def is_described(row: Pipeline) -> bool:
    return row.definition_id is not None and row.described_version == row.last_modified


def _known(row: Execution) -> KnownExecution:
    return KnownExecution(
        row.arn,
        row.start_time,
        row.last_modified,
        row.status,
        row.definition_id is not None,
        has_parameters=bool(row.parameters) or row.last_modified is not None,
    )


def _load_definitions(works: Sequence[Work]) -> None:
    texts = dict(
        Pipeline.objects.filter(pk__in=[work.pipeline_id for work in works if not work.describe]).values_list(
            "pk", "definition__text"
        )
    )
    ran = [work.execution.arn for work in works if work.is_history and work.execution]
    own = dict(Execution.objects.filter(arn__in=ran, definition__isnull=False).values_list("arn", "definition__text"))
    for work in works:
        text = own.get(work.execution.arn) if work.execution else None
        work.definition_text = text or texts.get(work.pipeline_id) or ""


def _is_behind(job: Job, step: StepRecord) -> bool:
    """A name may be used again: what is older than the step that made it is not what stands behind it."""
    is_borrowed = bool(step.cache_source or step.selective_source)
    return is_borrowed or step.start_time is None or job.created_at >= step.start_time - CLOCKS_DIFFER


def _load_stored(works: Sequence[Work]) -> None:
    """Give each pipeline the jobs and reports that are stored for good."""
    arns = {step.resource_arn for work in works for step in work.steps or () if step.resource_arn}
    rows = Job.objects.filter(arn__in=arns, is_terminal=True).order_by("created_at")
    jobs = {row.arn: row for row in rows.only("arn", "created_at", "description")}
    for work in works:
        work.stored_jobs = {
            step.resource_arn: jobs[step.resource_arn].description
            for step in work.steps or ()
            if step.resource_arn in jobs and _is_behind(jobs[step.resource_arn], step)
        }


def _load_reported(works: Sequence[Work]) -> None:
    """Give each pipeline what is settled of its reports: what is denied is tried again, but not every minute."""
    by_arn = {work.execution.arn: work for work in works if work.execution}
    rows = StepExecution.objects.filter(execution__arn__in=by_arn, report__status__isnull=False)
    reported: dict[str, dict[str, str]] = {}
    for arn, name, status, uri in rows.values_list("execution__arn", "name", "report__status", "report__uri"):
        if status not in DENIED or by_arn[arn].is_followed:
            reported.setdefault(arn, {})[name] = uri
    for arn, work in by_arn.items():
        work.reported = reported.get(arn, {})


def _load_tried(works: Sequence[Work]) -> None:
    """Give each pipeline that is followed what stands behind the steps that are stored."""
    followed = {work.execution.arn: work for work in works if work.execution and work.is_followed}
    rows = StepExecution.objects.filter(execution__arn__in=followed) if followed else StepExecution.objects.none()
    for row in rows.select_related("execution").only("execution__arn", "status", "metadata"):
        followed[row.execution.arn].tried[resource_arn(row.metadata)] = row.status in ENDED
