"""Resources that a listing shows: describe what is new, store what changed, mark what is gone.

A listing is read in batches, and one transaction writes each; no more of it than a batch is held at a time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.timezone import now

from inventory.aws.errors import AWSError, ErrorKind
from inventory.sync.upsert import upsert

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from inventory.aws.client import Connection
    from inventory.aws.registry_records import SummaryRecord
    from inventory.models import Region
    from inventory.sync.region import RegionCrawl

BATCH = 50
HOPELESS_AFTER = 50


@dataclass(frozen=True)
class Kind:
    """How resources of one kind are read and stored.

    `columns` are columns of the row and the members of the record they come from; `compared` those that tell a change.
    `after_store` is called in the transaction, with the rows that were new or changed and their records; where `shown`
    are named, only with those in which one of them changed. `kept` are columns that others fill, as long as it is the
    same resource: a name that is used again is another.
    """

    subject: str
    rows: type[Any]
    columns: dict[str, str]
    compared: tuple[str, ...]
    describe: Callable[[Connection, SummaryRecord], Any] | None = None
    after_store: Callable[[Sequence[tuple[Any, Any]]], None] | None = None
    shown: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()

    def is_current(self, row: Any, summary: SummaryRecord) -> bool:
        """Whether what is stored, if anything, is still what the listing shows."""
        shown = [(column, summary.state[member]) for column, member in self.columns.items() if member in summary.state]
        return row is not None and all(getattr(row, column) == value for column, value in shown)

    def values_shown(self, row: Any) -> tuple[Any, ...]:
        return tuple(getattr(row, name) for name in (*(self.shown or self.compared), "missing_since"))

    def row_of(self, region: Region, record: Any) -> Any:
        values = {column: getattr(record, member) for column, member in self.columns.items()}
        return self.rows(region=region, arn=record.arn, read_at=now(), **values)


class SeenRows:
    """Primary keys, such as a listing has shown: one bit each, so that a million take little more than a hundred kB."""

    def __init__(self, primary_keys: Iterable[int] = ()) -> None:
        self._bits = bytearray()
        for pk in primary_keys:
            self.add(pk)

    def add(self, pk: int) -> None:
        missing = (pk >> 3) + 1 - len(self._bits)
        if missing > 0:
            self._bits.extend(bytes(missing))
        self._bits[pk >> 3] |= 1 << (pk & 7)

    def __contains__(self, pk: int) -> bool:
        return pk >> 3 < len(self._bits) and bool(self._bits[pk >> 3] & 1 << (pk & 7))


class ListingSync:
    """One listing of one region, from its first page to its end."""

    def __init__(self, crawl: RegionCrawl, kind: Kind) -> None:
        self.crawl = crawl
        self.kind = kind
        self.seen = SeenRows()
        # What others store from here on, whatever their clocks say, the listing need not show.
        self._before = SeenRows(self._present())
        self._described = 0
        self._failures: list[AWSError] = []

    def store_whole(self, records: Iterator[Any]) -> ListingSync:
        """A listing that shows everything of each resource."""
        for batch in self.crawl.lease.ahead(records, BATCH):
            self._store(batch)
        return self

    def store_described(self, summaries: Iterator[SummaryRecord]) -> ListingSync:
        """A listing that tells which resources are to be described."""
        for batch in self.crawl.lease.ahead(summaries, BATCH):
            known = {row.arn: row for row in self.kind.rows.objects.filter(arn__in=[each.arn for each in batch])}
            due = [each for each in batch if not self.kind.is_current(known.get(each.arn), each)]
            read_anew = {each.arn for each in due}
            returned = [row.pk for row in known.values() if row.missing_since and row.arn not in read_anew]
            for row in known.values():
                self.seen.add(row.pk)
            self._store(self._describe(due), returned)
            self.crawl.lease.report()
        return self

    def mark_missing(self) -> None:
        """Mark what the listing, read to its end, did not show."""
        rows, gone = self.kind.rows.objects.filter(missing_since=None), self.gone()
        for start in range(0, len(gone), BATCH):
            rows.filter(pk__in=gone[start : start + BATCH]).update(missing_since=now())

    def gone(self) -> list[int]:
        """The rows of this account and region that were known before and were not shown."""
        return [pk for pk in self._present() if pk in self._before and pk not in self.seen]

    def _present(self) -> Iterator[int]:
        """Primary keys of what this account and region is known to have."""
        region = self.crawl.region
        own = f":{region.name}:{region.account.account_id}:"
        rows = self.kind.rows.objects.filter(region=region, missing_since=None, arn__contains=own)
        yield from rows.values_list("pk", flat=True).iterator()

    def _describe(self, due: Sequence[SummaryRecord]) -> list[Any]:
        """What could be described. What was deleted meanwhile is left out, any other failure noted."""
        answers = self.crawl.lease.map(self._described_or_error, due)
        found = [answer for answer in answers if not isinstance(answer, AWSError)]
        self._described += len(found)
        for error in answers:
            if isinstance(error, AWSError) and error.kind is not ErrorKind.NOT_FOUND:
                self._note(error)
        if not self._described and len(self._failures) >= HOPELESS_AFTER:
            raise self._failures[0]
        return found

    def _described_or_error(self, summary: SummaryRecord) -> Any:
        assert self.kind.describe is not None  # noqa: S101  (its listing shows summaries)
        try:
            return self.kind.describe(self.crawl.lease.connection, summary)
        except AWSError as error:
            return error

    def _note(self, error: AWSError) -> None:
        """The first failure of a sort speaks for all of them."""
        if error.code not in {known.code for known in self._failures}:
            self.crawl.note(self.kind.subject, error)
        self._failures.append(error)

    @transaction.atomic
    def _store(self, records: Sequence[Any], returned: Sequence[int] = ()) -> None:
        """Write what changed of `records`; `returned` are rows that were missing and need no other change."""
        kind = self.kind
        by_arn = {record.arn: record for record in records}
        existing = kind.rows.objects.filter(arn__in=by_arn)
        rows = [kind.row_of(self.crawl.region, record) for record in by_arn.values()]
        before = {row.arn: kind.values_shown(row) for row in existing}
        _keep(rows, existing, kind.kept)
        fields = (*kind.compared, "missing_since", "region_id")  # a step of another account's may have shown it first
        stamps = (*(name for name in kind.columns if name not in kind.compared), *kind.kept, "read_at")
        stored, changed = upsert(rows, existing, key=("arn",), fields=fields, stamps=stamps)
        for row in stored:
            self.seen.add(row.pk)
        if returned:
            kind.rows.objects.filter(pk__in=returned).update(missing_since=None)
        moved = [row for row in changed if kind.values_shown(row) != before.get(row.arn)]
        if kind.after_store and moved:
            kind.after_store([(row, by_arn[row.arn]) for row in moved])


def _keep(rows: Iterable[Any], existing: Iterable[Any], columns: Sequence[str]) -> None:
    known = {row.arn: row for row in existing}
    for row in rows:
        old = known.get(row.arn)
        if old and old.created_at == row.created_at:
            for name in columns:
                setattr(row, name, getattr(old, name))
