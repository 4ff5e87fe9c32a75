"""Facts changed: their documents are outdated from that transaction on, and rendered again when they are settled."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.dispatch import receiver

from inventory.signals import facts_changed, facts_settled
from lineage.rebuild import mark_buckets_outdated, mark_outdated, rebuild_outdated

if TYPE_CHECKING:
    from collections.abc import Sequence


@receiver(facts_changed, dispatch_uid="lineage.outdate")
def outdate(*, pipelines: Sequence[int], buckets: Sequence[int], **_: Any) -> None:
    """Mark the documents of changed pipelines, and of those that use changed buckets."""
    mark_outdated(pipelines)
    mark_buckets_outdated(buckets)


@receiver(facts_settled, dispatch_uid="lineage.render")
def render(*, pipelines: Sequence[int] | None, region: int | None, **_: Any) -> None:
    """Render what is outdated among them, after the commit."""
    transaction.on_commit(partial(rebuild_outdated, pipelines, region))
