"""JSON answers are parsed as botocore would parse them, and keep what its model does not know."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import botocore.session
import pytest
from botocore.parsers import JSONParser

from inventory.aws.answers import AnswerParser, AnswerParserFactory
from inventory.aws.timestamps import parse_timestamp

READING = ("Describe", "List", "Search", "Get", "BatchDescribe")
MOMENT = 1767225600.25
SAMPLES = {"string": "text", "integer": 7, "long": 1 << 40, "float": 0.5, "double": 1e-9, "boolean": True}
SAMPLES |= {"timestamp": MOMENT, "blob": "Ymxvag=="}
DEEP = 30


def _sample(shape, depth=0):
    """A value with every member of the shape."""
    if shape.type_name == "structure":
        members = list(shape.members.items())[: 1 if getattr(shape, "is_tagged_union", False) else None]
        return {name: _sample(member, depth + 1) for name, member in members} if depth < DEEP else {}
    if shape.type_name == "list":
        return [_sample(shape.member, depth + 1)] * 2
    return {"key": _sample(shape.value, depth + 1)} if shape.type_name == "map" else SAMPLES[shape.type_name]


def _response(body, status=200):
    return {"body": body, "status_code": status, "headers": {"x-amzn-requestid": "r-1"}}


@pytest.fixture(scope="module")
def parser():
    return AnswerParser(timestamp_parser=parse_timestamp)


def parsed_by_botocore(response, shape):
    return JSONParser(timestamp_parser=parse_timestamp).parse(response, shape)


@pytest.fixture(scope="module")
def pipeline():
    return botocore.session.Session().get_service_model("sagemaker").operation_model("DescribePipeline").output_shape


@pytest.mark.parametrize("service", ["sagemaker", "resourcegroupstaggingapi"])
def test_every_member_is_what_botocore_makes_of_it(parser, service):
    model = botocore.session.Session().get_service_model(service)
    reading = [name for name in model.operation_names if name.startswith(READING)]
    assert len(reading) > 5

    assert [name for name in reading if _differs(parser, model.operation_model(name).output_shape)] == []


def _differs(parser, shape):
    response = _response(json.dumps(_sample(shape)).encode())
    return parser.parse(response, shape) != parsed_by_botocore(response, shape)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"not JSON",
        b'{"PipelineName": "cut of',
        b'{"PipelineName": null, "CreatedBy": {"DomainId": null}}',
        b'{"PipelineName": "\\ud800", "CreationTime": 1.5}',
        b'{"PipelineName": "a", "PipelineName": "b"}',
        b'{"CreationTime": 123456789012345678901234567890e-20}',
        b'{"PipelineDescription": "no null"}',
        '{"PipelineName": "\u00fc\U0001f600"}'.encode(),
    ],
    ids=str,
)
def test_odd_answers_are_what_botocore_makes_of_them(parser, pipeline, body):
    assert parser.parse(_response(body), pipeline) == parsed_by_botocore(_response(body), pipeline)


@pytest.mark.parametrize("body", [b'{"__type": "ThrottlingException", "message": "Rate exceeded"}', b"<html>", b""])
@pytest.mark.parametrize("status", [400, 500])
def test_errors_are_botocores(parser, pipeline, body, status):
    response = _response(body, status)

    assert parser.parse(response, pipeline) == parsed_by_botocore(response, pipeline)


def test_what_the_model_does_not_know_stays(parser, pipeline):
    answer = parser.parse(_response(b'{"CreationTime": 0, "Novelty": {"Since": 1.5}}'), pipeline)

    assert answer["Novelty"] == {"Since": 1.5}
    assert answer["CreationTime"] == datetime(1970, 1, 1, tzinfo=UTC)


def test_a_shape_within_itself_is_botocores_to_parse(parser):
    model = botocore.session.Session().get_service_model("sagemaker")
    expression = model.shape_for("SearchExpression")
    value = {"SubExpressions": [{"Operator": "And", "SubExpressions": [{"Operator": "Or"}]}]}

    assert parser._handle_json_body(json.dumps(value).encode(), expression) == value


def test_other_protocols_have_their_own_parser():
    factory = AnswerParserFactory()

    assert factory.create_parser("json") is factory.create_parser("json")
    assert not isinstance(factory.create_parser("rest-xml"), JSONParser)
