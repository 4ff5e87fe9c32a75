"""What holds for any JSON at all."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lineage.graph import (
    Execution,
    StepRun,
    apply_runs,
    artifact_uses,
    build_graph,
    render_data_view,
    render_graph,
    resolve_graph,
    summarize,
)
from lineage.graph.steps import PARSERS

NAMES = st.sampled_from(["A", "B", "A.B", "Steps", "C-CreateModel", "C"])
TEXTS = st.one_of(st.text(max_size=8), st.sampled_from(["s3://b/x", "s3://b/x/", "s3://b", "", '"s3://b/c"']))
SCALARS = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), TEXTS)
KEYS = st.sampled_from(
    [
        "Get",
        "Std:Join",
        "Std:JsonGet",
        "On",
        "Values",
        "Path",
        "PropertyFile",
        "S3Uri",
        "ProcessingInputs",
        "S3Input",
        "InputName",
        "InputDataConfig",
        "DataSource",
        "S3DataSource",
        "OutputDataConfig",
        "S3OutputPath",
        "ChannelName",
        "Conditions",
        "IfSteps",
        "ElseSteps",
        "Condition",
        "Type",
        "Name",
        "TrainingJobDefinitions",
        "VpcConfig",
        "Subnets",
        "PropertyFiles",
        "OutputName",
        "LeftValue",
        "In",
        "KmsKeyId",
        "PrimaryContainer",
    ]
)
REFERENCES = st.builds(
    "{}.{}.{}".format, st.sampled_from(["Steps", "Parameters", "Execution"]), NAMES, st.text(max_size=5)
)
ANY = st.recursive(
    st.one_of(SCALARS, REFERENCES, REFERENCES.map(lambda reference: {"Get": reference})),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.one_of(KEYS, st.text(max_size=3)), inner, max_size=4),
        st.builds(lambda values: {"Std:Join": {"On": "/", "Values": values}}, st.lists(inner, max_size=3)),
    ),
    max_leaves=12,
)
TYPES = st.sampled_from([*PARSERS, "ForEach"])
STEPS = st.fixed_dictionaries(
    {"Name": st.one_of(NAMES, SCALARS), "Type": st.one_of(TYPES, SCALARS), "Arguments": ANY},
    optional={"DependsOn": st.one_of(NAMES, st.lists(NAMES), ANY), "PropertyFiles": ANY, "DisplayName": ANY},
)
DEFINITIONS = st.one_of(
    ANY,
    st.fixed_dictionaries({"Steps": st.lists(STEPS, max_size=4)}, optional={"Parameters": st.lists(ANY, max_size=2)}),
)
OBJECTS = st.dictionaries(KEYS, ANY, max_size=4)
RUNS = st.builds(
    StepRun,
    step_name=NAMES,
    status=st.sampled_from(["Succeeded", "Failed", "Odd"]),
    metadata=st.dictionaries(st.sampled_from(["Condition", "Lambda", "RegisterModel"]), ANY, max_size=2),
    job=st.one_of(st.none(), OBJECTS),
    iteration_index=st.one_of(st.none(), st.integers(0, 3)),
)
EXECUTIONS = st.builds(
    Execution,
    arn=st.just("arn:x/e"),
    id=st.just(""),
    status=st.sampled_from(["Succeeded", "Executing"]),
    parameters=st.dictionaries(NAMES, TEXTS),
    steps=st.lists(RUNS, max_size=4),
)
thorough = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def documents(definition: Any, execution: Execution) -> list[Any]:
    built = build_graph(definition)
    resolved = resolve_graph(built)
    ran = apply_runs(resolve_graph(built, execution), execution)
    graphs = [built, resolved, ran]
    return [
        {"graph": render_graph(graph), "data": render_data_view(graph), "summary": summarize(graph, execution)}
        for graph in graphs
        if artifact_uses(graph) is not None
    ]


@thorough
@given(DEFINITIONS, EXECUTIONS)
def test_nothing_raises_and_everything_is_json(definition: Any, execution: Execution) -> None:
    json.dumps(documents(definition, execution))


@thorough
@given(DEFINITIONS, EXECUTIONS)
def test_ids_are_dense_and_edges_are_between_known_steps(definition: Any, execution: Execution) -> None:
    for document in documents(definition, execution):
        graph = document["graph"]
        names = {node["id"] for node in graph["nodes"]}
        used = {port["artifact"] for node in graph["nodes"] for port in node["inputs"] + node["outputs"]} - {None}
        assert [artifact["id"] for artifact in graph["artifacts"]] == list(range(len(used)))
        assert all(edge["to"] in names and edge["from"] != edge["to"] for edge in graph["edges"])
        assert all((edge["from"] in names) != edge.get("dangling", False) for edge in graph["edges"])


@thorough
@given(DEFINITIONS, EXECUTIONS)
def test_the_same_input_gives_the_same_bytes(definition: Any, execution: Execution) -> None:
    assert json.dumps(documents(definition, execution)) == json.dumps(documents(definition, execution))


def reordered(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: reordered(value[key]) for key in reversed(value)}
    return [reordered(item) for item in value] if isinstance(value, list) else value


@thorough
@given(st.lists(STEPS, max_size=4).filter(lambda steps: all(step["Type"] in PARSERS for step in steps)))
def test_the_order_of_keys_changes_nothing(steps: list[Any]) -> None:
    first, second = (
        render_graph(resolve_graph(build_graph(x))) for x in ({"Steps": steps}, reordered({"Steps": steps}))
    )

    assert first["artifacts"] == second["artifacts"]
    assert first["edges"] == second["edges"]
