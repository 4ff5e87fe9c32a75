"""Definitions that are broken, huge or hostile: what can be served is, the rest is named."""

from __future__ import annotations

import json
from typing import Any

import pytest

from lineage.graph import artifact_uses, build_graph, render_data_view, render_graph, resolve_graph


def problems(definition: Any) -> list[tuple[Any, str]]:
    return [(problem["step"], problem["path"]) for problem in build_graph(definition).problems]


@pytest.mark.parametrize("definition", [None, 1, "text", [], {}, {"Steps": None}, {"Steps": {"Name": "A"}}])
def test_a_definition_without_steps_is_a_problem(definition: Any) -> None:
    assert problems(definition) == [(None, "Steps")]


def test_an_empty_definition_is_sound() -> None:
    assert problems({"Steps": []}) == []


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        (7, (None, "Steps[0]")),
        ({"Type": "Fail"}, (None, "Steps[0].Name")),
        ({"Name": "", "Type": "Fail"}, (None, "Steps[0].Name")),
        ({"Name": "A"}, ("A", "Steps[0].Type")),
        ({"Name": "A", "Type": "Fail", "Arguments": []}, ("A", "Steps[0].Arguments")),
        ({"Name": "C", "Type": "Condition", "Arguments": {"IfSteps": {}}}, ("C", "Steps[0].Arguments.IfSteps")),
    ],
)
def test_a_malformed_step_is_reported_and_the_others_are_served(step: Any, expected: tuple[Any, str]) -> None:
    graph = build_graph({"Steps": [step, {"Name": "Sound", "Type": "Fail"}]})

    assert [(problem["step"], problem["path"]) for problem in graph.problems] == [expected]
    assert "Sound" in graph.names


@pytest.mark.parametrize("arguments", [{}, {"Arguments": None}])
def test_missing_arguments_are_no_problem(arguments: dict[str, Any]) -> None:
    assert problems({"Steps": [{"Name": "A", "Type": "Processing", **arguments}]}) == []


def test_of_two_steps_of_one_name_the_first_is_kept() -> None:
    steps = [{"Name": "A", "Type": "Fail"}, {"Name": "A", "Type": "Lambda"}]

    graph = build_graph({"Steps": steps})

    assert [node.type for node in graph.nodes] == ["Fail"]
    assert [problem["path"] for problem in graph.problems] == ["Steps[1]"]


def test_a_step_without_a_type_is_a_node_of_unknown_type() -> None:
    [node] = build_graph({"Steps": [{"Name": "A"}]}).nodes

    assert node.type == "Unknown"


def test_children_of_a_nameless_condition_are_served() -> None:
    child = {"Name": "X", "Type": "Fail"}
    graph = build_graph({"Steps": [{"Type": "Condition", "Arguments": {"IfSteps": [child]}}]})

    assert graph.names == {"X"}
    assert graph.edges == ()


def nested(depth: int) -> dict[str, Any]:
    step: dict[str, Any] = {"Name": "leaf", "Type": "Fail"}
    for level in range(depth):
        step = {"Name": f"C{level}", "Type": "Condition", "Arguments": {"Conditions": [], "IfSteps": [step]}}
    return {"Steps": [step]}


def test_conditions_nest_to_any_depth() -> None:
    graph = render_graph(resolve_graph(build_graph(nested(5000))))

    assert len(graph["nodes"]) == 5001
    assert graph["nodes"][-1]["branch"] == {"of": "C0", "when": True}


def test_loops_nest_to_any_depth() -> None:
    step: dict[str, Any] = {"Name": "leaf", "Type": "Fail"}
    for level in range(3000):
        step = {"Name": f"L{level}", "Type": "ForEach", "Arguments": {"Body": [step]}}

    assert len(build_graph({"Steps": [step]}).nodes) == 3001


def deep_expression(depth: int) -> Any:
    value: Any = "end"
    for _ in range(depth):
        value = {"Std:Join": {"On": "/", "Values": ["s3:/", value]}}
    return value


def test_expressions_nest_to_any_depth_and_can_be_written_as_json() -> None:
    steps = [{"Name": "A", "Type": "Lambda", "Arguments": {"x": deep_expression(20_000)}}]
    graph = resolve_graph(build_graph({"Steps": steps}))

    [port] = render_graph(graph)["nodes"][0]["inputs"]

    assert "expression" not in port
    json.dumps([render_graph(graph), render_data_view(graph)])


def test_conditions_in_conditions_nest_to_any_depth() -> None:
    condition: dict[str, Any] = {"Type": "Equals", "LeftValue": 1, "RightValue": 2}
    for _ in range(20_000):
        condition = {"Type": "Not", "Condition": condition}
    steps = [{"Name": "C", "Type": "Condition", "Arguments": {"Conditions": [condition]}}]

    [node] = render_graph(build_graph({"Steps": steps}))["nodes"]

    assert "1 == 2" in node["conditions"][0]["text"]


def doubling(levels: int) -> list[dict[str, Any]]:
    """Each step's value is twice the next one's: resolved naively, 2 to the power of `levels` pieces."""
    steps = []
    for level in range(levels):
        following = {"Get": f"Steps.S{level + 1}.x"}
        value = {"Std:Join": {"On": "", "Values": ["s3://b/", following, following]}}
        steps.append({"Name": f"S{level}", "Type": "Lambda", "Arguments": {"x": value}})
    return steps


def test_an_exploding_expression_stays_a_template() -> None:
    graph = resolve_graph(build_graph({"Steps": doubling(40)}))

    assert [use.resolved for use in artifact_uses(graph)] == [False] * 40
    assert max(len(use.uri) for use in artifact_uses(graph)) < 100_000
