"""What a run shows that the definition could not say: the model that was trained, the reports that were written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .locations import parse_location
from .model import Direction, Node, Port, StepRun, mapping, sequence, text_or_none
from .steps import parse_ports

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_CHECK_OUTPUTS = {
    "CalculatedBaselineStatistics": "baseline",
    "CalculatedBaselineConstraints": "baseline",
    "ViolationReport": "report",
}
_CHECK_INPUTS = ("BaselineUsedForDriftCheckStatistics", "BaselineUsedForDriftCheckConstraints")
_AUTOML_REPORTS = ("Explainability", "ModelInsights", "BacktestResults")


def add_run_ports(node: Node, run: StepRun) -> tuple[Port, ...]:
    """The node's ports and those only its run knows; a place that is known already is not repeated."""
    known = {(port.direction, port.uri.rstrip("/")) for port in node.ports}
    names = {(port.direction, port.name) for port in node.ports}
    ports = list(node.ports)
    for port in (*_described(node, run), *_shown(run)):
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
    found = (*_models(job), *_automl(job), *_from_metadata(run.metadata))
    for name, direction, role, value in found:
        uri = text_or_none(value)
        if uri is not None and parse_location(uri) is not None:
            yield _shown_port(name, direction, role, uri)


Shown = tuple[str, Direction, str, Any]


def _models(job: Mapping[str, Any]) -> Iterator[Shown]:
    trained = mapping(job.get("ModelArtifacts")).get("S3ModelArtifacts")
    yield "ModelArtifacts.S3ModelArtifacts", "output", "model", trained
    best = text_or_none(mapping(job.get("BestTrainingJob")).get("TrainingJobName"))
    folder = text_or_none(_tuned_output(job, mapping(job.get("BestTrainingJob")).get("TrainingJobDefinitionName")))
    if best and folder:
        yield "BestTrainingJob", "output", "model", f"{folder.rstrip('/')}/{best}/output/model.tar.gz"


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
        yield f"BestCandidate.{name}", "output", "report", reports.get(name)


def _from_metadata(metadata: Mapping[str, Any]) -> Iterator[Shown]:
    for member in map(mapping, metadata.values()):
        for name, role in _CHECK_OUTPUTS.items():
            yield name, "output", role, member.get(name)
        for name in _CHECK_INPUTS:
            yield name, "input", "baseline", member.get(name)
        yield "S3OutputLocation", "output", "data", member.get("S3OutputLocation")
        yield "LogFilePath", "output", "log", member.get("LogFilePath")
        for output in map(mapping, sequence(member.get("OutputParameters"))):
            yield str(output.get("Name")), "output", "argument", output.get("Value")


def _shown_port(name: str, direction: Direction, role: str, uri: str, kind: str = "s3") -> Port:
    return Port(name, direction, role, kind, uri, ("Run", name), uri, resolved=True, template=uri)
