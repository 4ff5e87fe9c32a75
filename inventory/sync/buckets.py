"""What protects the buckets that pipelines read or write; each is looked at once per account and period."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.utils.timezone import now

from inventory.aws.buckets import crawl_account_public_access, crawl_bucket, crawl_own_buckets
from inventory.aws.errors import AWSError
from inventory.models import Account, Bucket, Sync
from inventory.sync.announce import announce_buckets
from inventory.sync.upsert import upsert

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from inventory.aws.records import AccountPublicAccessRecord, BucketRecord
    from inventory.sync.region import RegionCrawl

BATCH = 50
CLAIM_LAPSES_AFTER = timedelta(minutes=10)
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


def sync_buckets(crawl: RegionCrawl) -> None:
    """Look at the account's buckets that were never looked at, or too long ago; each by one worker.

    Those that were looked at in vain, too, when a person asked for the sync: who allowed it wants to see it.
    """
    moment = now()
    due_before = moment - timedelta(seconds=settings.SYNC_BUCKET_MAX_AGE_SECONDS)
    sync = crawl.lease.part.sync
    in_vain_before = due_before if sync.trigger == Sync.Trigger.BEAT else sync.created_at
    account = crawl.region.account
    claimed = account.buckets.claim_due(due_before, moment - CLAIM_LAPSES_AFTER, in_vain_before)
    if not claimed:
        return
    crawl.lease.report(stage="buckets")
    try:
        _look_at(crawl, [bucket.name for bucket in claimed])
    except AWSError as error:
        crawl.note("buckets", error)
    finally:
        account.buckets.filter(claim=claimed[0].claim).release()


def _look_at(crawl: RegionCrawl, names: Sequence[str]) -> None:
    lease = crawl.lease
    own = lease.call(crawl_own_buckets, lease.connection)
    account_level = _account_level(crawl)
    look = partial(_look, crawl, own, account_level)
    for start in range(0, len(names), BATCH):
        records = lease.map(look, names[start : start + BATCH])
        _store(crawl.region.account_id, [record for record in records if record])
        lease.report()


def _account_level(crawl: RegionCrawl) -> AccountPublicAccessRecord:
    """The account's own public access block; when it cannot be asked for, what is known of it."""
    account = crawl.region.account
    record = crawl.lease.call(crawl_account_public_access, crawl.lease.connection)
    if record.status == "Unknown":
        return replace(record, flags=account.public_access_block)
    Account.objects.filter(pk=account.pk).update(public_access_block=record.flags, public_access_status=record.status)
    return record


def _look(
    crawl: RegionCrawl, own: dict[str, str] | None, account_level: AccountPublicAccessRecord, name: str
) -> BucketRecord | None:
    """None when S3 did not answer: what is known of the bucket stays, and it stays due."""
    try:
        return crawl_bucket(crawl.lease.connection, name, own, account_level)
    except AWSError as error:
        crawl.note(name, error)
        return None


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
