"""The only signal of the project."""

from __future__ import annotations

from django.dispatch import Signal

# Sent inside the transaction that wrote: pipelines (list of Pipeline ids) or buckets (list of Bucket ids) whose facts changed.
facts_changed = Signal()
