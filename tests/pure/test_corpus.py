"""Definitions of the SageMaker SDK against what is true about them: nodes, edges and S3 locations, all of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from lineage.graph import build_graph, render_graph, resolve_graph

CORPUS = sorted((Path(__file__).parent.parent / "data" / "corpus").glob("*.json"))


@pytest.fixture(params=CORPUS, ids=lambda path: path.stem)
def truth(request: pytest.FixtureRequest) -> dict[str, Any]:
    return json.loads(request.param.read_text())


@pytest.fixture
def graph(truth: dict[str, Any]) -> dict[str, Any]:
    return render_graph(resolve_graph(build_graph(truth["definition"])))


def pairs(edges: list[list[str]]) -> set[tuple[str, ...]]:
    return {tuple(edge[:2]) for edge in edges}


def values(port: dict[str, Any]) -> list[Any]:
    return [port["uri"], port.get("expression")]


def test_every_step_is_a_node_of_its_type(truth, graph) -> None:
    assert [(n["id"], n["type"]) for n in graph["nodes"]] == [(n["id"], n["type"]) for n in truth["oracle_nodes"]]


def test_nested_steps_know_their_branch(truth, graph) -> None:
    known = {node["id"]: node.get("branch") for node in graph["nodes"]}
    expected = {
        node["id"]: {"of": node["parent"], "when": node["branch"] == "if"} if node["parent"] else None
        for node in truth["oracle_nodes"]
    }

    assert known == expected


def test_the_edges_are_the_references_of_the_definition(truth, graph) -> None:
    found = {(edge["from"], edge["to"]) for edge in graph["edges"]}
    required = pairs(truth["oracle_edges"]) | pairs(truth["oracle_edges_extra"])

    assert required <= found <= required | pairs(truth["oracle_edges_optional"])


def test_every_location_is_found_with_its_direction(truth, graph) -> None:
    nodes = {node["id"]: node for node in graph["nodes"]}
    missed = [
        (item["step"], item["path"])
        for item in truth["oracle_io"]
        if not any(item["uri"] in values(port) for port in nodes[item["step"]][f"{item['direction']}s"])
    ]

    assert missed == []


def test_ports_bear_the_names_that_aws_gives_them(truth, graph) -> None:
    nodes = {node["id"]: node for node in graph["nodes"]}
    for item in truth["oracle_io"]:
        assert item["name"] in {port["name"] for port in nodes[item["step"]][f"{item['direction']}s"]}


def test_no_location_is_invented(truth, graph) -> None:
    known = truth["oracle_io"] + truth["oracle_io_optional"]
    for node in graph["nodes"]:
        told = [item["uri"] for item in known if item["step"] == node["id"]]
        ports = [port for port in node["inputs"] + node["outputs"] if port["uri"].startswith("s3://")]
        assert [port for port in ports if not any(value in told for value in values(port))] == []


def test_literal_locations_are_artifacts_and_each_is_one(truth, graph) -> None:
    uris = [artifact["uri"] for artifact in graph["artifacts"]]
    literals = {io["uri"] for io in truth["oracle_io"] if isinstance(io["uri"], str) and io["tier"] == "core"}

    assert literals <= set(uris)
    assert len(uris) == len(set(uris))
