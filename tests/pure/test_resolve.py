"""What references stand for: jobs, definitions, parameters, variables, in this order."""

from __future__ import annotations

from typing import Any

import pytest

from lineage.graph import Execution, StepRun, apply_runs, build_graph, resolve_graph

ARN = "arn:aws:sagemaker:eu-west-1:123456789012:pipeline/p/execution/e1"
OUTPUT = {"Get": "Steps.A.ProcessingOutputConfig.Outputs['o'].S3Output.S3Uri"}


def execution(*steps: StepRun, **more: Any) -> Execution:
    return Execution(ARN, "e1", "Succeeded", pipeline_name="p", pipeline_arn="arn:p", steps=steps, **more)


def join(*values: Any, on: str = "/") -> dict[str, Any]:
    return {"Std:Join": {"On": on, "Values": list(values)}}


@pytest.fixture
def uri(processing):
    """The uri and resolved flag of one value, as input of a step that follows step A."""

    def resolved(value: Any, run: Execution | None = None, a: Any = "s3://b/a", **parameters: Any) -> tuple[str, bool]:
        declared = [{"Name": name, "DefaultValue": default} for name, default in parameters.items()]
        steps = [processing("A", outputs={"o": a}), processing("B", inputs={"i": value})]
        graph = resolve_graph(build_graph({"Parameters": declared, "Steps": steps}), run)
        port = graph.nodes[1].ports[0]
        return port.uri, port.resolved

    return resolved


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("s3://b/x", "s3://b/x"),
        ({"Get": "Parameters.P"}, "s3://b/default"),
        (OUTPUT, "s3://b/a"),
        (join("s3:/", "b", {"Get": "Parameters.N"}), "s3://b/3"),
        (join("s3://b/", {"Get": "Parameters.Zero"}, {"Get": "Parameters.No"}, on=""), "s3://b/0false"),
        (join(*["s3:/", "b", True, 0.5]), "s3://b/true/0.5"),
        (join("s3:/", join("b", "c"), join(join("d", on="-"), "e", on="-")), "s3://b/c/d-e"),
        ({"Std:Join": {"Values": ["s3://b", "/x"]}}, "s3://b/x"),
        ({"Get": "Parameters.Empty"}, ""),
    ],
)
def test_without_an_execution_the_definition_resolves(uri, value: Any, expected: str) -> None:
    assert uri(value, P="s3://b/default", N=3, Zero=0, No=False, Empty="") == (expected, True)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"Get": "Parameters.Missing"}, "${Parameters.Missing}"),
        (join("s3:/", "b", {"Get": "Execution.PipelineExecutionId"}), "s3://b/${Execution.PipelineExecutionId}"),
        ({"Get": "Steps.A.Unknown['x'].Y"}, "${Steps.A.Unknown['x'].Y}"),
        ({"Get": "Steps.A"}, "${Steps.A}"),
        ({"Get": "Steps.Gone.X"}, "${Steps.Gone.X}"),
        ({"Get": "Nonsense"}, "${Nonsense}"),
        ({"Get": "Steps.A.ProcessingOutputConfig"}, "${Steps.A.ProcessingOutputConfig}"),
        (
            {"Get": "Steps.A.ProcessingOutputConfig.Outputs[3].S3Output"},
            "${Steps.A.ProcessingOutputConfig.Outputs[3].S3Output}",
        ),
        (join("s3://b", {"a": 1}), "s3://b/${...}"),
        (join("s3://b", None, 10**5000), "s3://b/${...}/${...}"),
        (
            {"Std:JsonGet": {"PropertyFile": {"Get": "Steps.A.PropertyFiles.F"}, "Path": "a.b"}},
            "${Steps.A.PropertyFiles.F.a.b}",
        ),
        ({"Std:JsonGet": {"S3Uri": join("s3:/", "b"), "Path": 5}}, "${JsonGet.}"),
    ],
)
def test_what_is_not_known_stays_a_template(uri, value: Any, expected: str) -> None:
    assert uri(value) == (expected, False)


@pytest.mark.parametrize("path", ["Outputs['o']", 'Outputs["o"]', "Outputs[0]"])
def test_an_item_is_found_by_name_or_place(uri, path: str) -> None:
    assert uri({"Get": f"Steps.A.ProcessingOutputConfig.{path}.S3Output.S3Uri"}) == ("s3://b/a", True)


def test_a_reference_leads_on_to_what_the_other_step_refers_to(uri) -> None:
    assert uri(OUTPUT, a={"Get": "Parameters.P"}, P="s3://b/p") == ("s3://b/p", True)


def test_the_parameter_of_the_execution_comes_before_the_default(uri) -> None:
    run = execution(parameters={"P": "s3://run/p"})

    assert uri({"Get": "Parameters.P"}, run, P="s3://b/p") == ("s3://run/p", True)


@pytest.mark.parametrize(
    ("variable", "value"),
    [("PipelineExecutionId", "e1"), ("PipelineName", "p"), ("PipelineArn", "arn:p"), ("PipelineExecutionArn", ARN)],
)
def test_an_execution_knows_its_variables(uri, variable: str, value: str) -> None:
    assert uri(join("s3:/", {"Get": f"Execution.{variable}"}), execution()) == (f"s3://{value}", True)


def test_the_execution_id_is_in_the_arn(uri) -> None:
    run = Execution(ARN, "", "Succeeded")

    assert uri({"Get": "Execution.PipelineExecutionId"}, run) == ("e1", True)


@pytest.mark.parametrize("variable", ["StartDateTime", "CurrentDateTime", "TrainingJobName"])
def test_variables_of_unknown_form_stay_templates(uri, variable: str) -> None:
    assert uri({"Get": f"Execution.{variable}"}, execution()) == (f"${{Execution.{variable}}}", False)


def job(*outputs: tuple[str, str]) -> dict[str, Any]:
    described = [{"OutputName": name, "S3Output": {"S3Uri": value}} for name, value in outputs]
    return {"ProcessingOutputConfig": {"Outputs": described}}


def test_the_job_of_the_referenced_step_comes_before_its_definition(uri) -> None:
    run = execution(StepRun("A", "Succeeded", job=job(("o", "s3://real/o"))))

    assert uri(OUTPUT, run) == ("s3://real/o", True)


def test_the_steps_own_job_says_what_became_of_a_value(processing) -> None:
    when = join("s3:/", "b", {"Get": "Execution.StartDateTime"})
    definition = {"Steps": [processing("A", outputs={"x": when, "o": when})]}
    run = execution(StepRun("A", "Succeeded", job=job(("o", "s3://b/o"), ("x", "s3://b/x"))))

    [node] = resolve_graph(build_graph(definition), run).nodes

    assert [(port.name, port.uri, port.resolved) for port in node.ports] == [
        ("x", "s3://b/x", True),
        ("o", "s3://b/o", True),
    ]


def test_a_description_that_lacks_the_member_changes_nothing(uri) -> None:
    run = execution(StepRun("B", "Succeeded", job={"ProcessingInputs": []}), StepRun("A", "Failed", job={}))

    assert uri(OUTPUT, run) == ("s3://b/a", True)


@pytest.mark.parametrize(
    ("path", "metadata", "expected"),
    [
        ("OutputParameters['n']", {"Lambda": {"OutputParameters": [{"Name": "n", "Value": "s3://b/n"}]}}, "s3://b/n"),
        ("Outcome", {"Condition": {"Outcome": "True"}}, "True"),
        ("CalculatedBaselineStatistics", {"QualityCheck": {"CalculatedBaselineStatistics": "s3://b/s"}}, "s3://b/s"),
        ("ActionArns['a']", {"Lineage": {"ActionArns": {"a": "arn:a"}}}, "arn:a"),
    ],
)
def test_metadata_of_a_step_resolves_its_properties(uri, path: str, metadata: dict, expected: str) -> None:
    run = execution(StepRun("A", "Succeeded", metadata=metadata))

    assert uri({"Get": f"Steps.A.{path}"}, run) == (expected, True)


def test_the_best_training_job_is_the_first_of_the_summaries(uri) -> None:
    run = execution(StepRun("A", "Succeeded", job={"BestTrainingJob": {"TrainingJobName": "best"}}))

    assert uri({"Get": "Steps.A.TrainingJobSummaries[0].TrainingJobName"}, run) == ("best", True)


def test_a_metric_of_the_report_is_what_json_get_reads(uri) -> None:
    run = execution(StepRun("A", "Succeeded", metrics={"eval.mse.value": 4.5}))
    value = {"Std:JsonGet": {"PropertyFile": {"Get": "Steps.A.PropertyFiles.F"}, "Path": "mse.value"}}

    assert uri(value, run) == ("4.5", True)


def test_references_in_a_circle_end_as_a_template(processing) -> None:
    a = {"Get": "Steps.B.ProcessingOutputConfig.Outputs['o'].S3Output.S3Uri"}
    steps = [processing("A", outputs={"o": a}), processing("B", outputs={"o": OUTPUT})]

    graph = resolve_graph(build_graph({"Steps": steps}))

    assert [port.resolved for node in graph.nodes for port in node.ports] == [False, False]


def test_a_chain_of_references_longer_than_anyone_writes_ends(processing) -> None:
    steps = [
        processing(
            f"S{i}", outputs={"o": {"Get": f"Steps.S{i + 1}.ProcessingOutputConfig.Outputs['o'].S3Output.S3Uri"}}
        )
        for i in range(200)
    ]

    graph = resolve_graph(build_graph({"Steps": [*steps, processing("S200", outputs={"o": "s3://b/end"})]}))

    assert graph.nodes[199].ports[0].uri == "s3://b/end"
    assert graph.nodes[0].ports[0].resolved is False


def test_a_graph_can_be_resolved_against_one_execution_after_another(processing) -> None:
    graph = build_graph({"Steps": [processing("A", inputs={"i": {"Get": "Parameters.P"}})]})

    found = [
        apply_runs(resolve_graph(graph, run), run) for run in [execution(parameters={"P": value}) for value in "xy"]
    ]

    assert [each.nodes[0].ports[0].uri for each in found] == ["x", "y"]
