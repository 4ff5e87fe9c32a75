"""The summary of an execution: how it stands, and how its steps do."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from .run_fields import elapsed

if TYPE_CHECKING:
    from .model import Execution, Graph


def summarize(graph: Graph, execution: Execution | None) -> dict[str, Any]:
    """The `summary` member. The overall status is the execution's own, never guessed from its steps."""
    if execution is None:
        return {"overallStatus": "Unknown", "nodeStatus": {}, "elapsedSec": None}
    return {
        "overallStatus": execution.status or "Unknown",
        "nodeStatus": dict(sorted(Counter(node.run["status"] for node in graph.nodes if node.run).items())),
        "elapsedSec": elapsed(execution.start_time, execution.end_time),
    }
