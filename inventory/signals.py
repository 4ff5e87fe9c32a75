"""The only signal of the project."""

from __future__ import annotations

from django.dispatch import Signal

# Sent inside the transaction that wrote, with the ids of what changed: pipelines (of Pipeline), buckets (of Bucket).
facts_changed = Signal()
