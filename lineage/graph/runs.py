"""What one execution adds to a graph: runs, registered packages, branches taken, data passed without a reference."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from .artifacts import ports_with_locations
from .locations import prefixes
from .model import TERMINAL, Edge, Execution, Graph, Node, Port, StepRun, Text, first_text, mapping
from .resolve import last_runs
from .run_fields import outcome, render_run
from .run_ports import add_run_ports

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from .locations import Location

_NOT_PASSED_ON = frozenset({"image", "code", "debug", "log", "argument"})
_CONDITION_EDGES = {"condition:If": "True", "condition:Else": "False"}


def apply_runs(graph: Graph, execution: Execution) -> Graph:
    """A graph that was resolved against the same execution, with what its steps did."""
    runs = last_runs(execution)
    iterations = Counter(run.step_name for run in execution.steps if run.iteration_index is not None)
    absent = "NotExecuted" if execution.status in TERMINAL else "NotStarted"
    nodes = tuple(_ran(node, runs.get(node.name), absent, iterations[node.name], graph.text) for node in graph.nodes)
    edges = [*(_taken(edge, runs) for edge in graph.edges), *_artifact_edges(nodes, graph.edges, runs)]
    edges.sort(key=lambda edge: (edge.origin, edge.destination, edge.via))
    return replace(graph, nodes=nodes, edges=tuple(edges))


def _ran(node: Node, run: StepRun | None, absent: str, iterations: int, text: Text) -> Node:
    if run is None:
        return node._replace(run=render_run(node, StepRun(node.name, absent), text))
    node = node._replace(job=run.job)
    rendered = render_run(node, run, text)
    if iterations:
        rendered["iterations"] = iterations
    return node._replace(ports=add_run_ports(node, run), run=rendered, registry=_registry(run))


def _registry(run: StepRun) -> Mapping[str, Any] | None:
    """The version of a model package that a RegisterModel step made."""
    job = mapping(run.job)
    arn = first_text((job.get("ModelPackageArn"), mapping(run.metadata.get("RegisterModel")).get("Arn")))
    if arn is None or "RegisterModel" not in run.metadata:
        return None
    group, _, version = arn.partition(":model-package/")[2].partition("/")
    number = job.get("ModelPackageVersion")
    return {
        "modelPackageArn": arn,
        "modelPackageGroupName": first_text((job.get("ModelPackageGroupName"), group)),
        "version": number if isinstance(number, int) else int(version) if version.isdecimal() else None,
        "approvalStatus": first_text((job.get("ModelApprovalStatus"),)),
        "endpoints": list(run.endpoints),
    }


def _taken(edge: Edge, runs: Mapping[str, StepRun]) -> Edge:
    """Whether a branch was taken, once its Condition has an outcome."""
    wanted = _CONDITION_EDGES.get(edge.via)
    run = runs.get(edge.origin) if wanted else None
    came_to = outcome(run) if run else None
    return edge if came_to is None else edge._replace(taken=came_to == wanted)


def _artifact_edges(nodes: Sequence[Node], edges: Sequence[Edge], runs: Mapping[str, StepRun]) -> Iterator[Edge]:
    """Steps that share data though neither refers to the other; only places that are known for certain count."""
    uses = [use for use in ports_with_locations(nodes) if use[1].resolved and use[1].role not in _NOT_PASSED_ON]
    writers = _writers(uses)
    referring = {(edge.origin, edge.destination) for edge in edges if edge.via.startswith("ref:")}
    shared: dict[tuple[str, str], dict[str, None]] = defaultdict(dict)
    for node, port, location in uses:
        if port.direction == "input":
            for writer in (writer for place in prefixes(location.identity) for writer in writers.get(place, ())):
                if writer != node.name and (writer, node.name) not in referring and _before(writer, node, runs):
                    shared[writer, node.name][port.name] = None
    for (origin, destination), names in shared.items():
        yield Edge(origin, destination, "artifact", ", ".join(sorted(names)))


def _writers(uses: Iterable[tuple[Node, Port, Location]]) -> dict[str, list[str]]:
    """Who writes a place. A folder of models is left out once the model itself is known."""
    writers: dict[str, list[str]] = defaultdict(list)
    for node, port, location in uses:
        if port.direction == "output" and not _is_model_folder(port, node):
            writers[location.identity].append(node.name)
    return writers


def _is_model_folder(port: Port, node: Node) -> bool:
    return port.name.endswith("S3OutputPath") and any(_is_model(other) for other in node.ports)


def _is_model(port: Port) -> bool:
    return port.direction == "output" and port.path[0] == "Run" and port.role == "model"


def _before(writer: str, reader: Node, runs: Mapping[str, StepRun]) -> bool:
    """Data cannot come from a step that started after its reader; where a time is not known it may have."""
    wrote, read = runs.get(writer), runs.get(reader.name)
    if wrote is None or read is None:
        return False
    if wrote.start_time is None or read.start_time is None:
        return True
    return wrote.start_time.timestamp() <= read.start_time.timestamp()
