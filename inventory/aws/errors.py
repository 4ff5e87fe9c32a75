"""AWS's failures, classified once: who reads them decides by kind, not by code."""

from __future__ import annotations

from contextlib import contextmanager
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError, PartialCredentialsError, ProfileNotFound
from botocore.parsers import ResponseParserError

from inventory.aws.masking import masked_text
from inventory.aws.permissions import iam_action

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


class ErrorKind(StrEnum):
    """What a failure means."""

    DENIED = "denied"
    DISABLED = "disabled"
    THROTTLED = "throttled"
    UNREACHABLE = "unreachable"
    CREDENTIALS = "credentials"
    NOT_FOUND = "not-found"
    UNSUPPORTED = "unsupported"
    FAILED = "failed"


CODES = {
    ErrorKind.DENIED: {"AccessDeniedException", "AccessDenied", "UnauthorizedOperation", "403", "Forbidden"},
    ErrorKind.DISABLED: {
        "UnrecognizedClientException",
        "InvalidClientTokenId",
        "AuthFailure",
        "SubscriptionRequiredException",
        "OptInRequired",
    },
    ErrorKind.THROTTLED: {
        "ThrottlingException",
        "Throttling",
        "ThrottledException",
        "RequestLimitExceeded",
        "TooManyRequestsException",
        "SlowDown",
    },
    ErrorKind.CREDENTIALS: {
        "ExpiredTokenException",
        "ExpiredToken",
        "InvalidSignatureException",
        "SignatureDoesNotMatch",
        "RequestExpired",
        "RequestTimeTooSkewed",
        "InvalidAccessKeyId",
    },
    ErrorKind.NOT_FOUND: {
        "ResourceNotFound",
        "ResourceNotFoundException",
        "NoSuchKey",
        "NoSuchBucket",
        "404",
        "NotFound",
    },
    ErrorKind.UNSUPPORTED: {"UnknownOperationException", "InvalidAction", "UnsupportedOperation"},
}
KINDS = {code: kind for kind, codes in CODES.items() for code in codes}
ADVICE = {
    ErrorKind.DISABLED: "The region is not enabled for the account, or the credentials are not known there.",
    ErrorKind.THROTTLED: "AWS admits no more requests at the moment; the next sync tries again.",
    ErrorKind.UNREACHABLE: "AWS did not answer; the next sync tries again.",
    ErrorKind.CREDENTIALS: "The credentials are missing, expired or wrong; renew them.",
    ErrorKind.UNSUPPORTED: "The operation does not exist in this region.",
}


class AWSError(Exception):
    """A call that AWS did not answer as asked. `message` is one sentence that a person can act on."""

    def __init__(self, kind: ErrorKind, operation: str, code: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind
        self.operation = operation
        self.code = code
        self.message = message

    @property
    def is_transient(self) -> bool:
        """Whether the same call may be answered later: what is known until then stays."""
        return self.kind in (ErrorKind.THROTTLED, ErrorKind.UNREACHABLE, ErrorKind.CREDENTIALS)

    @property
    def shuts_out(self) -> bool:
        """Whether no other call would be answered either: the credentials are no good, or no new ones are given."""
        return self.kind is ErrorKind.CREDENTIALS or self.operation == "AssumeRole"


def classify(exception: BaseException) -> ErrorKind:
    """The kind of a botocore exception."""
    if isinstance(exception, ClientError):
        return _classify_answer(exception)
    if isinstance(exception, (NoCredentialsError, PartialCredentialsError, ProfileNotFound)):
        return ErrorKind.CREDENTIALS
    if type(exception).__name__ in {"CredentialRetrievalError", "TokenRetrievalError", "SSOTokenLoadError"}:
        return ErrorKind.CREDENTIALS
    return ErrorKind.UNREACHABLE


def _classify_answer(exception: ClientError) -> ErrorKind:
    error: Mapping[str, Any] = exception.response.get("Error", {})
    code, message = str(error.get("Code", "")), str(error.get("Message", ""))
    if code in KINDS:
        return KINDS[code]
    if code == "ValidationException":
        return _classify_validation(message.lower())
    status = exception.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return ErrorKind.UNREACHABLE if status >= 500 else ErrorKind.FAILED


def _classify_validation(message: str) -> ErrorKind:
    """SageMaker says of some missing things, and of missing features, that the request is not valid."""
    if "not supported" in message and "region" in message:
        return ErrorKind.UNSUPPORTED
    gone = ("does not exist", "could not find", "not found", "cannot find")
    return ErrorKind.NOT_FOUND if any(words in message for words in gone) else ErrorKind.FAILED


@contextmanager
def translated_errors(operation: str) -> Iterator[None]:
    """Turn what botocore raises into AWSError."""
    try:
        yield
    except (ClientError, BotoCoreError, ResponseParserError) as exception:
        kind = classify(exception)
        code = _code(exception)
        if isinstance(exception, ClientError):
            operation = exception.operation_name  # it may be the renewal of credentials that failed
        raise AWSError(kind, operation, code, _sentence(kind, operation, code, exception)) from exception


def member(page: Mapping[str, Any], name: str, operation: str) -> Any:
    """A member that AWS always sends. boto3 takes a truncated answer for an empty one, so its absence is a failure."""
    if name not in page:
        message = f"{operation} was answered without its '{name}': the answer was cut off; the next sync tries again."
        raise AWSError(ErrorKind.UNREACHABLE, operation, "TruncatedResponse", message)
    return page[name]


def _code(exception: Exception) -> str:
    if isinstance(exception, ClientError):
        return str(exception.response.get("Error", {}).get("Code", ""))
    return type(exception).__name__


def _sentence(kind: ErrorKind, operation: str, code: str, exception: Exception) -> str:
    if kind is ErrorKind.DENIED:
        return f"{operation} is denied ({code}): allow {iam_action(operation)}; docs/iam-policy.json has it."
    if kind in ADVICE:
        return f"{operation} failed ({code}). {ADVICE[kind]}"
    text = exception.response.get("Error", {}).get("Message", "") if isinstance(exception, ClientError) else ""
    return masked_text(f"{operation} failed ({code}): {text}".rstrip(": "))[:500]
