"""Small definitions and graphs in the words of the domain."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from lineage.graph import Execution, apply_runs, build_graph, render_graph, resolve_graph

Render = Callable[..., dict[str, Any]]


@pytest.fixture
def render() -> Render:
    """Steps and parameters in, the rendered graph out; with an execution, as that execution saw it."""

    def rendered(*steps: Any, parameters: dict[str, Any] | None = None, execution: Execution | None = None) -> Any:
        declared = [
            {"Name": name, "Type": "String", "DefaultValue": value} for name, value in (parameters or {}).items()
        ]
        graph = resolve_graph(build_graph({"Parameters": declared, "Steps": list(steps)}), execution)
        return render_graph(apply_runs(graph, execution) if execution else graph)

    return rendered


@pytest.fixture
def processing() -> Callable[..., dict[str, Any]]:
    """A Processing step with inputs and outputs given as name=uri."""

    def step(
        name: str, inputs: dict[str, Any] | None = None, outputs: dict[str, Any] | None = None, **more: Any
    ) -> Any:
        return {
            "Name": name,
            "Type": "Processing",
            "Arguments": {
                "ProcessingInputs": [{"InputName": n, "S3Input": {"S3Uri": uri}} for n, uri in (inputs or {}).items()],
                "ProcessingOutputConfig": {
                    "Outputs": [{"OutputName": n, "S3Output": {"S3Uri": uri}} for n, uri in (outputs or {}).items()]
                },
            },
            **more,
        }

    return step
