"""Evaluation reports: where they are looked for, and what is read of them."""

from __future__ import annotations

import json

import pytest

from inventory.aws import reports
from inventory.aws.errors import AWSError
from inventory.aws.records import StepRecord
from inventory.aws.reports import ReportCandidate, crawl_report, parse_report, report_candidates

URI = "s3://reports/churn/evaluation.json"


def step(name="Step", **metadata):
    return StepRecord(name, "", "", "Succeeded", None, None, "", None, "", "", None, metadata)


def processing(**outputs):
    listed = [{"OutputName": name, "S3Output": {"S3Uri": uri}} for name, uri in outputs.items()]
    return {"ProcessingOutputConfig": {"Outputs": listed}}


def uris(one, job=None, steps=()):
    found = report_candidates({"Steps": steps}, [one], {one.name: job} if job else {})
    return [uri for candidate in found for uri in candidate.uris]


def property_file(output="evaluation", path="evaluation.json"):
    return {"Name": "Step", "PropertyFiles": [{"OutputName": output, "FilePath": path}, "malformed"]}


def test_a_property_file_is_in_its_output():
    assert uris(step(), processing(evaluation="s3://a/b/"), [property_file()]) == ["s3://a/b/evaluation.json"]


def test_a_property_file_in_a_branch_is_found():
    branch = {"Name": "If", "Arguments": {"IfSteps": [property_file()], "ElseSteps": None}}

    assert uris(step(), processing(evaluation="s3://a/b"), [branch]) == ["s3://a/b/evaluation.json"]


@pytest.mark.parametrize("file", [property_file(output="other"), property_file(path="a.csv"), "malformed", {"Name": 5}])
def test_a_property_file_that_cannot_be_placed_is_no_report(file):
    assert uris(step(), processing(out="s3://a/b"), [file]) == []


@pytest.mark.parametrize("family", ["ModelQuality", "ModelDataQuality"])
@pytest.mark.parametrize(
    ("uri", "expected"), [("s3://a/s.json", "s3://a/s.json"), ("s3://a/b/", "s3://a/b/evaluation.json")]
)
def test_a_model_package_names_its_statistics(family, uri, expected):
    package = {"ModelMetrics": {family: {"Statistics": {"S3Uri": uri}}}}

    assert uris(step(), package) == [expected]


@pytest.mark.parametrize("check", ["QualityCheck", "ClarifyCheck"])
def test_a_check_names_its_results(check):
    result = {"ViolationReport": "s3://a/v.json", "CalculatedBaselineStatistics": "s3://a/s.json"}

    assert uris(step(**{check: result})) == ["s3://a/v.json", "s3://a/s.json"]
    assert uris(step(**{check: {"ViolationReport": "s3://a/v.json"}})) == ["s3://a/v.json"]


def test_the_step_evaluate_writes_its_report_as_ever():
    expected = [f"s3://a/b/{name}.json" for name in ("report", "evaluation", "metrics")]

    assert uris(step("Evaluate"), processing(report="s3://a/b/", other="s3://c")) == expected


@pytest.mark.parametrize(
    ("name", "outputs"),
    [
        ("Step", {"other": "s3://c", "metrics": "s3://a/b"}),
        ("ValidateModel", {"anything": "s3://a/b"}),
        ("Evaluate", {"anything": "s3://a/b"}),
    ],
)
def test_by_habit_an_evaluating_output_holds_a_report(name, outputs):
    names = ("evaluation", "report", "metrics", "evaluation_metrics")

    assert uris(step(name), processing(**outputs)) == [f"s3://a/b/{file}.json" for file in names]


def test_by_habit_an_output_may_be_the_file():
    assert uris(step(), processing(report="s3://a/b.json")) == ["s3://a/b.json"]


@pytest.mark.parametrize(("name", "outputs"), [("Step", {"a": "s3://a"}), ("Validate", {"a": "s3://a", "b": "s3://b"})])
def test_any_other_step_has_no_report(name, outputs):
    assert uris(step(name), processing(**outputs)) == []


def test_exact_knowledge_comes_before_habit():
    assert len(uris(step(), processing(evaluation="s3://a", report="s3://b"), [property_file()])) == 1


def test_at_most_four_places_are_tried_and_none_twice():
    definition = {
        "Name": "Step",
        "PropertyFiles": [{"OutputName": "o", "FilePath": f"{n}.json"} for n in (1, 1, *range(9))],
    }

    assert uris(step(), processing(o="s3://a"), [definition]) == [f"s3://a/{n}.json" for n in (1, 0, 2, 3)]


@pytest.mark.parametrize(
    ("report", "metrics"),
    [
        ({"auc": 0.9}, {"eval.auc": 0.9}),
        ({"metrics": {"auc": 0.9}}, {"eval.auc": 0.9}),
        ({"metrics": {"auc": 1}, "x": 2}, {"eval.metrics.auc": 1, "eval.x": 2}),
        (
            {"a": [{"name": "x", "value": 1}, {"value": 2}, 3]},
            {"eval.a.x.value": 1, "eval.a.1.value": 2, "eval.a.2": 3},
        ),
        ({"flag": True, "text": "1", "none": None, "n": 1}, {"eval.n": 1}),
        ({"huge": 10**400, "n": 1}, {"eval.n": 1}),
        ([1, 2], {"eval.0": 1, "eval.1": 2}),
        (7, {}),
    ],
)
def test_the_numbers_of_a_report_are_its_metrics(report, metrics):
    assert parse_report(json.dumps(report).encode()) == (metrics, 0)


def test_what_is_not_finite_is_no_metric():
    assert parse_report(b'{"a": NaN, "b": Infinity, "c": -Infinity, "d": 1e999, "e": 1}') == ({"eval.e": 1}, 0)


def test_metrics_come_in_the_order_of_the_report():
    assert list(parse_report(b'{"z": 1, "a": {"y": 2, "b": 3}, "c": 4}')[0]) == [
        "eval.z",
        "eval.a.y",
        "eval.a.b",
        "eval.c",
    ]


def test_metrics_beyond_the_cap_are_counted():
    metrics, truncated = parse_report(json.dumps({str(number): number for number in range(503)}).encode())

    assert (len(metrics), truncated) == (500, 3)


def test_a_name_may_have_200_characters():
    assert parse_report(json.dumps({"a" * 195: 1, "b" * 196: 2}).encode()) == ({"eval." + "a" * 195: 1}, 1)


def test_what_is_too_deep_is_left_out():
    deep, shallow = 1, 1
    for _ in range(13):
        deep = {"a": deep}
    for _ in range(12):
        shallow = {"a": shallow}

    assert parse_report(json.dumps(deep).encode()) == ({}, 0)
    assert parse_report(json.dumps(shallow).encode()) == ({"eval." + ".".join("a" * 12): 1}, 0)


@pytest.fixture
def put(demo_aws):
    """`put(body)`: the report, at URI."""
    client = demo_aws.client("s3")
    client.create_bucket(Bucket="reports")

    def write(body, key="churn/evaluation.json"):
        return client.put_object(Bucket="reports", Key=key, Body=body)["ETag"].strip('"')

    return write


def read(connection, *where):
    return crawl_report(connection, ReportCandidate("Evaluate", where or (URI,)))


def test_a_report_is_read(connection, put):
    etag = put(b'{"auc": 0.9}')

    record = read(connection)

    assert (record.step_name, record.uri, record.status) == ("Evaluate", URI, "ok")
    assert (record.metrics, record.etag, record.size) == ({"eval.auc": 0.9}, etag, 12)


def test_the_first_that_is_there_is_the_report(connection, put):
    put(b"{}")

    assert read(connection, "s3://reports/none.json", URI).uri == URI


@pytest.mark.parametrize("where", ["s3://reports/none.json", "s3://nowhere/none.json", "/not/s3"])
def test_a_report_may_be_missing(connection, put, where):
    record = read(connection, where)

    assert (record.status, record.uri, record.metrics) == ("missing", where, {})


@pytest.mark.parametrize("body", [b"not json", b"\xff\xfe", b"[" * 100_000, b"[" + b"1" * 5000 + b"]"])
def test_a_report_may_be_malformed(connection, put, body):
    put(body)

    record = read(connection)

    assert (record.status, record.metrics, record.size) == ("malformed", {}, len(body))


def test_a_report_may_be_too_large(connection, put, monkeypatch):
    monkeypatch.setattr(reports, "MOST_BYTES", 10)
    put(b"[1,2,3,4,5,6,7]")

    record = read(connection)

    assert (record.status, record.metrics, record.size) == ("too-large", {}, 15)


@pytest.mark.parametrize(
    ("message", "status"), [(None, "denied"), ("not authorized to perform: kms:Decrypt", "denied-kms")]
)
def test_a_report_may_be_denied(connection, demo_aws, put, message, status):
    demo_aws.faults.add("AccessDenied", service="s3", message=message)

    assert read(connection).status == status


def test_what_was_denied_outweighs_what_is_missing(connection, demo_aws, put):
    demo_aws.faults.add("AccessDenied", service="s3", times=1)

    record = read(connection, "s3://reports/denied.json", "s3://reports/none.json")

    assert (record.status, record.uri) == ("denied", "s3://reports/denied.json")


def test_any_other_failure_is_an_error(connection, demo_aws, put):
    demo_aws.faults.add("SlowDown", service="s3")

    with pytest.raises(AWSError, match="SlowDown"):
        read(connection)


def test_an_empty_report_is_malformed(connection, put):
    put(b"")

    assert read(connection).status == "malformed"
