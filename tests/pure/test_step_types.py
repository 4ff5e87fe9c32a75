"""Each step type: what it reads and what it writes, by name, place and role."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lineage.graph import build_graph, render_graph
from lineage.graph.steps import PARSERS

CASES = Path(__file__).parent.parent / "data" / "steps"


def ports(case: dict, side: str) -> list[tuple[str, str, str]]:
    [node] = render_graph(build_graph(case["definition"]))["nodes"]
    return sorted((port["name"], port["uri"], port["role"]) for port in node[side])


@pytest.mark.parametrize("side", ["inputs", "outputs"])
@pytest.mark.parametrize("path", sorted(CASES.glob("*.json")), ids=lambda path: path.stem)
def test_a_step_reads_and_writes_exactly_this(path: Path, side: str) -> None:
    case = json.loads(path.read_text())

    assert ports(case, side) == sorted(map(tuple, case[side]))


@pytest.mark.parametrize("type_", sorted(PARSERS))
def test_every_parser_has_a_definition_that_shows_it(type_: str) -> None:
    assert (CASES / f"{type_}.json").exists()


def test_a_program_that_is_not_in_s3_is_not_an_input() -> None:
    step = {"Name": "E", "Type": "EMR", "Arguments": {"StepConfig": {"HadoopJarStep": {"Jar": "command-runner.jar"}}}}

    assert ports({"definition": {"Steps": [step]}}, "inputs") == []


@pytest.mark.parametrize("channel", ["sagemaker_remote_function_bootstrap", "pre_exec_script_and_dependencies"])
def test_bootstrap_channels_are_code(channel: str) -> None:
    source = {"ChannelName": channel, "DataSource": {"S3DataSource": {"S3Uri": "s3://b/x"}}}
    step = {"Name": "T", "Type": "Training", "Arguments": {"InputDataConfig": [source]}}

    assert ports({"definition": {"Steps": [step]}}, "inputs") == [(channel, "s3://b/x", "code")]


def test_a_trained_model_that_is_read_has_the_role_model() -> None:
    model = {"Get": "Steps.Train.ModelArtifacts.S3ModelArtifacts"}
    channel = {"ChannelName": "start", "DataSource": {"S3DataSource": {"S3Uri": model}}}
    item = {"InputName": "start", "S3Input": {"S3Uri": model}}
    steps = [
        {"Name": "A", "Type": "Training", "Arguments": {"InputDataConfig": [channel]}},
        {"Name": "B", "Type": "Processing", "Arguments": {"ProcessingInputs": [item]}},
    ]

    nodes = render_graph(build_graph({"Steps": steps}))["nodes"]

    assert [port["role"] for node in nodes for port in node["inputs"]] == ["model", "model"]
