"""FACTS: what AWS told us; crawled, cached, never edited."""

from __future__ import annotations
