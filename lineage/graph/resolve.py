"""What references stand for: job descriptions first, then the definition, then parameters and execution variables."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from .model import Execution, Graph, Node, Port, StepRun, mapping, sequence
from .references import MISSING, expand, follow, same_place, split_reference

if TYPE_CHECKING:
    from collections.abc import Mapping

_WORST_FIRST = ("Failed", "Stopped", "Stopping", "Executing", "Starting", "Succeeded")


@dataclass(frozen=True)
class Scope:
    """Everything that a reference in one graph can be looked up in."""

    steps: Mapping[str, Mapping[str, Any]]
    defaults: Mapping[str, Any]
    variables: Mapping[str, str] = field(default_factory=dict)
    parameters: Mapping[str, Any] = field(default_factory=dict)
    runs: Mapping[str, StepRun] = field(default_factory=dict)
    found: dict[str, Any] = field(default_factory=dict)

    def text(self, value: object) -> tuple[str, bool]:
        """A value as text, and whether all of it is known."""
        return (value, True) if isinstance(value, str) else expand(value, self.lookup, self.read)

    def lookup(self, reference: str) -> Any:
        """What a Get stands for: a plain value, another expression, or MISSING."""
        if reference not in self.found:
            self.found[reference] = self._look_up(reference)
        return self.found[reference]

    def _look_up(self, reference: str) -> Any:
        kind, _, name = reference.partition(".")
        if kind == "Parameters":
            return self.parameters.get(name, self.defaults.get(name, MISSING))
        if kind == "Execution":
            return self.variables.get(name, MISSING)
        split = split_reference(reference, self.steps.keys())
        return MISSING if split is None else self._property(*split)

    def _property(self, name: str, path: str) -> Any:
        if name not in self.steps or not path:
            return MISSING
        for source in (*run_facts(self.runs.get(name)), mapping(self.steps[name].get("Arguments"))):
            value = follow(source, path)
            if value is not MISSING and value is not None:
                return value
        return MISSING

    def read(self, of: str, path: str) -> Any:
        """What a Std:JsonGet reads: the metric of that path in the report of the step that wrote it."""
        split = split_reference(of, self.steps.keys())
        run = self.runs.get(split[0]) if split else None
        return MISSING if run is None else run.metrics.get(f"eval.{path}", MISSING)


def run_facts(run: StepRun | None) -> tuple[Mapping[str, Any], ...]:
    """What a run tells of a step's properties: the job's description, then the step's metadata."""
    if run is None:
        return ()
    job = mapping(run.job)
    best = mapping(job.get("BestTrainingJob"))
    top = ({"TrainingJobSummaries": [best]},) if best else ()
    return (job, *top, *map(_with_named_outputs, run.metadata.values()))


def _with_named_outputs(metadata: object) -> Mapping[str, Any]:
    """Callback and Lambda list their outputs as name and value; a reference names the output alone."""
    outputs = sequence(mapping(metadata).get("OutputParameters"))
    if not outputs:
        return mapping(metadata)
    values = {item["Name"]: item.get("Value") for item in map(mapping, outputs) if isinstance(item.get("Name"), str)}
    return {**mapping(metadata), "OutputParameters": values}


def resolve_graph(graph: Graph, execution: Execution | None = None) -> Graph:
    """The graph with every port's value as far as the definition, and the execution if given, tell it."""
    scope = build_scope(graph, execution)
    return replace(graph, nodes=tuple(_resolved(node, scope) for node in graph.nodes), text=scope.text)


def build_scope(graph: Graph, execution: Execution | None) -> Scope:
    """Where this graph's references are looked up."""
    steps = {node.name: node.step for node in graph.nodes}
    if execution is None:
        return Scope(steps, graph.parameters)
    return Scope(steps, graph.parameters, _variables(execution), execution.parameters, last_runs(execution))


def _variables(execution: Execution) -> Mapping[str, str]:
    known = {
        "PipelineName": execution.pipeline_name,
        "PipelineArn": execution.pipeline_arn,
        "PipelineExecutionId": execution.id or execution.arn.rpartition("/")[2],
        "PipelineExecutionArn": execution.arn,
    }
    return {name: value for name, value in known.items() if value}


def last_runs(execution: Execution) -> dict[str, StepRun]:
    """The run that speaks for each step: the one started last, of a loop's iterations the worst."""
    chosen: dict[str, StepRun] = {}
    for run in sorted(execution.steps, key=_started):
        other = chosen.get(run.step_name)
        if other is None or other.iteration_index is None or _badness(run) <= _badness(other):
            chosen[run.step_name] = run
    return chosen


def _started(run: StepRun) -> float:
    """An attempt that has not started yet is the newest."""
    return run.start_time.timestamp() if run.start_time else math.inf


def _badness(run: StepRun) -> int:
    return _WORST_FIRST.index(run.status) if run.status in _WORST_FIRST else len(_WORST_FIRST)


def _resolved(node: Node, scope: Scope) -> Node:
    run = scope.runs.get(node.name)
    job = run.job if run else None
    ports = (port if isinstance(port.value, str) else _resolve(port, node, job, scope) for port in node.ports)
    return node._replace(ports=tuple(ports), job=job)


def _resolve(port: Port, node: Node, job: Mapping[str, Any] | None, scope: Scope) -> Port:
    """The step's own job says best what an expression became."""
    told = same_place(node.step.get("Arguments"), job, port.path[1:]) if job and port.path[0] == "Arguments" else None
    if isinstance(told, str) and told:
        return port._replace(uri=told, resolved=True)
    text, resolved = scope.text(port.value)
    return port._replace(uri=text, resolved=resolved)
