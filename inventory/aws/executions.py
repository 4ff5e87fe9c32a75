"""Executions and their steps."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from inventory.aws.masking import masked, masked_parameters, masked_text, plain
from inventory.aws.paging import PAGE_SIZE, pages
from inventory.aws.records import ExecutionRecord, StepRecord

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from inventory.aws.client import Connection

EPOCH = datetime.fromtimestamp(0, UTC)


def crawl_changed_executions(connection: Connection, since: datetime | None) -> Iterator[ExecutionRecord]:
    """Yield the executions of the region that changed after `since`, the newest first, by Search."""
    arguments: dict[str, Any] = {
        "Resource": "PipelineExecution",
        "MaxResults": PAGE_SIZE,
        "SortBy": "LastModifiedTime",
        "SortOrder": "Descending",
    }
    if since:
        value = since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")
        changed = {"Name": "LastModifiedTime", "Operator": "GreaterThan", "Value": value}
        arguments["SearchExpression"] = {"Filters": [changed]}
    for page in pages("Search", connection.sagemaker.search, "Results", **arguments):
        yield from (parse_execution(found["PipelineExecution"]) for found in page if "PipelineExecution" in found)


def crawl_latest_executions(connection: Connection, pipeline_arn: str, most: int = 1) -> list[ExecutionRecord]:
    """The newest executions of a pipeline, by ListPipelineExecutions; their parameters are not in it."""
    listed = pages(
        "ListPipelineExecutions",
        connection.sagemaker.list_pipeline_executions,
        "PipelineExecutionSummaries",
        PipelineName=pipeline_arn,
        SortBy="CreationTime",
        SortOrder="Descending",
        MaxResults=min(most, PAGE_SIZE),
    )
    found: list[ExecutionRecord] = []
    for page in listed:
        found += [parse_execution({"PipelineArn": pipeline_arn, **raw}) for raw in page]
        if len(found) >= most:
            break
    return found[:most]


def crawl_parameters(connection: Connection, execution_arn: str) -> dict[str, str]:
    """What an execution was started with, by ListPipelineParametersForExecution."""
    call = connection.sagemaker.list_pipeline_parameters_for_execution
    operation = "ListPipelineParametersForExecution"
    listed = pages(operation, call, "PipelineParameters", PipelineExecutionArn=execution_arn, MaxResults=PAGE_SIZE)
    return parse_parameters([raw for page in listed for raw in page])


def crawl_steps(connection: Connection, execution_arn: str) -> list[StepRecord]:
    """Every step of an execution in the order they began, by ListPipelineExecutionSteps."""
    call = connection.sagemaker.list_pipeline_execution_steps
    operation = "ListPipelineExecutionSteps"
    listed = pages(operation, call, "PipelineExecutionSteps", PipelineExecutionArn=execution_arn, MaxResults=PAGE_SIZE)
    steps = [parse_step(raw) for page in listed for raw in page]
    return sorted(steps, key=lambda step: step.start_time or EPOCH)


def parse_execution(raw: Mapping[str, Any]) -> ExecutionRecord:
    start = raw.get("StartTime") or raw.get("CreationTime")
    arn = raw["PipelineExecutionArn"]
    parameters = raw.get("PipelineParameters")
    is_summary = "LastModifiedTime" not in raw
    return ExecutionRecord(
        arn=arn,
        pipeline_arn=raw.get("PipelineArn") or arn.split("/execution/")[0],
        display_name=raw.get("PipelineExecutionDisplayName") or "",
        description=masked_text(raw.get("PipelineExecutionDescription") or ""),
        status=raw.get("PipelineExecutionStatus") or "",
        failure_reason=masked_text(raw.get("FailureReason") or raw.get("PipelineExecutionFailureReason") or ""),
        start_time=start,
        last_modified=raw.get("LastModifiedTime"),
        created_by=None if is_summary else plain(raw.get("CreatedBy") or {}),
        parameters=None if is_summary and parameters is None else parse_parameters(parameters or []),
        selective=plain(raw["SelectiveExecutionConfig"]) if raw.get("SelectiveExecutionConfig") else None,
        version_id=raw.get("PipelineVersionId"),
    )


def parse_parameters(raw: list[Mapping[str, str]]) -> dict[str, str]:
    return masked_parameters({parameter["Name"]: parameter["Value"] for parameter in raw})


def parse_step(raw: Mapping[str, Any]) -> StepRecord:
    iteration = raw.get("IterationContext") or {}
    return StepRecord(
        name=raw["StepName"],
        display_name=raw.get("StepDisplayName") or "",
        description=masked_text(raw.get("StepDescription") or ""),
        status=raw.get("StepStatus") or "",
        start_time=raw.get("StartTime"),
        end_time=raw.get("EndTime"),
        failure_reason=masked_text(raw.get("FailureReason") or ""),
        attempts=raw.get("AttemptCount"),
        cache_source=(raw.get("CacheHitResult") or {}).get("SourcePipelineExecutionArn") or "",
        selective_source=(raw.get("SelectiveExecutionResult") or {}).get("SourcePipelineExecutionArn") or "",
        iteration_index=iteration.get("Index"),
        metadata=masked(raw.get("Metadata") or {}),
    )
