"""Versions of a pipeline."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from inventory.aws.masking import masked_text
from inventory.aws.paging import PAGE_SIZE, pages

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from inventory.aws.client import Connection


@dataclass(frozen=True, slots=True)
class VersionRecord:
    """One version of a pipeline; `last_execution_arn` is empty where none of it ran."""

    number: int
    display_name: str
    description: str
    aliases: tuple[str, ...]
    created_at: datetime | None
    last_execution_arn: str


def crawl_versions(connection: Connection, pipeline_arn: str) -> Iterator[VersionRecord]:
    """Yield every version of a pipeline, by ListPipelineVersions; raises AWSError rather than ending early."""
    listed = pages(
        "ListPipelineVersions",
        connection.sagemaker.list_pipeline_versions,
        "PipelineVersionSummaries",
        PipelineName=pipeline_arn,
        SortOrder="Descending",
        MaxResults=PAGE_SIZE,
    )
    for page in listed:
        yield from map(parse_version, page)


def parse_version(raw: Mapping[str, Any]) -> VersionRecord:
    return VersionRecord(
        number=raw["PipelineVersionId"],
        display_name=raw.get("PipelineVersionDisplayName") or "",
        description=masked_text(raw.get("PipelineVersionDescription") or ""),
        aliases=tuple(raw.get("PipelineVersionAliases") or ()),
        created_at=raw.get("CreationTime"),
        last_execution_arn=raw.get("LastExecutionPipelineExecutionArn") or "",
    )
