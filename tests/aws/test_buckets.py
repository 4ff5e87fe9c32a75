"""What protects a bucket, each field by itself."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from inventory.aws import buckets
from inventory.aws.buckets import FLAGS, crawl_account_public_access, crawl_bucket, crawl_own_buckets
from inventory.aws.errors import AWSError
from inventory.aws.records import AccountPublicAccessRecord

NOTHING = AccountPublicAccessRecord("ok", None)
BLOCKED = dict.fromkeys(FLAGS, True)
OPEN = dict.fromkeys(FLAGS, False)
OWN = {"lake": "us-east-1"}
EVERYBODY = {"Type": "Group", "URI": "http://acs.amazonaws.com/groups/global/AllUsers"}


@pytest.fixture
def s3(demo_aws, connection):
    """S3 with the bucket `lake`."""
    client = demo_aws.client("s3")
    client.create_bucket(Bucket="lake")
    return client


@pytest.fixture
def refuse(connection, monkeypatch):
    """`refuse("get_bucket_acl", "AccessDenied")`: what that call of S3 is answered with."""

    def add(method, code, service="s3"):
        def call(**_):
            raise ClientError({"Error": {"Code": code, "Message": ""}}, method)

        monkeypatch.setattr(connection.client(service), method, call)

    return add


@pytest.fixture
def answer(connection, monkeypatch):
    return lambda method, raw, service="s3": monkeypatch.setattr(connection.client(service), method, lambda **_: raw)


def look(connection, own=OWN, account=NOTHING, name="lake"):
    return crawl_bucket(connection, name, own, account)


def test_the_accounts_buckets_are_listed(connection, s3):
    assert list(crawl_own_buckets(connection)) == ["lake"]


def test_who_may_not_list_buckets_knows_none(connection, refuse):
    refuse("list_buckets", "AccessDenied")

    assert crawl_own_buckets(connection) is None


@pytest.mark.parametrize(
    ("code", "status"),
    [("NoSuchPublicAccessBlockConfiguration", "ok"), ("AccessDenied", "Denied"), ("InternalError", "Unknown")],
)
def test_the_account_level_may_not_be_told(connection, refuse, code, status):
    refuse("get_public_access_block", code, "s3control")

    assert crawl_account_public_access(connection) == AccountPublicAccessRecord(status, None)


def test_the_account_level_is_told(connection, answer):
    answer("get_public_access_block", {"PublicAccessBlockConfiguration": {"BlockPublicAcls": True}}, "s3control")

    assert crawl_account_public_access(connection).flags == OPEN | {"BlockPublicAcls": True}


def test_a_bucket_tells_its_settings(connection, s3):
    rule = {
        "ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "k"},
        "BucketKeyEnabled": True,
    }
    s3.put_bucket_encryption(Bucket="lake", ServerSideEncryptionConfiguration={"Rules": [rule]})
    s3.put_bucket_versioning(Bucket="lake", VersioningConfiguration={"Status": "Enabled"})
    s3.put_public_access_block(Bucket="lake", PublicAccessBlockConfiguration=BLOCKED)
    s3.put_bucket_tagging(
        Bucket="lake", Tagging={"TagSet": [{"Key": "Team", "Value": "ml"}, {"Key": "password", "Value": "x"}]}
    )
    s3.put_bucket_ownership_controls(
        Bucket="lake", OwnershipControls={"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
    )

    record = look(connection)

    assert (record.encryption, record.kms_key_id, record.bucket_key_enabled) == ("aws:kms", "k", True)
    assert (record.versioning, record.mfa_delete) == ("Enabled", "Disabled")
    assert (record.public_access, record.public_access_flags) == ("Blocked", BLOCKED)
    assert record.tags == {"Team": "ml", "password": "(masked)"}
    assert record.object_ownership == "BucketOwnerEnforced"
    assert (record.owner, record.region, record.exists, record.errors) == ("own", "us-east-1", True, {})
    assert connection.calls["GetBucketAcl"] == 0


IGNORING = OPEN | {"IgnorePublicAcls": True}


@pytest.mark.parametrize(
    ("bucket", "account", "calls"), [(OPEN, None, 7), (OPEN, OPEN, 7), (IGNORING, OPEN, 6), (OPEN, IGNORING, 6)]
)
def test_grants_are_asked_for_where_neither_level_ignores_them(connection, s3, bucket, account, calls):
    s3.put_public_access_block(Bucket="lake", PublicAccessBlockConfiguration=bucket)

    look(connection, account=AccountPublicAccessRecord("ok", account))

    assert connection.calls["GetBucketAcl"] == calls - 6
    assert sum(connection.calls.values()) == calls


ABSENT = [
    ("get_bucket_encryption", "ServerSideEncryptionConfigurationNotFoundError", "encryption", "NotConfigured"),
    ("get_public_access_block", "NoSuchPublicAccessBlockConfiguration", "public_access", "NotConfigured"),
    ("get_bucket_policy_status", "NoSuchBucketPolicy", "is_public", False),
    ("get_bucket_tagging", "NoSuchTagSet", "tags", {}),
    ("get_bucket_ownership_controls", "OwnershipControlsNotFoundError", "object_ownership", "NotConfigured"),
]
CALLS = [
    ("get_bucket_encryption", "encryption", "Denied", "Unknown"),
    ("get_bucket_versioning", "versioning", "Denied", "Unknown"),
    ("get_public_access_block", "public_access", "Denied", "Unknown"),
    ("get_bucket_policy_status", "is_public", None, None),
    ("get_bucket_tagging", "tags", None, None),
    ("get_bucket_ownership_controls", "object_ownership", "Denied", "Unknown"),
]


@pytest.mark.parametrize(("method", "code", "field", "value"), ABSENT)
def test_what_is_absent_is_no_error(connection, s3, refuse, method, code, field, value):
    refuse(method, code)

    record = look(connection)

    assert getattr(record, field) == value
    assert record.errors == {}


@pytest.mark.parametrize(("method", "field", "denied", "_"), CALLS)
def test_what_is_denied_is_denied_by_itself(connection, s3, refuse, method, field, denied, _):
    refuse(method, "AccessDenied")

    record = look(connection)

    assert getattr(record, field) == denied
    assert list(record.errors.values()) == ["AccessDenied"]
    assert record.exists


@pytest.mark.parametrize(("method", "field", "_", "unknown"), CALLS)
def test_what_fails_is_unknown(connection, s3, refuse, method, field, _, unknown):
    refuse(method, "MalformedXML")

    assert getattr(look(connection), field) == unknown


@pytest.mark.parametrize("name", ["lake", "theirs"])
def test_a_look_that_may_succeed_later_is_no_look(connection, s3, refuse, name):
    refuse("get_bucket_tagging", "SlowDown")
    refuse("head_bucket", "SlowDown")

    with pytest.raises(AWSError):
        look(connection, name=name)


@pytest.mark.parametrize(("flags", "state"), [(BLOCKED, "Blocked"), (OPEN, "Denied"), (None, "Denied")])
def test_the_account_level_counts_where_the_buckets_is_denied(connection, s3, refuse, flags, state):
    refuse("get_public_access_block", "AccessDenied")

    record = look(connection, account=AccountPublicAccessRecord("ok", flags))

    assert (record.public_access, record.public_access_flags) == (state, flags)


@pytest.mark.parametrize(
    ("own", "account", "state"),
    [(OPEN | {"BlockPublicAcls": True}, None, "Partial"), (OPEN, BLOCKED, "Blocked"), (OPEN, None, "NotConfigured")],
)
def test_a_flag_counts_when_either_level_sets_it(own, account, state):
    record = AccountPublicAccessRecord("ok", account)

    assert buckets.public_access({"flags": own}, record, "")["public_access"] == state


@pytest.mark.parametrize(
    ("flags", "public"), [(None, True), (BLOCKED, False), (OPEN | {"IgnorePublicAcls": True}, True)]
)
def test_a_public_policy_makes_a_bucket_public_unless_restricted(connection, s3, answer, flags, public):
    answer("get_bucket_policy_status", {"PolicyStatus": {"IsPublic": True}})

    assert look(connection, account=AccountPublicAccessRecord("ok", flags)).is_public is public


@pytest.mark.parametrize(
    ("grantee", "flags", "public"),
    [(EVERYBODY, None, True), (EVERYBODY, BLOCKED, False), ({"Type": "CanonicalUser", "ID": "x"}, None, False)],
)
def test_a_grant_to_everybody_makes_a_bucket_public_unless_ignored(
    connection, s3, answer, refuse, grantee, flags, public
):
    answer("get_bucket_acl", {"Grants": [{"Grantee": grantee, "Permission": "READ"}]})
    refuse("get_bucket_policy_status", "NoSuchBucketPolicy")

    assert look(connection, account=AccountPublicAccessRecord("ok", flags)).is_public is public


def test_a_denied_acl_is_told(connection, s3, refuse):
    refuse("get_bucket_acl", "AccessDenied")

    assert look(connection).errors == {"acl": "AccessDenied"}


def test_an_own_bucket_may_be_gone_since(connection):
    record = look(connection)

    assert record.exists is False
    assert "NoSuchBucket" in record.errors.values()


@pytest.mark.parametrize(("denied", "exists"), [(False, True), (True, None)])
def test_whose_a_bucket_is_may_be_unknown(connection, s3, refuse, denied, exists):
    if denied:
        refuse("get_bucket_tagging", "AccessDenied")

    record = look(connection, own=None)

    assert (record.owner, record.exists) == ("", exists)


@pytest.mark.parametrize(
    ("code", "owner", "exists", "state"),
    [("404", "", False, "Unknown"), ("403", "external", True, "Denied"), ("400", "external", None, "Unknown")],
)
def test_a_foreign_bucket_is_seen_from_outside(connection, refuse, code, owner, exists, state):
    refuse("head_bucket", code)

    record = look(connection, name="theirs")

    assert (record.owner, record.exists, record.encryption) == (owner, exists, state)
    assert record.errors == {"bucket": code}


def test_a_foreign_bucket_tells_its_region(connection, answer):
    answer("head_bucket", {"BucketRegion": "eu-west-1"})

    record = look(connection, name="theirs")

    assert (record.owner, record.exists, record.region) == ("external", True, "eu-west-1")
    assert connection.calls == {}
