"""System checks: what is configured wrongly, said before it hurts."""

from __future__ import annotations
