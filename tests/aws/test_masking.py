"""Secrets are masked wherever a name gives them away, and nothing else is touched."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.aws.masking import (
    DEPTH,
    MASK,
    _is_suspicious,
    looks_secret,
    masked,
    masked_parameters,
    masked_text,
    plain,
    secret_parameters,
)

PLANTED = "Zq8wkP2xVt5m"
SECRET_NAMES = st.sampled_from(
    ["password", "DB_PASSWORD", "apiKey", "SecretAccessKey", "authToken", "connection-string"]
)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text() | SECRET_NAMES, inner, max_size=4),
    max_leaves=12,
)


@given(VALUES)
def test_masking_is_idempotent(value):
    assert masked(masked(value)) == masked(value)


@given(st.text())
def test_masking_of_text_is_idempotent(text):
    assert masked_text(masked_text(text)) == masked_text(text)


@given(VALUES, SECRET_NAMES, st.lists(st.sampled_from(["object", "list", "text", "pair"]), max_size=5))
def test_a_value_under_a_secret_name_never_survives(beside, name, wrappings):
    value = {name: PLANTED, "beside": beside}
    for wrapping in wrappings:
        value = {
            "object": {"inner": value},
            "list": [beside, value],
            "text": json.dumps(value) if isinstance(value, (dict, list)) else value,
            "pair": {"Name": name, "Value": value},
        }[wrapping]

    assert PLANTED not in json.dumps(masked(value))


@given(SECRET_NAMES, st.sampled_from(["{}={}", "--{}={}", "--{} {}", '"{}": "{}"', "export {}='{}'"]))
def test_an_assignment_in_text_never_survives(name, form):
    assert PLANTED not in masked_text(form.format(name, PLANTED))


@pytest.mark.parametrize(
    "name", ["password", "DBPassword", "MYSQL_PWD", "clientsecret", "api_key", "x-auth-key", "Token"]
)
def test_names_of_secrets_look_secret(name):
    assert looks_secret(name)


@pytest.mark.parametrize("name", ["NextToken", "ClientRequestToken", "keyboard", "compass", "Key", "", 5, None])
def test_other_names_do_not(name):
    assert not looks_secret(name)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"Name": "password", "Value": "a"}, {"Name": "password", "Value": MASK}),
        ({"Name": "rounds", "Value": "a"}, {"Name": "rounds", "Value": "a"}),
        ({"MaxTokens": 4096, "token": 512}, {"MaxTokens": 4096, "token": 512}),
        ({"token": 123456789}, {"token": MASK}),
        ({"password": None, "secret": True, "pwd": ""}, {"password": None, "secret": True, "pwd": ""}),
        ({"password": {"Get": "Parameters.P"}}, {"password": {"Get": "Parameters.P"}}),
        (
            {"password": {"Std:Join": {"On": "-", "Values": ["a"]}}},
            {"password": {"Std:Join": {"On": "-", "Values": [MASK]}}},
        ),
        ({"CallbackToken": "t", "ResponseMetadata": {}, "Arn": "a"}, {"Arn": "a"}),
        (["--password", "a", "b"], ["--password", MASK, "b"]),
        (["--password", "--rounds", "3"], ["--password", "--rounds", "3"]),
        (
            ["--rounds", {"Get": "x"}, "--password", {"Get": "y"}],
            ["--rounds", {"Get": "x"}, "--password", {"Get": "y"}],
        ),
        (["--password=a", "b"], [f"--password={MASK}", "b"]),
        ('{"password": "a"}', json.dumps({"password": MASK})),
        ('{"rounds":  3}', '{"rounds":  3}'),
        ("{password=a}", f"{{password={MASK}}}"),
        (3.5, 3.5),
    ],
)
def test_values_are_masked_by_the_names_beside_them(value, expected):
    assert masked(value) == expected


def test_a_name_may_be_secret_here_alone():
    parameter = {"Name": "Color", "DefaultValue": "red"}

    assert masked([parameter], frozenset({"Color"})) == [{"Name": "Color", "DefaultValue": MASK}]
    assert masked_parameters({"Color": "red", "Size": "5"}, frozenset({"Color"})) == {"Color": MASK, "Size": "5"}


def test_what_is_too_deep_to_look_at_is_masked():
    value = hidden = PLANTED
    for _ in range(DEPTH + 5):
        value, hidden = [value], [hidden]

    assert PLANTED not in json.dumps(masked(value))
    assert PLANTED not in json.dumps(masked({"password": hidden}))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://me:pw@host/x", f"https://me:{MASK}@host/x"),
        ("AKIAABCDEFGHIJKLMNOP", MASK),
        ("Authorization: Bearer abcdefghijkl", f"Authorization: Bearer {MASK}"),
        ("token=12 used", "token=12 used"),
        ("rounds=3 --name x", "rounds=3 --name x"),
        ("PASSWORD=hunter2", f"PASSWORD={MASK}"),
        ("caf\u00e9 PassWord=hunter2", f"caf\u00e9 PassWord={MASK}"),
        ("ba\u017fic abcdefghijkl", f"ba\u017fic {MASK}"),
    ],
)
def test_text_is_masked_by_form(text, expected):
    assert masked_text(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab",
        "123456789012.dkr.ecr.us-east-1.amazonaws.com/toolbox@sha256:0123",
        "AKIA",
        "--rounds 3",
    ],
)
def test_a_text_that_tells_nothing_stays(text):
    assert masked_text(text) == text
    assert masked([text, {"Name": text}]) == [text, {"Name": text}]


@given(st.tuples(SECRET_NAMES | st.sampled_from(["api \u0131 key", "PRIVATE--key", "pass.word"]), st.text(max_size=3)))
def test_no_name_that_looks_secret_escapes_the_closer_look(parts):
    name = "".join(parts)
    assert not looks_secret(name) or _is_suspicious(name)


def test_parameters_in_secret_fields_are_secret():
    definition = {
        "password": {"Std:Join": {"On": "", "Values": ["a", {"Get": "Parameters.First"}, {"Get": "Steps.x.y"}]}},
        "Steps": [["--api-key", {"Get": "Parameters.Second"}, "--rounds", {"Get": "Parameters.Third"}], "text"],
        "token": "literal",
    }

    assert secret_parameters(definition) == {"First", "Second"}


def test_an_answer_becomes_plain_json():
    moment = datetime(2026, 1, 2, tzinfo=UTC)
    raw = {"At": moment, "Sizes": [1, 2.5, None, True], "Other": b"x", "ResponseMetadata": {}}

    assert plain(raw) == {"At": "2026-01-02T00:00:00+00:00", "Sizes": [1, 2.5, None, True], "Other": "b'x'"}


def test_an_answer_is_masked_and_becomes_plain_json_at_once():
    moment = datetime(2026, 1, 2, tzinfo=UTC)
    raw = {"At": moment, "Password": moment, "Arguments": ["--token", moment], "CallbackToken": "x", "Key": b"pwd=a"}

    assert masked(raw) == masked(plain(raw))
    assert masked(raw) == {
        "At": "2026-01-02T00:00:00+00:00",
        "Password": MASK,
        "Arguments": ["--token", MASK],
        "Key": f"b'pwd={MASK}'",
    }


def test_below_a_secret_name_no_token_of_a_callback_stays():
    assert masked({"password": {"CallbackToken": "x", "On": {"CallbackToken": "x"}}}) == {"password": {"On": {}}}


def test_a_bearer_token_behind_a_secret_name_goes_whole():
    assert PLANTED not in masked_text(f"token: Bearer {PLANTED}")
