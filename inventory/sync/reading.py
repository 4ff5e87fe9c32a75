"""Batches of pipelines on their way from the database to AWS and back: threads read, the owner looks things up.

A batch is read in two rounds, because which jobs are already stored for good is known only once the steps are.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from inventory.models import Job, Pipeline, StepExecution
from inventory.sync.work import KnownExecution, Work, read_jobs, read_pipeline

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from concurrent.futures import Future

    from django.db.models import QuerySet

    from inventory.models import Execution
    from inventory.sync.lease import Lease

BATCH = 50


class Reading:
    """One batch while threads read it. Its first round is under way from the start."""

    def __init__(self, lease: Lease, works: list[Work]) -> None:
        self._lease = lease
        self._works = works
        self._round: list[Future[None]] = lease.start(partial(read_pipeline, lease.connection), works)

    @classmethod
    def of(cls, lease: Lease, following: Iterator[list[Work]]) -> Reading | None:
        """Begin to read the following batch; None when there is none."""
        works = next(following, None)
        return None if works is None else cls(lease, works)

    def go_on(self) -> None:
        """Wait for the first round, and begin the second."""
        self._lease.finish(self._round)
        _load_stored(self._works)
        self._round = self._lease.start(partial(read_jobs, self._lease.connection), self._works)

    def end(self) -> list[Work]:
        """Wait for the second round."""
        self._lease.finish(self._round)
        return self._works


def batches(due: QuerySet[Pipeline]) -> Iterator[list[Work]]:
    """By primary key, not by a cursor that writes would disturb."""
    rows = due.select_related("latest_execution").order_by("pk")
    last = 0
    while batch := list(rows.filter(pk__gt=last)[:BATCH]):
        works = [_work(row) for row in batch]
        _load_definitions(works)
        yield works
        last = batch[-1].pk


def _work(row: Any) -> Work:
    latest = row.latest_execution
    return Work(
        pipeline_id=row.pk,
        arn=row.arn,
        name=row.name,
        last_modified=row.last_modified,
        describe=row.needs_description,
        look_up=row.needs_lookup,
        read_steps=row.needs_steps,
        execution=_known(latest) if latest else None,
        definition_text="",
    )


def _known(latest: Execution) -> KnownExecution:
    return KnownExecution(
        latest.arn, latest.start_time, latest.last_modified, latest.is_terminal, latest.definition_id is not None
    )


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
