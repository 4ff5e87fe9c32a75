"""AWS's failures by kind, and the sentence each gives a person."""

from __future__ import annotations

import pytest
from botocore.exceptions import (
    ClientError,
    CredentialRetrievalError,
    EndpointConnectionError,
    NoCredentialsError,
    ProfileNotFound,
)
from botocore.parsers import ResponseParserError

from inventory.aws.errors import CODES, AWSError, ErrorKind, classify, member, translated_errors


def answer(code="", message="", status=400, operation="ListPipelines"):
    response = {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(response, operation)


def translated(exception, operation="ListPipelines"):
    with pytest.raises(AWSError) as caught, translated_errors(operation):
        raise exception
    return caught.value


@pytest.mark.parametrize(("kind", "code"), [(kind, code) for kind, codes in CODES.items() for code in sorted(codes)])
def test_a_code_decides_the_kind(kind, code):
    assert classify(answer(code)) is kind


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ("Pipeline 'a' does not exist", ErrorKind.NOT_FOUND),
        ("Could not find training job", ErrorKind.NOT_FOUND),
        ("This is not supported in the region", ErrorKind.UNSUPPORTED),
        ("1 validation error", ErrorKind.FAILED),
    ],
)
def test_what_is_not_valid_is_told_by_its_message(message, kind):
    assert classify(answer("ValidationException", message)) is kind


@pytest.mark.parametrize(("status", "kind"), [(500, ErrorKind.UNREACHABLE), (400, ErrorKind.FAILED)])
def test_an_unknown_code_is_told_by_its_status(status, kind):
    assert classify(answer("Surprise", status=status)) is kind


@pytest.mark.parametrize(
    ("exception", "kind"),
    [
        (NoCredentialsError(), ErrorKind.CREDENTIALS),
        (ProfileNotFound(profile="reader"), ErrorKind.CREDENTIALS),
        (CredentialRetrievalError(provider="sso", error_msg="gone"), ErrorKind.CREDENTIALS),
        (EndpointConnectionError(endpoint_url="https://x"), ErrorKind.UNREACHABLE),
        (ResponseParserError("not JSON"), ErrorKind.UNREACHABLE),
    ],
)
def test_what_is_raised_without_an_answer_has_a_kind(exception, kind):
    error = translated(exception)

    assert (error.kind, error.code) == (kind, type(exception).__name__)
    assert error.__cause__ is exception


@pytest.mark.parametrize(
    ("operation", "action"),
    [("ListPipelines", "sagemaker:ListPipelines"), ("GetBucketEncryption", "s3:GetEncryptionConfiguration")],
)
def test_a_denial_names_the_action_to_allow(operation, action):
    error = translated(answer("AccessDeniedException", operation=operation))

    assert (
        error.message == f"{operation} is denied (AccessDeniedException): allow {action}; docs/iam-policy.json has it."
    )
    assert (error.operation, error.code, str(error)) == (operation, "AccessDeniedException", error.message)


@pytest.mark.parametrize(
    ("code", "advice"), [("ThrottlingException", "next sync"), ("ExpiredToken", "renew"), ("OptInRequired", "enabled")]
)
def test_a_known_kind_comes_with_advice(code, advice):
    assert advice in translated(answer(code)).message


def test_any_other_failure_tells_what_aws_said_without_its_secrets():
    message = translated(answer("Surprise", "password=hunter2 " + "x" * 900)).message

    assert message.startswith("ListPipelines failed (Surprise): password=(masked)")
    assert len(message) == 500


def test_a_failure_without_a_message_ends_with_its_code():
    assert translated(answer("Surprise")).message == "ListPipelines failed (Surprise)"


def test_other_exceptions_pass():
    with pytest.raises(KeyError), translated_errors("ListPipelines"):
        raise KeyError("ours")


def test_a_member_that_is_there_is_given():
    assert member({"Domains": []}, "Domains", "ListDomains") == []


def test_an_answer_without_its_member_was_cut_off():
    with pytest.raises(AWSError, match="cut off") as caught:
        member({}, "Domains", "ListDomains")

    assert (caught.value.kind, caught.value.code) == (ErrorKind.UNREACHABLE, "TruncatedResponse")
