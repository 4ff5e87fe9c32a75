"""The words of a lineage graph: nodes, ports, edges, and the execution a caller fills in from its rows.

What a graph holds many of are named tuples: they are made and replaced in a fraction of a frozen dataclass's time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol

from .artifacts import collect_artifacts

if TYPE_CHECKING:
    from datetime import datetime

    from .artifacts import Artifact

Direction = Literal["input", "output"]
Path = tuple[str | int, ...]
Step = Mapping[str, Any]

TERMINAL = frozenset({"Succeeded", "Failed", "Stopped", "CompletedWithFailures"})


class Port(NamedTuple):
    """One thing a step reads or writes.

    `value` is the raw JSON of the definition, `path` where it stands in the step. `uri` is the literal, the resolved
    value, or a template whose unknown parts are `${...}`.
    """

    name: str
    direction: Direction
    role: str
    kind: str
    value: Any
    path: Path
    uri: str = ""
    resolved: bool = True
    origin: str | None = None


@dataclass(frozen=True, slots=True)
class Branch:
    """The Condition a step stands in, and the outcome that lets it run."""

    of: str
    when: bool


class Node(NamedTuple):
    """One step; `step` is its raw JSON."""

    name: str
    type: str
    label: str
    step: Step
    ports: tuple[Port, ...]
    branch: Branch | None = None
    run: Mapping[str, Any] | None = None
    registry: Mapping[str, Any] | None = None
    job: Mapping[str, Any] | None = None


class Edge(NamedTuple):
    """`refs` is the evidence: which property of the origin is used in which argument of the destination."""

    origin: str
    destination: str
    via: str
    label: str = ""
    dangling: bool = False
    taken: bool | None = None
    refs: tuple[Mapping[str, str], ...] = ()


class StepRun(NamedTuple):
    """One step of one execution, as stored. `job` is the raw Describe response, times as ISO strings."""

    step_name: str
    status: str
    start_time: datetime | None = None
    end_time: datetime | None = None
    failure_reason: str = ""
    attempts: int | None = None
    cache_source: str = ""
    selective_source: str = ""
    iteration_index: int | None = None
    metadata: Mapping[str, Any] = {}
    job: Mapping[str, Any] | None = None
    detail_error: str = ""
    metrics: Mapping[str, float] = {}
    report_object: str = ""
    endpoints: Sequence[str] = ()


@dataclass(frozen=True)
class Execution:
    """One run of a pipeline with the runs of its steps."""

    arn: str
    id: str
    status: str
    start_time: datetime | None = None
    end_time: datetime | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)
    pipeline_name: str = ""
    pipeline_arn: str = ""
    steps: Sequence[StepRun] = ()


class Text(Protocol):
    """Turns a value that may hold expressions into text, and tells whether nothing was left open."""

    def __call__(self, value: object) -> tuple[str, bool]: ...


@dataclass(frozen=True)
class Graph:
    """A pipeline's lineage. `text` renders values as far as this graph's sources (definition, execution) allow."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    problems: tuple[Mapping[str, Any], ...]
    parameters: Mapping[str, Any]
    text: Text

    @property
    def names(self) -> frozenset[str]:
        return frozenset(node.name for node in self.nodes)

    @cached_property
    def artifacts(self) -> Mapping[str, Artifact]:
        """By identity, in order of first use."""
        return collect_artifacts(self)


def mapping(value: object) -> Mapping[str, Any]:
    """The value if it is a JSON object, else an empty one."""
    return value if isinstance(value, dict) or (value is not None and isinstance(value, Mapping)) else {}


def sequence(value: object) -> Sequence[Any]:
    """The value if it is a JSON array, else an empty one."""
    return value if isinstance(value, (list, tuple)) else ()


def text_or_none(value: object) -> str | None:
    """The value if it is a non-empty string."""
    return value if isinstance(value, str) and value else None


def first_text(values: Iterable[object]) -> str | None:
    """The first non-empty string."""
    return next(filter(None, map(text_or_none, values)), None)
