"""A light AWS for measuring: it speaks the real protocols over a computed estate, throttled or broken at will."""

from __future__ import annotations
