"""Steps that pass data on without referring to each other."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from lineage.graph import Execution, StepRun

START = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def passed(render, processing):
    """The artifact edges when A writes one place and B reads another."""

    def edges(
        written: Any, read: Any, starts: tuple[int | None, ...] = (0, 1), name: str = "i", **more: Any
    ) -> list[tuple[str, str, str]]:
        steps = [processing("A", outputs={"o": written}), processing("B", inputs={name: read}, **more)]
        runs = [
            StepRun(step, "Succeeded", None if start is None else START + timedelta(minutes=start))
            for step, start in zip("AB", starts, strict=False)
        ]
        graph = render(*steps, execution=Execution("arn", "e", "Succeeded", steps=runs))
        return [(edge["from"], edge["to"], edge["label"]) for edge in graph["edges"] if edge["via"] == "artifact"]

    return edges


@pytest.mark.parametrize("read", ["s3://b/x", "s3://b/x/", "S3://b/x", "s3://b/x/y/z.csv"])
def test_what_is_written_there_or_below_is_passed_on(passed, read: str) -> None:
    assert passed("s3://b/x", read) == [("A", "B", "i")]


@pytest.mark.parametrize("read", ["s3://b/xy", "s3://c/x", "s3://b", "s3://b/X", "s3://b/${Execution.StartDateTime}"])
def test_what_lies_elsewhere_is_not(passed, read: str) -> None:
    assert passed("s3://b/x", read) == []


def test_a_whole_bucket_is_not_passed_on(passed) -> None:
    assert passed("s3://b", "s3://b/x") == []


def test_code_is_not_data(passed) -> None:
    assert passed("s3://b/x", "s3://b/x", name="code") == []


@pytest.mark.parametrize(("starts", "edges"), [((1, 0), 0), ((0, 0), 1), ((None, 0), 1), ((1, None), 1), ((0,), 0)])
def test_a_step_cannot_read_what_is_written_after_it(passed, starts: tuple, edges: int) -> None:
    assert len(passed("s3://b/x", "s3://b/x", starts)) == edges


def test_a_reference_says_it_already(passed) -> None:
    reference = {"Get": "Steps.A.ProcessingOutputConfig.Outputs['o'].S3Output.S3Uri"}

    assert passed("s3://b/x", reference) == []


def test_an_order_alone_does_not_say_it(passed) -> None:
    assert passed("s3://b/x", "s3://b/x", DependsOn=["A"]) == [("A", "B", "i")]


def test_without_an_execution_nothing_is_passed_on(render, processing) -> None:
    graph = render(processing("A", outputs={"o": "s3://b/x"}), processing("B", inputs={"i": "s3://b/x"}))

    assert graph["edges"] == []


def test_a_step_does_not_pass_data_to_itself(render, processing) -> None:
    step = processing("A", {"i": "s3://b/x"}, {"o": "s3://b/x"})

    assert render(step, execution=Execution("a", "e", "Succeeded", steps=[StepRun("A", "Succeeded")]))["edges"] == []


@pytest.mark.parametrize(("read", "edges"), [("s3://b/m/other/x", 0), ("s3://b/m/t/output/model.tar.gz", 1)])
def test_a_trained_model_lies_where_its_job_says(render, processing, read: str, edges: int) -> None:
    train = {"Name": "T", "Type": "Training", "Arguments": {"OutputDataConfig": {"S3OutputPath": "s3://b/m"}}}
    job = {"ModelArtifacts": {"S3ModelArtifacts": "s3://b/m/t/output/model.tar.gz"}}
    runs = [StepRun("T", "Succeeded", START, job=job), StepRun("B", "Succeeded", START)]

    graph = render(train, processing("B", {"i": read}), execution=Execution("a", "e", "Succeeded", steps=runs))

    assert len(graph["edges"]) == edges
