"""Which pipelines need a look of their own, and at what: decided by the database, from what is stored of them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import BooleanField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet
from django.utils.timezone import now

from inventory.aws.records import TERMINAL_EXECUTION_STATUSES
from inventory.models import Execution

if TYPE_CHECKING:
    from inventory.models import Pipeline

RETRIABLE = ("Failed", "Stopped")
RETRY_WINDOW = timedelta(days=14)

CHANGED = Q(described_version__lt=F("last_modified")) | Q(described_version__gt=F("last_modified"))
UNDESCRIBED = Q(definition=None) | Q(described_version=None, last_modified__isnull=False) | CHANGED
RAN = Q(latest_execution__isnull=False)
STEPS_MOVED = Q(latest_execution__steps_version__lt=F("latest_execution__last_modified")) | Q(
    latest_execution__steps_version__gt=F("latest_execution__last_modified")
)
STEPS_NEVER_READ = Q(latest_execution__steps_version=None, latest_execution__last_modified__isnull=False)
UNREAD = RAN & (Q(latest_execution__steps_complete=False) | STEPS_NEVER_READ | STEPS_MOVED)
NEWER = Q(last_execution_time__isnull=False) & (
    Q(latest_execution__start_time=None) | Q(latest_execution__start_time__lt=F("last_execution_time"))
)
LOOKED_UP = Q(looked_up_execution_time__isnull=False) & Q(looked_up_execution_time=F("last_execution_time"))
# What went wrong may have concerned nothing that is due by itself: one look tells whether all is well again.
TROUBLED = ~Q(problem="")
# The listing tells of an execution that Search does not show (yet); one look is enough.
UNSEEN = NEWER & ~LOOKED_UP
EVERYTHING, NOTHING = Q(pk__isnull=False), Q(pk=None)


def with_needs(pipelines: QuerySet[Pipeline], *, search: bool, force: bool = False) -> QuerySet[Pipeline]:
    """Those that need a look, annotated with `needs_description`, `needs_lookup` and `needs_steps`.

    Without Search, executions that may still change are looked up one by one. `force`: all of them, at everything.
    """
    if force:
        return pipelines.annotate(needs_description=_is(EVERYTHING), needs_lookup=_is(EVERYTHING), needs_steps=_is(RAN))
    lookup = UNSEEN if search else UNSEEN | _may_change()
    describe = UNDESCRIBED | TROUBLED
    return _annotated(pipelines, describe, lookup, UNREAD)


def executing_with_needs(pipelines: QuerySet[Pipeline], *, search: bool) -> QuerySet[Pipeline]:
    """The same of pipelines that are executing, at the least price: steps that moved, as far as Search tells, else all
    of them."""
    return _annotated(pipelines, NOTHING, NOTHING, RAN & (STEPS_NEVER_READ | STEPS_MOVED) if search else UNREAD)


def _annotated(pipelines: QuerySet[Pipeline], describe: Q, lookup: Q, steps: Q) -> QuerySet[Pipeline]:
    return pipelines.filter(describe | lookup | steps).annotate(
        needs_description=_is(describe), needs_lookup=_is(lookup), needs_steps=_is(steps)
    )


def _may_change() -> Q:
    """Not over, the latest or one that it overtook, or ended so that it may be retried under the same ARN."""
    young = Q(latest_execution__start_time__gt=now() - RETRY_WINDOW, latest_execution__status__in=RETRIABLE)
    over = Q(latest_execution__status__in=TERMINAL_EXECUTION_STATUSES)
    followed = Execution.objects.filter(pipeline=OuterRef("pk"), wants_steps=True)
    overtaken = Q(Exists(followed.exclude(status__in=TERMINAL_EXECUTION_STATUSES)))
    return RAN & (~over | young | overtaken)


def _is(condition: Q) -> ExpressionWrapper[Q]:
    return ExpressionWrapper(condition, output_field=BooleanField())
