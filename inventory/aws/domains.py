"""Studio domains."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from inventory.aws.paging import PAGE_SIZE, pages
from inventory.aws.records import DomainRecord

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from inventory.aws.client import Connection


def crawl_domains(connection: Connection) -> Iterator[DomainRecord]:
    """Yield every domain of the region; raises AWSError rather than ending early."""
    client = connection.sagemaker
    for page in pages("ListDomains", client.list_domains, "Domains", MaxResults=PAGE_SIZE):
        yield from map(parse_domain, page)


def parse_domain(raw: Mapping[str, Any]) -> DomainRecord:
    return DomainRecord(
        domain_id=raw["DomainId"],
        name=raw.get("DomainName", ""),
        arn=raw.get("DomainArn", ""),
        status=raw.get("Status", ""),
        created_at=raw.get("CreationTime"),
        last_modified=raw.get("LastModifiedTime"),
    )
