"""The only writers of facts: plan what to read, read, upsert, mark missing, announce."""

from __future__ import annotations

from inventory.sync.buckets import want_buckets
from inventory.sync.delivery import anything_executing, note_undelivered, record_beat, record_heartbeat, undelivered
from inventory.sync.execute import execute
from inventory.sync.plan import plan, request, take_up

__all__ = (
    "anything_executing",
    "execute",
    "note_undelivered",
    "plan",
    "record_beat",
    "record_heartbeat",
    "request",
    "take_up",
    "undelivered",
    "want_buckets",
)
