"""What protects the buckets that pipelines read or write; each is looked at once per account and period."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils.timezone import now

from inventory.aws.buckets import crawl_account_public_access, crawl_bucket, crawl_own_buckets
from inventory.models import Account, Bucket
from inventory.sync.announce import announce_buckets
from inventory.sync.upsert import upsert

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from inventory.aws.records import AccountPublicAccessRecord, BucketRecord
    from inventory.models import Region
    from inventory.sync.lease import Lease

BATCH = 50
FIELDS = (
    "region_name",
    "owner",
    "exists",
    "encryption",
    "kms_key_id",
    "bucket_key_enabled",
    "versioning",
    "mfa_delete",
    "public_access",
    "public_access_flags",
    "is_public",
    "object_ownership",
    "tags",
    "errors",
)


def want_buckets(account_id: int, names: Iterable[str]) -> None:
    """Note buckets that pipelines of the account (its primary key) use; the next sync looks at them."""
    known = set(Bucket.objects.filter(account_id=account_id, name__in=list(names)).values_list("name", flat=True))
    rows = [Bucket(account_id=account_id, name=name) for name in sorted(set(names) - known)]
    Bucket.objects.bulk_create(rows, ignore_conflicts=True)


def sync_buckets(lease: Lease, region: Region) -> None:
    """Look at the account's buckets that were never looked at, or too long ago."""
    due_before = now() - timedelta(seconds=settings.SYNC_BUCKET_MAX_AGE_SECONDS)
    due = Bucket.objects.filter(Q(checked_at=None) | Q(checked_at__lt=due_before), account_id=region.account_id)
    names = list(due.values_list("name", flat=True))
    if not names:
        return
    lease.report(stage="buckets")
    own = lease.call(crawl_own_buckets, lease.connection)
    account_level = lease.call(crawl_account_public_access, lease.connection)
    Account.objects.filter(pk=region.account_id).update(
        public_access_block=account_level.flags, public_access_status=account_level.status
    )
    iterator = iter(names)
    while batch := list(islice(iterator, BATCH)):
        look = partial(_look, lease, own, account_level)
        _store(region.account_id, lease.map(look, batch))
        lease.report()


def _look(
    lease: Lease, own: dict[str, str] | None, account_level: AccountPublicAccessRecord, name: str
) -> BucketRecord:
    return crawl_bucket(lease.connection, name, own, account_level)


@transaction.atomic
def _store(account_id: int, records: Sequence[BucketRecord]) -> None:
    existing = Bucket.objects.filter(account_id=account_id, name__in=[record.name for record in records])
    rows = [_row(account_id, record) for record in records]
    _, changed = upsert(rows, existing, key=("account_id", "name"), fields=FIELDS)
    existing.update(checked_at=now())
    announce_buckets([row.pk for row in changed])


def _row(account_id: int, record: BucketRecord) -> Bucket:
    values = {name: getattr(record, name) for name in FIELDS if name not in ("region_name", "tags", "errors")}
    tags = None if record.tags is None else dict(record.tags)
    return Bucket(
        account_id=account_id,
        name=record.name,
        region_name=record.region,
        tags=tags,
        errors=dict(record.errors),
        **values,
    )
