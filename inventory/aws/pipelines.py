"""Pipelines: the listing, whose they are, what they do."""

from __future__ import annotations

import hashlib
import json
import math
import re
from typing import TYPE_CHECKING, Any

from inventory.aws.errors import member, translated_errors
from inventory.aws.masking import masked, masked_text, plain, secret_parameters
from inventory.aws.paging import PAGE_SIZE, pages
from inventory.aws.records import (
    DefinitionRecord,
    PipelineDescriptionRecord,
    PipelineOwnershipRecord,
    PipelineRecord,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from inventory.aws.client import Connection


ESCAPED_NUL = re.compile(r"(?<!\\)((?:\\\\)*)\\u0000")


def crawl_pipelines(connection: Connection) -> Iterator[PipelineRecord]:
    """Yield every pipeline of the region; raises AWSError rather than ending early: who sees its end may prune."""
    client = connection.sagemaker
    for page in pages("ListPipelines", client.list_pipelines, "PipelineSummaries", MaxResults=PAGE_SIZE):
        yield from map(parse_pipeline, page)


def crawl_ownership(connection: Connection) -> Iterator[PipelineOwnershipRecord]:
    """Yield tags and user contexts of every pipeline, by Search."""
    client = connection.sagemaker
    for page in pages("Search", client.search, "Results", Resource="Pipeline", MaxResults=PAGE_SIZE):
        yield from (parse_ownership(found["Pipeline"]) for found in page if "Pipeline" in found)


def crawl_tags(connection: Connection) -> Iterator[PipelineOwnershipRecord]:
    """Yield the tags of every tagged pipeline, by tag:GetResources."""
    arguments = {"ResourceTypeFilters": ["sagemaker:pipeline"], "ResourcesPerPage": PAGE_SIZE}
    call = connection.tagging.get_resources
    for page in pages("GetResources", call, "ResourceTagMappingList", token="PaginationToken", **arguments):  # noqa: S106
        yield from (PipelineOwnershipRecord(found["ResourceARN"], parse_tags(found.get("Tags", []))) for found in page)


def crawl_pipeline_tags(connection: Connection, arn: str) -> PipelineOwnershipRecord:
    """The tags of one pipeline, by ListTags."""
    listed = pages("ListTags", connection.sagemaker.list_tags, "Tags", ResourceArn=arn, MaxResults=PAGE_SIZE)
    return PipelineOwnershipRecord(arn, parse_tags(tag for page in listed for tag in page))


def crawl_description(connection: Connection, name_or_arn: str) -> PipelineDescriptionRecord:
    """The current definition of a pipeline, by DescribePipeline."""
    return parse_description(_describe(connection, name_or_arn))


def crawl_one_pipeline(connection: Connection, name_or_arn: str) -> tuple[PipelineRecord, PipelineDescriptionRecord]:
    """One pipeline by itself: what a listing would tell of it, and its description, by one call."""
    raw = _describe(connection, name_or_arn)
    return parse_pipeline(raw | {"LastExecutionTime": raw.get("LastRunTime")}), parse_description(raw)


def crawl_execution_definition(connection: Connection, execution_arn: str) -> DefinitionRecord:
    """What an execution ran, by DescribePipelineDefinitionForExecution."""
    operation = "DescribePipelineDefinitionForExecution"
    with translated_errors(operation):
        raw = connection.sagemaker.describe_pipeline_definition_for_execution(PipelineExecutionArn=execution_arn)
    return parse_definition(member(raw, "PipelineDefinition", operation))


def _describe(connection: Connection, name_or_arn: str) -> dict[str, Any]:
    with translated_errors("DescribePipeline"):
        raw = connection.sagemaker.describe_pipeline(PipelineName=name_or_arn)
    member(raw, "PipelineArn", "DescribePipeline")
    return dict(raw)


def parse_pipeline(raw: Mapping[str, Any]) -> PipelineRecord:
    return PipelineRecord(
        arn=raw["PipelineArn"],
        name=raw["PipelineName"],
        display_name=raw.get("PipelineDisplayName") or "",
        description=masked_text(raw.get("PipelineDescription") or ""),
        role_arn=raw.get("RoleArn") or "",
        created_at=raw.get("CreationTime"),
        last_modified=raw.get("LastModifiedTime"),
        last_execution_time=raw.get("LastExecutionTime"),
    )


def parse_ownership(raw: Mapping[str, Any]) -> PipelineOwnershipRecord:
    return PipelineOwnershipRecord(
        arn=raw["PipelineArn"],
        tags=parse_tags(raw.get("Tags", [])),
        created_by=plain(raw.get("CreatedBy") or {}),
        last_modified_by=plain(raw.get("LastModifiedBy") or {}),
    )


def parse_tags(raw: Iterable[Mapping[str, str]]) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in masked(list(raw))}


def parse_description(raw: Mapping[str, Any]) -> PipelineDescriptionRecord:
    return PipelineDescriptionRecord(
        arn=raw["PipelineArn"],
        last_modified=raw.get("LastModifiedTime"),
        definition=parse_definition(raw.get("PipelineDefinition") or ""),
        created_by=plain(raw.get("CreatedBy") or {}),
        last_modified_by=plain(raw.get("LastModifiedBy") or {}),
    )


def parse_definition(text: str) -> DefinitionRecord:
    """The definition, masked; one that is not JSON is kept as text, with its problem."""
    try:
        definition = json.loads(text, parse_constant=str, parse_float=_finite)
    except (ValueError, RecursionError) as error:
        safe = _storable(masked_text(text))
        return DefinitionRecord(_sha256(safe), safe, f"The definition is not JSON: {error}"[:256])
    secret = secret_parameters(definition)
    shown = masked(definition, secret)
    dumped = json.dumps(shown, ensure_ascii=False, check_circular=False)  # JSON that was read holds no circle
    safe = _storable(dumped)
    stored = shown if safe == dumped else json.loads(safe)
    canonical = json.dumps(stored, sort_keys=True, check_circular=False)
    return DefinitionRecord(_sha256(canonical), safe, secret_parameters=secret)


def _finite(number: str) -> float | str:
    """A number too great for a float stays text: no JSON could carry it on."""
    value = float(number)
    return value if math.isfinite(value) else number


def _storable(text: str) -> str:
    """What JSON can escape but no database holds is replaced: NUL, and half a character."""
    if "\\u0000" in text:
        text = ESCAPED_NUL.sub(r"\1\\ufffd", text)
    return text if text.isascii() else text.encode(errors="replace").decode()


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()
