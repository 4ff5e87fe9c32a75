"""The only writers of facts: plan what to read, read, upsert, mark missing, announce."""

from __future__ import annotations

from inventory.sync.buckets import want_buckets
from inventory.sync.delivery import anything_executing, note_undelivered, record_beat, record_heartbeat, undelivered
from inventory.sync.execute import execute
from inventory.sync.plan import plan, request, take_up
from inventory.sync.preflight import carry_out_preflight, request_preflight, undelivered_preflights

__all__ = (
    "anything_executing",
    "carry_out_preflight",
    "execute",
    "note_undelivered",
    "plan",
    "record_beat",
    "record_heartbeat",
    "request",
    "request_preflight",
    "take_up",
    "undelivered",
    "undelivered_preflights",
    "want_buckets",
)
