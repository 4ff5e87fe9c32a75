"""What a run shows that the definition could not say: the model that was trained, the reports that were written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .locations import parse_location
from .model import Direction, Node, Port, StepRun, mapping, sequence, text_or_none
from .steps import parse_ports

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# Members of a step's metadata that name a location.
_METADATA: tuple[tuple[str, Direction, str], ...] = (
    ("CalculatedBaselineStatistics", "output", "baseline"),
    ("CalculatedBaselineConstraints", "output", "baseline"),
    ("ViolationReport", "output", "report"),
    ("BaselineUsedForDriftCheckStatistics", "input", "baseline"),
    ("BaselineUsedForDriftCheckConstraints", "input", "baseline"),
    ("S3OutputLocation", "output", "data"),
    ("LogFilePath", "output", "log"),
)
_AUTOML_REPORTS = ("Explainability", "ModelInsights", "BacktestResults")


def add_run_ports(node: Node, run: StepRun) -> tuple[Port, ...]:
    """The node's ports and those only its run knows; a place that is known already is not repeated."""
    found = [*_described(node, run), *_shown(run)]
    if not found:
        return node.ports
    known = {(port.direction, port.uri.rstrip("/")) for port in node.ports}
    names = {(port.direction, port.name) for port in node.ports}
    ports = list(node.ports)
    for port in found:
        place = (port.direction, port.uri.rstrip("/"))
        if place not in known and (port.direction, port.name) not in names:
            known.add(place)
            ports.append(port)
    return tuple(sorted(ports, key=lambda port: port.direction))


def _described(node: Node, run: StepRun) -> Iterator[Port]:
    """The job's description has the shape of the request, so the type's own parser reads it."""
    if run.job:
        for port in parse_ports(node.type, {"Arguments": run.job}):
            if isinstance(port.value, str):
                yield _shown_port(port.name, port.direction, port.role, port.value, port.kind)


def _shown(run: StepRun) -> Iterator[Port]:
    job = mapping(run.job)
    for name, direction, role, uri in (*_models(job), *_automl(job), *_from_metadata(run.metadata)):
        if isinstance(uri, str) and parse_location(uri) is not None:
            yield _shown_port(name, direction, role, uri)


Shown = tuple[str, Direction, str, Any]


def _models(job: Mapping[str, Any]) -> Iterator[Shown]:
    if "ModelArtifacts" in job:
        trained = mapping(job["ModelArtifacts"]).get("S3ModelArtifacts")
        yield "ModelArtifacts.S3ModelArtifacts", "output", "model", trained
    best = mapping(job.get("BestTrainingJob"))
    name = text_or_none(best.get("TrainingJobName"))
    folder = text_or_none(_tuned_output(job, best.get("TrainingJobDefinitionName"))) if name else None
    if folder:
        yield "BestTrainingJob", "output", "model", f"{folder.rstrip('/')}/{name}/output/model.tar.gz"


def _tuned_output(job: Mapping[str, Any], definition_name: object) -> Any:
    """Where the definition that won wrote its models."""
    definitions = [job.get("TrainingJobDefinition"), *sequence(job.get("TrainingJobDefinitions"))]
    for definition in map(mapping, definitions):
        if definition and definition_name in (None, definition.get("DefinitionName")):
            return mapping(definition.get("OutputDataConfig")).get("S3OutputPath")
    return None


def _automl(job: Mapping[str, Any]) -> Iterator[Shown]:
    best = mapping(job.get("BestCandidate"))
    for index, container in enumerate(map(mapping, sequence(best.get("InferenceContainers")))):
        name = f"BestCandidate.InferenceContainers[{index}].ModelDataUrl"
        yield name, "output", "model", container.get("ModelDataUrl")
    reports = mapping(mapping(best.get("CandidateProperties")).get("CandidateArtifactLocations"))
    for name in _AUTOML_REPORTS:
        if name in reports:
            yield f"BestCandidate.{name}", "output", "report", reports[name]


def _from_metadata(metadata: Mapping[str, Any]) -> Iterator[Shown]:
    for member in map(mapping, metadata.values()):
        for name, direction, role in _METADATA:
            if name in member:
                yield name, direction, role, member[name]
        for output in map(mapping, sequence(member.get("OutputParameters"))):
            yield str(output.get("Name")), "output", "argument", output.get("Value")


def _shown_port(name: str, direction: Direction, role: str, uri: str, kind: str = "s3") -> Port:
    return Port(name, direction, role, kind, uri, ("Run", name), uri)
