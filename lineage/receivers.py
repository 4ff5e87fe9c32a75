"""Facts changed: their documents are outdated from that transaction on, and rendered again after it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.dispatch import receiver

from inventory.signals import facts_changed
from lineage.rebuild import mark_outdated, pipelines_using, rebuild_outdated

if TYPE_CHECKING:
    from collections.abc import Sequence


@receiver(facts_changed, dispatch_uid="lineage.outdate")
def outdate(*, pipelines: Sequence[int], buckets: Sequence[int], **_: Any) -> None:
    """Mark the documents of changed pipelines, and of those that use changed buckets."""
    pipeline_ids = {*pipelines, *pipelines_using(buckets)}
    mark_outdated(pipeline_ids)
    transaction.on_commit(partial(rebuild_outdated, pipeline_ids))
