"""The reports that the steps of one execution wrote: those that are not stored yet, each read once."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from inventory.aws.errors import AWSError
from inventory.aws.reports import crawl_report, report_candidates

if TYPE_CHECKING:
    from collections.abc import Mapping

    from inventory.aws.client import Connection
    from inventory.aws.records import ReportRecord, StepRecord
    from inventory.sync.work import Work


def read_reports(connection: Connection, work: Work, definition: Mapping[str, Any]) -> None:
    """`definition` is what the execution ran. A report that is denied or missing says so itself: that is no problem."""
    finished = [step for step in work.steps or () if step.status == "Succeeded"]
    descriptions = {step.name: _description_of(work, step) for step in finished}
    read: dict[str, ReportRecord] = {}
    for candidate in report_candidates(definition, finished, descriptions):
        if work.reported.get(candidate.step_name) in candidate.uris:
            continue
        try:
            report = read.get(candidate.uris[0]) or crawl_report(connection, candidate)
        except AWSError as error:
            work.problems.append(error)
        else:
            read[report.uri] = report  # a model package names the report of the step that evaluated it
            work.reports.append(replace(report, step_name=candidate.step_name))


def _description_of(work: Work, step: StepRecord) -> Mapping[str, Any]:
    job = work.jobs.get(step.resource_arn)
    return job.description if job else work.stored_jobs.get(step.resource_arn, {})
