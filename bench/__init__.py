"""What the service costs: benchmarks against light servers of their own, and the tables that they print."""

from __future__ import annotations
