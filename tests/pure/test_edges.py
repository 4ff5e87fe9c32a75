"""Which steps depend on which, and why."""

from __future__ import annotations

from typing import Any

import pytest


def step(name: str, type_: str = "Lambda", arguments: Any = None, **more: Any) -> dict[str, Any]:
    return {"Name": name, "Type": type_, "Arguments": arguments or {}, **more}


def get(path: str) -> dict[str, str]:
    return {"Get": path}


def edges(graph: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [(edge["from"], edge["to"], edge["via"]) for edge in graph["edges"]]


@pytest.mark.parametrize(
    ("value", "via"),
    [
        (get("Steps.A.Outcome"), "ref:Get"),
        (get("Steps.A"), "ref:Get"),
        ([{"deep": [get("Steps.A.Outcome")]}], "ref:Get"),
        ({"Std:Join": {"On": "/", "Values": ["x", get("Steps.A.b")]}}, "ref:Join"),
        ({"Std:JsonGet": {"PropertyFile": get("Steps.A.PropertyFiles.F"), "Path": "p"}}, "ref:JsonGet"),
        (
            {"Std:JsonGet": {"S3Uri": {"Std:Join": {"On": "", "Values": [get("Steps.A.x")]}}, "Path": "p"}},
            "ref:JsonGet",
        ),
        ({"Std:Join": {"Values": [{"Std:JsonGet": {"PropertyFile": get("Steps.A.x")}}]}}, "ref:JsonGet"),
    ],
)
def test_a_reference_is_an_edge_by_its_expression(render, value: Any, via: str) -> None:
    assert edges(render(step("A"), step("B", arguments={"x": value}))) == [("A", "B", via)]


@pytest.mark.parametrize(
    "value",
    [
        "Steps.A.Outcome",
        {"Get": "Parameters.A"},
        {"Get": "xSteps.A.b"},
        {"Get": "Steps."},
        {"Get": ["Steps.A.b"]},
        {"Get": "Steps.A.b", "Other": 1},
        {"Std:Ref": "Steps.A.b"},
    ],
)
def test_what_is_no_reference_is_no_edge(render, value: Any) -> None:
    assert edges(render(step("A"), step("B", arguments={"x": value}))) == []


def test_references_beside_the_arguments_count(render) -> None:
    quality = step("B", "QualityCheck", SuppliedBaselineStatistics=get("Steps.A.CalculatedBaselineStatistics"))

    assert edges(render(step("A"), quality)) == [("A", "B", "ref:Get")]


def test_a_step_name_is_the_longest_that_exists(render) -> None:
    names = ["Train", "Train-2", "Train.2", "Steps"]
    reader = step("R", arguments={"a": get("Steps.Train-2.x"), "b": get("Steps.Train.2.x"), "c": get("Steps.Steps.x")})

    found = edges(render(*map(step, names), reader))

    assert [edge[0] for edge in found] == ["Steps", "Train-2", "Train.2"]


def test_an_edge_keeps_its_evidence_and_the_inputs_it_feeds(render, processing) -> None:
    uri = get("Steps.A.ProcessingOutputConfig.Outputs['o'].S3Output.S3Uri")
    graph = render(
        processing("A", outputs={"o": "s3://b/o"}), processing("B", inputs={"y": uri, "x": uri, "z": "s3://c/z"})
    )

    [edge] = graph["edges"]

    assert edge["label"] == "x, y"
    assert edge["refs"][0] == {
        "property": "ProcessingOutputConfig.Outputs['o'].S3Output.S3Uri",
        "arg": "Arguments.ProcessingInputs[0].S3Input.S3Uri",
    }


def test_a_step_never_points_to_itself(render) -> None:
    assert edges(render(step("A", arguments={"x": get("Steps.A.y")}, DependsOn=["A"]))) == []


def test_an_edge_from_an_unknown_step_dangles(render) -> None:
    graph = render(step("B", arguments={"x": get("Steps.Gone.y")}, DependsOn=["Lost"]))

    assert [(edge["from"], edge["dangling"]) for edge in graph["edges"]] == [("Gone", True), ("Lost", True)]


def test_an_edge_between_known_steps_does_not_dangle(render) -> None:
    [edge] = render(step("A"), step("B", DependsOn="A"))["edges"]

    assert edge == {"from": "A", "to": "B", "via": "dependsOn", "label": ""}


@pytest.mark.parametrize(
    ("members", "last"),
    [
        (["Reg-RepackModel-0", "Reg-RegisterModel"], "Reg-RegisterModel"),
        (["Reg-RepackModel-0", "Reg-CreateModel"], "Reg-CreateModel"),
        (["Reg-transform", "Reg-monitoring"], "Reg-monitoring"),
        (["Reg-monitoring", "Reg-transform"], "Reg-transform"),
    ],
)
def test_depending_on_a_collection_is_depending_on_its_last_step(render, members: list[str], last: str) -> None:
    assert edges(render(*map(step, members), step("B", DependsOn=["Reg"]))) == [(last, "B", "dependsOn")]


def test_a_malformed_dependency_is_a_problem_and_the_others_count(render) -> None:
    graph = render(step("A"), step("B", DependsOn=["A", 7, ""]))

    assert edges(graph) == [("A", "B", "dependsOn")]
    assert [problem["step"] for problem in graph["problems"]] == ["B", "B"]


def test_a_condition_leads_to_the_direct_children_of_each_branch(render) -> None:
    inner = step("C2", "Condition", {"Conditions": [], "IfSteps": [step("Y")], "ElseSteps": []})
    outer = step("C1", "Condition", {"Conditions": [], "IfSteps": [step("X")], "ElseSteps": [inner]})

    graph = render(outer, step("Z"))

    assert [node["id"] for node in graph["nodes"]] == ["C1", "X", "C2", "Y", "Z"]
    assert edges(graph) == [
        ("C1", "C2", "condition:Else"),
        ("C1", "X", "condition:If"),
        ("C2", "Y", "condition:If"),
    ]


def test_a_reference_of_a_child_is_not_one_of_its_condition(render) -> None:
    child = step("X", arguments={"a": get("Steps.A.b")})
    condition = step("C", "Condition", {"Conditions": [], "IfSteps": [child]})

    assert edges(render(step("A"), condition)) == [("A", "X", "ref:Get"), ("C", "X", "condition:If")]


def test_operands_of_a_condition_are_references(render) -> None:
    conditions = [{"Type": "Not", "Condition": {"Type": "In", "QueryValue": get("Steps.A.b"), "Values": [1]}}]

    [edge] = render(step("A"), step("C", "Condition", {"Conditions": conditions}))["edges"]

    assert edge["refs"][0]["arg"] == "Arguments.Conditions[0].Condition.QueryValue"


@pytest.mark.parametrize("type_", ["ForEach", "SomethingNew"])
def test_the_body_of_a_loop_is_found_wherever_it_stands(render, type_: str) -> None:
    loop = step("Loop", type_, {"Plan": {"Parts": [1, {"Steps": [step("X"), step("Y")]}]}})

    graph = render(loop)

    assert edges(graph) == [("Loop", "X", "forEach"), ("Loop", "Y", "forEach")]
    assert "branch" not in graph["nodes"][1]


def test_parameters_of_an_unknown_step_are_no_steps(render) -> None:
    graph = render(step("New", "SomethingNew", {"Inputs": [{"Name": "n", "Type": "String"}], "Empty": []}))

    assert [node["id"] for node in graph["nodes"]] == ["New"]


def test_edges_are_in_order(render) -> None:
    steps = [step("B"), step("A"), step("D", DependsOn=["B", "A"]), step("C", DependsOn=["D", "B"])]

    found = edges(render(*steps))

    assert found == sorted(found)
    assert len(found) == 4
