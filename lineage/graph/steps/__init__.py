"""What each step type reads and writes: one parser a type, in the module of its family."""

from __future__ import annotations

from lineage.graph.locations import parse_location
from lineage.graph.model import Path, Port, Step
from lineage.graph.references import Leaf, path_text, starts_as_s3

from . import external, processing, serving, training
from .registry import PARSERS

__all__ = ["PARSERS", "argument_ports", "external", "parse_ports", "processing", "serving", "training"]

_NOT_DATA = frozenset({"Tags", "Conditions", "ErrorMessage", "Description"})


def parse_ports(type_: str, step: Step) -> list[Port]:
    """The ports that the step's type declares; a step of unknown type has none."""
    parser = PARSERS.get(type_)
    return [] if parser is None else [port for port in parser(step) if not _is_builtin_program(port)]


def _is_builtin_program(port: Port) -> bool:
    """A program that is not in S3, such as EMR's command-runner.jar, is nothing that could be followed."""
    return port.role == "code" and isinstance(port.value, str) and parse_location(port.value) is None


def argument_ports(found: list[Leaf], known: set[Path]) -> list[Port]:
    """S3 locations in free arguments, hyperparameters and environments: whether read or written is not known."""
    ports = [_argument(leaf) for leaf in found if leaf.path not in known and _is_argument(leaf)]
    return sorted(ports, key=lambda port: path_text(port.path))


def _is_argument(leaf: Leaf) -> bool:
    path = leaf.path
    return len(path) > 1 and path[0] == "Arguments" and path[1] not in _NOT_DATA and starts_as_s3(leaf.value)


def _argument(leaf: Leaf) -> Port:
    uri = leaf.value if isinstance(leaf.value, str) else ""
    return Port(path_text(leaf.path[1:]), "input", "argument", "s3", leaf.value, leaf.path, uri)
