"""What the back-fill may spend: of the calls of a day the share of one run, booked before they are made."""

from __future__ import annotations

import time
from contextlib import contextmanager
from datetime import UTC, timedelta
from math import ceil
from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import F, Q
from django.utils.timezone import now

from inventory.models.executions import BackfillDay

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from django.db.models import QuerySet

    from inventory.aws.client import Connection

A_RUN_EVERY = timedelta(minutes=30)  # by the default schedule
LONGEST = 20 * 60  # seconds of a run: the next one, and what else this process is for, wait no longer
HELD_FOR = timedelta(minutes=20)  # since the last booking
LEAST = 20  # calls of a run, so that a small number a day is not scattered in crumbs


class Budget:
    """The calls of one run. A worker that is killed has booked what it made, and at most one batch more."""

    def __init__(self, day: BackfillDay, moment: datetime) -> None:
        self._day = day
        self._ends = time.monotonic() + LONGEST
        self._spent = 0
        self._share = share_of_a_run(settings.SYNC_BACKFILL_CALLS_PER_DAY - day.calls, moment)

    @classmethod
    def hold(cls) -> Budget | None:
        """Today's, held by this worker alone; None when there is nothing left of the day's calls."""
        moment = now()
        row, _ = BackfillDay.objects.get_or_create(day=moment.astimezone(UTC).date())
        free = BackfillDay.objects.filter(Q(held_until=None) | Q(held_until__lt=moment), pk=row.pk)
        held = free.filter(calls__lt=settings.SYNC_BACKFILL_CALLS_PER_DAY).update(held_until=moment + HELD_FOR)
        if not held:
            return None
        row.refresh_from_db()
        return cls(row, moment)

    def release(self) -> None:
        self._rows.update(held_until=None)

    @property
    def left(self) -> int:
        """Of the run; nothing once it has taken long enough."""
        return self._share - self._spent if time.monotonic() < self._ends else 0

    @property
    def left_today(self) -> int:
        return settings.SYNC_BACKFILL_CALLS_PER_DAY - self._day.calls - self._spent

    @contextmanager
    def booked(self, calls: int, connection: Connection) -> Iterator[None]:
        """So many calls are booked now, and at the end those that were made."""
        before = connection.calls.total()
        self._book(calls)
        try:
            yield
        finally:
            self._book(connection.calls.total() - before - calls)

    def count(self, executions: int) -> None:
        self._rows.update(executions=F("executions") + executions)

    def _book(self, calls: int) -> None:
        self._spent += calls
        self._rows.update(calls=F("calls") + calls, held_until=now() + HELD_FOR)

    @property
    def _rows(self) -> QuerySet[BackfillDay]:
        return BackfillDay.objects.filter(pk=self._day.pk)


def share_of_a_run(left: int, moment: datetime) -> int:
    """What is left of a day's calls, spread over the runs that are left of it."""
    midnight = (moment.astimezone(UTC) + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    runs = ceil((midnight - moment) / A_RUN_EVERY)
    return min(left, max(ceil(left / runs), LEAST))
