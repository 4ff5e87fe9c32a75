"""The only writers of facts: plan what to read, read, upsert, mark missing, announce."""

from __future__ import annotations

from inventory.sync.buckets import want_buckets
from inventory.sync.delivery import anything_executing, record_heartbeat, undelivered
from inventory.sync.execute import execute
from inventory.sync.plan import plan, request

__all__ = (
    "anything_executing",
    "execute",
    "plan",
    "record_heartbeat",
    "request",
    "undelivered",
    "want_buckets",
)
