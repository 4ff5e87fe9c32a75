"""The signals of the project: facts changed, and no more of them is to be expected at once."""

from __future__ import annotations

from django.dispatch import Signal

# Sent inside the transaction that wrote, with the ids of what changed: pipelines (of Pipeline), buckets (of Bucket).
facts_changed = Signal()

# Sent when the facts of `pipelines` (their ids), or of all pipelines of `region` (its id), are written for now.
facts_settled = Signal()
