"""docs/iam-policy.json allows exactly what inventory/aws calls."""

from __future__ import annotations

import ast
import json
from functools import cache
from pathlib import Path

import botocore.session
import pytest
from botocore import xform_name

from inventory.aws.permissions import iam_action

ROOT = Path(__file__).parent.parent
POLICY = json.loads((ROOT / "docs/iam-policy.json").read_text())
# Who names no service in a function has been handed a client of one of these.
HANDED_ON = ("sagemaker", "s3", "resourcegroupstaggingapi")
SERVICES = (*HANDED_ON, "s3control", "account", "ec2", "sts")
PREFIXES = {"resourcegroupstaggingapi": "tag", "s3control": "s3"}
ACTIONS = {
    ("s3", "GetBucketEncryption"): "s3:GetEncryptionConfiguration",
    ("s3", "GetPublicAccessBlock"): "s3:GetBucketPublicAccessBlock",
    ("s3", "HeadBucket"): "s3:ListBucket",
    ("s3", "ListBuckets"): "s3:ListAllMyBuckets",
    ("s3control", "GetPublicAccessBlock"): "s3:GetAccountPublicAccessBlock",
}
NEEDS_NO_PERMISSION = {"sts:GetCallerIdentity"}
# GetObject of an object that is encrypted with a key of KMS.
NEEDED_BY_ANOTHER = {"kms:Decrypt"}


@cache
def operations(service):
    """Method of the client: operation."""
    model = botocore.session.get_session().get_service_model(service)
    return {xform_name(name): name for name in model.operation_names}


def calls(source):
    """(service, operation) of every client method that the source names."""
    for statement in ast.parse(source).body:
        named = {node.value for node in ast.walk(statement) if isinstance(node, ast.Constant)}
        for service in [service for service in SERVICES if service in named] or HANDED_ON:
            for node in ast.walk(statement):
                if isinstance(node, ast.Attribute) and node.attr in operations(service):
                    yield service, operations(service)[node.attr]


def action(service, operation):
    return ACTIONS.get((service, operation), f"{PREFIXES.get(service, service)}:{operation}")


def allowed():
    for statement in POLICY["Statement"]:
        listed = statement["Action"]
        yield from [listed] if isinstance(listed, str) else listed


def test_the_policy_allows_what_is_called_and_nothing_else():
    sources = [path.read_text() for path in (ROOT / "inventory/aws").rglob("*.py")]
    called = {action(*call) for source in sources for call in calls(source)}

    assert set(allowed()) - NEEDED_BY_ANOTHER == called - NEEDS_NO_PERMISSION


def test_an_error_names_the_action_that_the_policy_has():
    sources = [path.read_text() for path in (ROOT / "inventory/aws").rglob("*.py")]
    called = {call for source in sources for call in calls(source)}
    named = {iam_action(operation, service) or "sts:GetCallerIdentity" for service, operation in called}

    assert named == {action(*call) for call in called}


def test_no_action_is_allowed_twice():
    assert sorted(allowed()) == sorted(set(allowed()))


def test_the_policy_is_read_only():
    verbs = ("Get", "List", "Describe", "Search", "Decrypt")

    assert [name for name in allowed() if not name.partition(":")[2].startswith(verbs)] == []


def test_objects_are_readable_only_where_reports_are():
    [reports] = [statement for statement in POLICY["Statement"] if statement["Action"] == "s3:GetObject"]

    assert reports["Resource"].endswith(".json")


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("def f(c): c.client('s3control').get_public_access_block()", "s3:GetAccountPublicAccessBlock"),
        ("def f(c): c.get_public_access_block()", "s3:GetBucketPublicAccessBlock"),
        ("def f(c): pages('X', c.describe_auto_ml_job_v2, 'Y')", "sagemaker:DescribeAutoMLJobV2"),
        ("TABLE = {'x': lambda client: client.get_resources()}", "tag:GetResources"),
    ],
)
def test_a_new_call_is_noticed(source, found):
    assert {action(*call) for call in calls(source)} == {found}
