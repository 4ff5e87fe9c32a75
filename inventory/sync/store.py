"""Write a batch of pipelines' details: all of it in one transaction, nothing half."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.timezone import now

from inventory.models import Definition, Execution, Job, Pipeline
from inventory.sync.announce import announce_pipelines
from inventory.sync.executions import kept_since, store_executions
from inventory.sync.parameters import mask_stored
from inventory.sync.rows import update_rows
from inventory.sync.store_jobs import store_jobs, store_packages
from inventory.sync.store_steps import SETTLED_FIELDS, note_unread, settle, store_steps
from inventory.sync.upsert import upsert

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from inventory.aws.records import DefinitionRecord, ExecutionRecord
    from inventory.models import Region
    from inventory.sync.work import Work

PIPELINE_FIELDS = (
    "problem",
    "synced_at",
    "definition_id",
    "described_version",
    "created_by",
    "last_modified_by",
    "looked_up_execution_time",
)


@transaction.atomic(savepoint=False)
def store(region: Region, works: Sequence[Work]) -> None:
    """Store what was read of each pipeline and each older execution, and announce the pipelines."""
    definitions = _store_definitions(works)
    begun = {arn for work in works for arn in work.begun}
    store_executions(list(_listed(works)), wanted=partial(_moved, begun))
    current = [work for work in works if not work.is_history]
    _store_pipelines(current, definitions)
    mask_stored(works)
    jobs = store_jobs(region, (job for work in works for job in work.jobs.items()))
    packages = store_packages(region, (job for work in works for job in work.jobs.items()))
    stored = {arn for work in works for arn in work.stored_jobs} - jobs.keys()
    terminal = Job.objects.filter(arn__in=stored, is_terminal=True).order_by("created_at")
    jobs |= dict(terminal.values_list("arn", "pk"))
    executed = _executed(works)
    store_steps(executed, jobs, packages)
    settle(executed, definitions)
    note_unread(works)
    announce_pipelines([work.pipeline_id for work in current])


def _listed(works: Sequence[Work]) -> Iterator[ExecutionRecord]:
    """The latest execution of each pipeline, and those of the others that are not to be pruned."""
    kept = kept_since()
    for work in works:
        yield from work.listed[:1]
        yield from (
            record for record in work.listed[1:] if not (kept and record.start_time) or record.start_time > kept
        )


def _moved(begun: Collection[str], record: ExecutionRecord, known: Execution | None) -> bool:
    """Whether a listing shows that it began, or came to another state, since the last crawl."""
    return record.status != known.status if known else record.arn in begun


def _executed(works: Sequence[Work]) -> list[tuple[Work, Execution]]:
    """The executions whose steps were read."""
    read = {work.execution.arn: work for work in works if work.execution and work.steps is not None}
    rows = Execution.objects.filter(arn__in=read).select_related("pipeline")
    return [(read[row.arn], row) for row in rows.only("arn", *SETTLED_FIELDS, "pipeline__definition_id")]


def _store_definitions(works: Sequence[Work]) -> dict[str, int]:
    """Primary keys by hash."""
    records: dict[str, DefinitionRecord] = {}
    for work in works:
        found = (work.description and work.description.definition, work.execution_definition)
        records |= {record.sha256: record for record in found if record}
    existing = Definition.objects.filter(sha256__in=records).defer("text")
    rows = [Definition(sha256=r.sha256, text=r.text, problem=r.problem) for r in records.values()]
    stored, _ = upsert(rows, existing, key=("sha256",), fields=("problem",), stamps=("text",))
    return {row.sha256: row.pk for row in stored}


def _store_pipelines(works: Sequence[Work], definitions: Mapping[str, int]) -> None:
    rows = Pipeline.objects.only(*PIPELINE_FIELDS).in_bulk([work.pipeline_id for work in works])
    for work in works:
        _apply(work, rows[work.pipeline_id], definitions)
    update_rows(list(rows.values()), PIPELINE_FIELDS)


def _apply(work: Work, row: Pipeline, definitions: Mapping[str, int]) -> None:
    row.problem = "; ".join(dict.fromkeys(error.message for error in work.problems))
    if not work.problems:
        row.synced_at = now()
    if work.looked_up:
        row.looked_up_execution_time = work.last_execution_time
    if work.description:
        row.definition_id = definitions[work.description.definition.sha256]
        row.described_version = work.last_modified
        row.created_by = dict(work.description.created_by or row.created_by)
        row.last_modified_by = dict(work.description.last_modified_by or row.last_modified_by)
