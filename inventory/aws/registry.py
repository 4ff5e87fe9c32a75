"""The model registry: groups, and the packages in them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from inventory.aws.jobs import KINDS
from inventory.aws.listings import crawl_raw, sibling, state_of, stored
from inventory.aws.paging import PAGE_SIZE, pages
from inventory.aws.registry_records import ModelPackageGroupRecord, ModelPackageRecord, SummaryRecord

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from inventory.aws.client import Connection

PACKAGE_STATES = {
    "CreationTime": "created_at",
    "ModelPackageStatus": "status",
    "ModelApprovalStatus": "approval_status",
}


def crawl_model_package_groups(connection: Connection) -> Iterator[ModelPackageGroupRecord]:
    """Yield every group of the region, by ListModelPackageGroups; raises AWSError rather than ending early."""
    call = connection.sagemaker.list_model_package_groups
    for page in pages("ListModelPackageGroups", call, "ModelPackageGroupSummaryList", MaxResults=PAGE_SIZE):
        yield from map(parse_model_package_group, page)


def crawl_found_model_packages(connection: Connection) -> Iterator[ModelPackageRecord]:
    """Yield every package of the region whole, by Search."""
    call = connection.sagemaker.search
    for page in pages("Search", call, "Results", Resource="ModelPackage", MaxResults=PAGE_SIZE):
        yield from (parse_model_package(found["ModelPackage"]) for found in page if "ModelPackage" in found)


def crawl_listed_model_packages(connection: Connection) -> Iterator[SummaryRecord]:
    """Yield every package of the region, by ListModelPackages: without a group and a type it shows unversioned ones."""
    call = connection.sagemaker.list_model_packages
    operation, name = "ListModelPackages", "ModelPackageSummaryList"
    for page in pages(operation, call, name, ModelPackageType="Both", MaxResults=PAGE_SIZE):
        for raw in page:
            arn = raw["ModelPackageArn"]
            group = sibling(arn, "model-package-group", raw.get("ModelPackageGroupName") or "")
            yield SummaryRecord(arn.lower(), arn, {**state_of(raw, PACKAGE_STATES), "group_arn": group})


def crawl_model_package(connection: Connection, summary: SummaryRecord) -> ModelPackageRecord:
    """One package, by DescribeModelPackage."""
    record = parse_model_package(crawl_raw(connection, KINDS["RegisterModel"], summary.name))
    return replace(record, **summary.state)


def parse_model_package_group(raw: Mapping[str, Any]) -> ModelPackageGroupRecord:
    return ModelPackageGroupRecord(
        arn=raw["ModelPackageGroupArn"].lower(),
        name=raw["ModelPackageGroupName"],
        status=raw.get("ModelPackageGroupStatus") or "",
        created_at=raw.get("CreationTime"),
        description=stored(raw),
    )


def parse_model_package(raw: Mapping[str, Any]) -> ModelPackageRecord:
    arn = raw["ModelPackageArn"].lower()
    group = raw.get("ModelPackageGroupName") or ""
    description = stored(raw)
    return ModelPackageRecord(
        arn=arn,
        group_name=group,
        group_arn=sibling(arn, "model-package-group", group),
        version=raw.get("ModelPackageVersion"),
        status=raw.get("ModelPackageStatus") or "",
        approval_status=raw.get("ModelApprovalStatus") or "",
        created_at=raw.get("CreationTime"),
        last_modified=raw.get("LastModifiedTime"),
        execution_arn=_execution_arn(raw),
        model_data_url=_model_data_url(description),
        description=description,
    )


def _execution_arn(raw: Mapping[str, Any]) -> str | None:
    """GeneratedBy is free text; where a pipeline registered the package, it is the execution's ARN."""
    generated_by = (raw.get("MetadataProperties") or {}).get("GeneratedBy") or ""
    return str(generated_by) if "/execution/" in generated_by else None


def _model_data_url(raw: Mapping[str, Any]) -> str:
    """Where the first container's model is: what a model made of the same file shares with the package."""
    containers = (raw.get("InferenceSpecification") or {}).get("Containers") or [{}]
    return model_data_of(containers[0])


def model_data_of(container: Mapping[str, Any]) -> str:
    """Where a container's model is in S3."""
    source = (container.get("ModelDataSource") or {}).get("S3DataSource") or {}
    return container.get("ModelDataUrl") or source.get("S3Uri") or ""
