"""Studio domains of one region."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.timezone import now

from inventory.aws.domains import crawl_domains
from inventory.models import Domain
from inventory.sync.upsert import upsert

if TYPE_CHECKING:
    from inventory.aws.records import DomainRecord
    from inventory.models import Region
    from inventory.sync.lease import Lease

FIELDS = ("name", "arn", "status", "created_at", "last_modified", "missing_since")


def sync_domains(lease: Lease, region: Region) -> None:
    """Read the listing to its end, store it, and mark what it no longer shows."""
    existing = Domain.objects.filter(region=region)
    before = list(existing.filter(missing_since=None).values_list("pk", flat=True))
    records = lease.call(lambda: list(crawl_domains(lease.connection)))
    rows = [_row(region, record) for record in records]
    upsert(rows, existing, key=("region_id", "domain_id"), fields=FIELDS, stamps=("seen_at",))
    seen = [record.domain_id for record in records]
    existing.filter(pk__in=before, missing_since=None).exclude(domain_id__in=seen).update(missing_since=now())


def _row(region: Region, record: DomainRecord) -> Domain:
    return Domain(
        region=region,
        domain_id=record.domain_id,
        name=record.name,
        arn=record.arn,
        status=record.status,
        created_at=record.created_at,
        last_modified=record.last_modified,
        seen_at=now(),
    )
