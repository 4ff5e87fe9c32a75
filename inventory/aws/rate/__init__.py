"""How many calls a second AWS is asked: learned from its answers, shared by threads, processes and workers."""

from __future__ import annotations
