"""Facts changed: their documents are outdated from that transaction on, and rendered again after it."""

from __future__ import annotations
