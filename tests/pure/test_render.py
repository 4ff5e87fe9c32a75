"""The JSON of the HTTP contract: artifacts, buckets, conditions, security, the data view."""

from __future__ import annotations

from typing import Any

import pytest

from lineage.graph import Execution, StepRun, build_graph, render_data_view, render_graph, resolve_graph


def step(type_: str, arguments: Any = None, name: str = "S", **more: Any) -> dict[str, Any]:
    return {"Name": name, "Type": type_, "Arguments": arguments or {}, **more}


def test_the_same_place_is_one_artifact_numbered_by_first_use(render, processing) -> None:
    first = processing("A", {"i": "s3://b/in"}, {"o": "s3://b/x/"})
    second = processing("B", {"j": "s3://b/x", "k": "S3://b/in/"}, {"p": "s3://b/y"})

    graph = render(first, second)

    assert [(item["id"], item["uri"]) for item in graph["artifacts"]] == [
        (0, "s3://b/in"),
        (1, "s3://b/x/"),
        (2, "s3://b/y"),
    ]
    assert [port["artifact"] for port in graph["nodes"][1]["inputs"]] == [1, 0]
    assert (graph["artifacts"][1]["producers"], graph["artifacts"][1]["consumers"]) == (["A"], ["B"])


def test_case_matters_in_a_key(render, processing) -> None:
    assert len(render(processing("A", {"i": "s3://b/x", "j": "s3://b/X"}))["artifacts"]) == 2


def test_an_artifact_is_taken_apart(render, processing) -> None:
    [artifact] = render(processing("A", {"model": "s3://b/a b/model.tar.gz"}))["artifacts"]

    s3 = artifact.pop("s3")
    assert artifact == {
        "id": 0,
        "uri": "s3://b/a b/model.tar.gz",
        "bucket": "b",
        "key": "a b/model.tar.gz",
        "resolved": True,
        "roles": ["model"],
        "producers": [],
        "consumers": ["A"],
    }
    assert (s3["bucket"], s3["encryption"], s3["tags"], s3["isPublic"]) == ("b", "Unknown", {}, None)


def test_what_is_known_of_a_bucket_is_served(processing) -> None:
    graph = build_graph({"Steps": [processing("A", {"i": "s3://b/x", "j": "s3://c/x"})]})

    known, unknown = render_graph(graph, {"b": {"region": "eu-west-1", "encryption": "aws:kms"}})["artifacts"]

    assert (known["s3"]["region"], known["s3"]["encryption"], known["s3"]["versioning"]) == (
        "eu-west-1",
        "aws:kms",
        "Unknown",
    )
    assert (unknown["s3"]["region"], unknown["s3"]["encryption"]) == (None, "Unknown")
    assert known["s3"].keys() == unknown["s3"].keys()


@pytest.mark.parametrize(
    ("uri", "bucket", "key"),
    [
        ("s3://${Parameters.B}/x", None, "x"),
        ("${Parameters.U}", None, None),
        ("s3://b", "b", ""),
    ],
)
def test_a_template_is_an_artifact_with_the_bucket_it_knows(
    render, processing, uri: str, bucket: Any, key: Any
) -> None:
    [artifact] = render(processing("A", {"i": uri}))["artifacts"]

    assert (artifact["bucket"], artifact["key"], artifact["s3"] is None) == (bucket, key, bucket is None)


@pytest.mark.parametrize("uri", ["https://host/file", "file:///tmp/x", "s3://", "s3:///key", "name"])
def test_what_is_not_in_s3_is_no_artifact(render, processing, uri: str) -> None:
    graph = render(processing("A", {"i": uri}))

    assert graph["artifacts"] == []
    assert graph["nodes"][0]["inputs"][0]["artifact"] is None


def test_a_port_keeps_its_expression_and_the_step_it_comes_from(render, processing) -> None:
    value = {"Std:Join": {"On": "/", "Values": [{"Get": "Steps.A.x"}, {"Get": "Steps.B.y"}]}}

    port, literal = render(processing("A"), processing("B"), processing("C", {"i": value, "l": "s3://b/x"}))["nodes"][
        2
    ]["inputs"]

    assert port == {
        "name": "i",
        "uri": "${Steps.A.x}/${Steps.B.y}",
        "role": "data",
        "kind": "s3",
        "resolved": False,
        "artifact": 0,
        "from": "A",
        "expression": value,
    }
    assert (literal["from"], "expression" in literal) == (None, False)


def test_a_value_that_refers_to_no_step_comes_from_none(render, processing) -> None:
    [node] = render(processing("A", {"i": {"Get": "Parameters.P"}}))["nodes"]

    assert node["inputs"][0]["from"] is None


def test_a_model_known_only_as_a_property_is_written_by_its_step(render, processing) -> None:
    model = {"Get": "Steps.T.ModelArtifacts.S3ModelArtifacts"}

    [artifact] = render(step("Training", name="T"), processing("E", {"m": model}))["artifacts"]

    assert (artifact["producers"], artifact["consumers"]) == (["T"], ["E"])


def test_a_property_of_an_unknown_step_has_no_producer(render, processing) -> None:
    [artifact] = render(processing("E", {"m": {"Get": "Steps.Gone.X"}}))["artifacts"]

    assert artifact["producers"] == []


def test_a_node_is_labelled_with_its_display_name(render) -> None:
    named, plain = render(step("Fail", DisplayName="Stop here"), step("Fail", name="P", DisplayName=7))["nodes"]

    assert (named["label"], plain["label"]) == ("Stop here", "P")


def test_the_data_view_has_reads_and_writes(processing) -> None:
    graph = build_graph({"Steps": [processing("A", {"i": "s3://b/in/"}, {"o": "s3://b"})]})

    assert render_data_view(graph) == {
        "nodes": [
            {"id": "step:A", "kind": "step", "ref": "A", "label": "A", "type": "Processing"},
            {"id": "artifact:0", "kind": "artifact", "ref": 0, "label": "in", "uri": "s3://b/in/", "roles": ["data"]},
            {"id": "artifact:1", "kind": "artifact", "ref": 1, "label": "b", "uri": "s3://b", "roles": ["data"]},
        ],
        "edges": [
            {"from": "artifact:0", "to": "step:A", "kind": "read"},
            {"from": "step:A", "to": "artifact:1", "kind": "write"},
        ],
    }


METRIC = {"Std:JsonGet": {"PropertyFile": {"Get": "Steps.E.PropertyFiles.F"}, "Path": "mse.value"}}
LIMIT = {"Get": "Parameters.Limit"}


@pytest.mark.parametrize(
    ("condition", "text"),
    [
        ({"Type": "Equals", "LeftValue": 1, "RightValue": True}, "1 == true"),
        ({"Type": "NotEquals", "LeftValue": "a", "RightValue": "b"}, "a != b"),
        ({"Type": "GreaterThan", "LeftValue": 1, "RightValue": 2}, "1 > 2"),
        ({"Type": "GreaterThanOrEqualTo", "LeftValue": 1, "RightValue": 2}, "1 >= 2"),
        ({"Type": "LessThan", "LeftValue": 1, "RightValue": LIMIT}, "1 < ${Parameters.Limit}"),
        (
            {"Type": "LessThanOrEqualTo", "LeftValue": METRIC, "RightValue": 6},
            "${Steps.E.PropertyFiles.F.mse.value} <= 6",
        ),
        ({"Type": "In", "Value": LIMIT, "In": ["a", 2]}, "${Parameters.Limit} in [a, 2]"),
        ({"Type": "In", "QueryValue": LIMIT, "Values": ["a", 2]}, "${Parameters.Limit} in [a, 2]"),
        ({"Type": "NotIn", "Value": "x", "In": []}, "x not in []"),
        ({"Type": "Not", "Condition": {"Type": "Equals", "LeftValue": 1, "RightValue": 2}}, "not (1 == 2)"),
        (
            {
                "Type": "Or",
                "Conditions": [
                    {"Type": "Equals", "LeftValue": 1, "RightValue": 2},
                    {"Type": "LessThan", "LeftValue": 3, "RightValue": 4},
                ],
            },
            "(1 == 2 or 3 < 4)",
        ),
        ({"Type": "Near", "LeftValue": {"a": 1}, "RightValue": 2}, "? Near 2"),
        ("malformed", "? ? ?"),
    ],
)
def test_a_condition_is_a_sentence(render, condition: Any, text: str) -> None:
    [node] = render(step("Condition", {"Conditions": [condition]}))["nodes"]

    assert node["conditions"][0]["text"] == text


def test_a_condition_shows_what_it_compared(render) -> None:
    comparison = {"Type": "LessThan", "LeftValue": METRIC, "RightValue": LIMIT}
    run = Execution("a", "e", "Succeeded", steps=[StepRun("E", "Succeeded", metrics={"eval.mse.value": 4.5})])

    condition = step("Condition", {"Conditions": [comparison]}, "C")
    graph = render(step("Lambda", name="E"), condition, parameters={"Limit": 6}, execution=run)

    assert graph["nodes"][1]["conditions"] == [
        {
            "type": "LessThan",
            "text": "${Steps.E.PropertyFiles.F.mse.value} < ${Parameters.Limit}",
            "left": "4.5",
            "right": "6",
            "resolved": True,
            "value": "4.5 < 6",
        }
    ]


def test_a_condition_whose_value_is_not_known_says_so(render) -> None:
    comparison = {"Type": "LessThan", "LeftValue": METRIC, "RightValue": 6}

    [node] = render(step("Condition", {"Conditions": [comparison]}))["nodes"]

    assert node["conditions"][0]["resolved"] is False


VPC = {"Subnets": ["subnet-1"], "SecurityGroupIds": ["sg-1", {"Get": "Parameters.Group"}]}
PROTECTED = {
    "vpc": {"subnets": ["subnet-1"], "securityGroupIds": ["sg-1", "sg-2"]},
    "networkIsolation": True,
    "encryptedInTransit": True,
    "outputKmsKey": "out",
    "volumeKmsKey": "disk",
}
OPEN = {
    "vpc": None,
    "networkIsolation": False,
    "encryptedInTransit": False,
    "outputKmsKey": None,
    "volumeKmsKey": None,
}
TRAINING = {
    "VpcConfig": VPC,
    "EnableNetworkIsolation": True,
    "EnableInterContainerTrafficEncryption": True,
    "OutputDataConfig": {"KmsKeyId": "out"},
    "ResourceConfig": {"VolumeKmsKeyId": "disk"},
}


@pytest.mark.parametrize(
    ("type_", "arguments", "security"),
    [
        (
            "Processing",
            {
                "NetworkConfig": {
                    "VpcConfig": VPC,
                    "EnableNetworkIsolation": True,
                    "EnableInterContainerTrafficEncryption": True,
                },
                "ProcessingOutputConfig": {"KmsKeyId": "out"},
                "ProcessingResources": {"ClusterConfig": {"VolumeKmsKeyId": "disk"}},
            },
            PROTECTED,
        ),
        ("Training", TRAINING, PROTECTED),
        ("Tuning", {"TrainingJobDefinition": TRAINING}, PROTECTED),
        ("Tuning", {"TrainingJobDefinitions": [TRAINING]}, PROTECTED),
        ("Training", {}, OPEN),
        (
            "Transform",
            {"TransformOutput": {"KmsKeyId": "out"}, "TransformResources": {"VolumeKmsKeyId": "disk"}},
            OPEN | {"outputKmsKey": "out", "volumeKmsKey": "disk"},
        ),
        ("RegisterModel", {"SecurityConfig": {"KmsKeyId": "out"}}, OPEN | {"outputKmsKey": "out"}),
        ("EndpointConfig", {"KmsKeyId": "disk"}, OPEN | {"volumeKmsKey": "disk"}),
        (
            "AutoML",
            {
                "AutoMLJobConfig": {
                    "SecurityConfig": {
                        "VpcConfig": VPC,
                        "EnableInterContainerTrafficEncryption": True,
                        "VolumeKmsKeyId": "disk",
                    }
                },
                "OutputDataConfig": {"KmsKeyId": "out"},
            },
            PROTECTED | {"networkIsolation": False},
        ),
        ("Training", {"EnableNetworkIsolation": {"Get": "Parameters.Isolate"}}, OPEN | {"networkIsolation": True}),
        ("Training", {"EnableNetworkIsolation": {"Get": "Parameters.Unset"}}, OPEN | {"networkIsolation": None}),
        (
            "Training",
            {"VpcConfig": {"Subnets": {"Get": "Parameters.Group"}}},
            OPEN | {"vpc": {"subnets": ["sg-2"], "securityGroupIds": []}},
        ),
        ("Training", {"OutputDataConfig": {"KmsKeyId": ""}, "VpcConfig": {}}, OPEN),
        ("Training", {"OutputDataConfig": {"KmsKeyId": ["malformed"]}, "EnableNetworkIsolation": 1}, OPEN),
    ],
)
def test_a_step_says_how_it_is_protected(render, type_: str, arguments: Any, security: Any) -> None:
    [node] = render(step(type_, arguments), parameters={"Group": "sg-2", "Isolate": "True"})["nodes"]

    assert node["security"] == security


def test_the_job_says_best_how_it_was_protected(render) -> None:
    run = StepRun("S", "Succeeded", job={"EnableNetworkIsolation": True, "VpcConfig": None})

    [node] = render(step("Training"), execution=Execution("a", "e", "Succeeded", steps=[run]))["nodes"]

    assert node["security"]["networkIsolation"] is True


@pytest.mark.parametrize("type_", ["Condition", "Fail", "Lambda", "Callback", "Lineage"])
def test_a_step_without_a_job_has_nothing_to_protect(render, type_: str) -> None:
    assert "security" not in render(step(type_))["nodes"][0]


@pytest.mark.parametrize(
    ("type_", "arguments", "instance"),
    [
        ("Processing", {"ProcessingResources": {"ClusterConfig": {"InstanceType": "m", "InstanceCount": 1}}}, "m"),
        ("Training", {"ResourceConfig": {"InstanceType": "m", "InstanceCount": 4}}, "4 x m"),
        ("Training", {"ResourceConfig": {"InstanceGroups": [{"InstanceType": "g", "InstanceCount": 2}]}}, "2 x g"),
        ("Tuning", {"HyperParameterTuningResourceConfig": {"InstanceType": "h"}}, "h"),
        ("Transform", {"TransformResources": {"InstanceType": {"Get": "Parameters.T"}}}, "param"),
        ("EndpointConfig", {"ProductionVariants": [{"InstanceType": "e", "InitialInstanceCount": 3}]}, "3 x e"),
        ("Model", {}, None),
    ],
)
def test_a_run_says_what_it_ran_on(render, type_: str, arguments: Any, instance: str | None) -> None:
    run = Execution("a", "e", "Succeeded", steps=[StepRun("S", "Succeeded")])

    [node] = render(step(type_, arguments), parameters={"T": "param"}, execution=run)["nodes"]

    assert node["run"]["instance"] == instance


def test_a_graph_that_was_not_resolved_renders_as_templates(processing) -> None:
    [node] = render_graph(build_graph({"Steps": [processing("A", {"i": {"Get": "Parameters.P"}})]}))["nodes"]

    assert node["inputs"][0]["uri"] == "${Parameters.P}"


def test_resolving_does_not_change_the_numbers_of_literals(processing) -> None:
    graph = build_graph({"Steps": [processing("A", {"i": "s3://b/x"}, {"o": "s3://b/y"})]})

    assert render_graph(resolve_graph(graph))["artifacts"] == render_graph(graph)["artifacts"]
