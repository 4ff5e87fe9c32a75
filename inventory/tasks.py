"""enqueue(scope), and the Celery tasks: each a moment, not a place for logic."""

from __future__ import annotations
