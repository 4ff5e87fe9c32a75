"""What the storage costs at the size of an estate: a synthetic one, the hottest queries, and their plans."""

from __future__ import annotations
