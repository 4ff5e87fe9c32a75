"""The only writers of facts: plan what to read, read, upsert, mark missing, announce."""

from __future__ import annotations

from inventory.sync.backfill import backfill
from inventory.sync.buckets import want_buckets
from inventory.sync.delivery import anything_executing, note_undelivered, record_beat, record_heartbeat, undelivered
from inventory.sync.execute import execute
from inventory.sync.history import newest_without_steps, want_steps
from inventory.sync.plan import plan, request, take_up
from inventory.sync.preflight import carry_out_preflight, request_preflight, undelivered_preflights
from inventory.sync.prune import prune
from inventory.sync.worker import worker

__all__ = (
    "anything_executing",
    "backfill",
    "carry_out_preflight",
    "execute",
    "newest_without_steps",
    "note_undelivered",
    "plan",
    "prune",
    "record_beat",
    "record_heartbeat",
    "request",
    "request_preflight",
    "take_up",
    "undelivered",
    "undelivered_preflights",
    "want_buckets",
    "want_steps",
    "worker",
)
