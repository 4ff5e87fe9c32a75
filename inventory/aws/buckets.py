"""What protects a bucket: six calls, and a seventh where grants count; each field's denial apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from inventory.aws.errors import AWSError, ErrorKind, translated_errors
from inventory.aws.masking import masked
from inventory.aws.paging import pages
from inventory.aws.records import AccountPublicAccessRecord, BucketRecord

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from inventory.aws.client import Connection

FLAGS = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
EVERYBODY = ("/AllUsers", "/AuthenticatedUsers")
Fields = dict[str, Any]


def crawl_own_buckets(connection: Connection) -> dict[str, str] | None:
    """The account's buckets and their regions ('' where not told); None when we may not list them.

    Raises AWSError when the listing may come later.
    """
    client = connection.s3(connection.region)
    try:
        listed = pages("ListBuckets", client.list_buckets, "Buckets", token="ContinuationToken", MaxBuckets=10000)  # noqa: S106
        return {raw["Name"]: raw.get("BucketRegion", "") for page in listed for raw in page}
    except AWSError as error:
        if error.is_transient:
            raise
        return None


def crawl_account_public_access(connection: Connection) -> AccountPublicAccessRecord:
    """The account level of the public access block; Unknown where it cannot be asked for."""
    try:
        with translated_errors("GetPublicAccessBlock"):
            client = connection.client("s3control")
            raw = client.get_public_access_block(AccountId=connection.account_id)
    except AWSError as error:
        if error.code == "NoSuchPublicAccessBlockConfiguration":
            return AccountPublicAccessRecord("ok", None)
        return AccountPublicAccessRecord("Denied" if error.kind is ErrorKind.DENIED else "Unknown", None)
    return AccountPublicAccessRecord("ok", _flags(raw["PublicAccessBlockConfiguration"]))


def crawl_bucket(
    connection: Connection, name: str, own: Mapping[str, str] | None, account_level: AccountPublicAccessRecord
) -> BucketRecord:
    """Look at one bucket, in its own region; at a foreign one only from outside.

    Raises AWSError when a part of the answer may come later: half a look would hide what is known.
    """
    if own is not None and name not in own:
        return _foreign(connection, name)
    client = connection.s3((own or {}).get(name) or connection.region)
    look = Look(client, name)
    fields: Fields = {"encryption": "Unknown", "versioning": "Unknown", "object_ownership": "Unknown"}
    fields |= look.at("encryption", "GetBucketEncryption", client.get_bucket_encryption, parse_encryption)
    fields |= look.at("versioning", "GetBucketVersioning", client.get_bucket_versioning, parse_versioning)
    flags = look.at("public_access", "GetPublicAccessBlock", client.get_public_access_block, parse_public_access)
    policy = look.at("policy", "GetBucketPolicyStatus", client.get_bucket_policy_status, parse_policy_status)
    fields |= look.at("tags", "GetBucketTagging", client.get_bucket_tagging, parse_tagging)
    fields |= look.at(
        "object_ownership", "GetBucketOwnershipControls", client.get_bucket_ownership_controls, parse_ownership
    )
    fields |= public_access(flags, account_level, look.errors.get("public_access", ""))
    grants = {}
    if _grants_count(fields):
        grants = look.at("acl", "GetBucketAcl", client.get_bucket_acl, parse_acl)
    fields["is_public"] = is_public(policy, grants, fields["public_access_flags"])
    exists = False if "NoSuchBucket" in look.errors.values() else None if own is None and look.errors else True
    return _record(name, (own or {}).get(name, ""), "own" if own else "", fields, look.errors, exists=exists)


class Look:
    """Asks a bucket one thing after another, and remembers what it would not tell."""

    def __init__(self, client: Any, name: str) -> None:
        self.client = client
        self.name = name
        self.errors: dict[str, str] = {}

    def at(
        self, field: str, operation: str, call: Callable[..., Any], parse: Callable[[Mapping[str, Any]], Fields]
    ) -> Fields:
        """The fields that an answer gives; of an absent configuration, what its absence means."""
        try:
            with translated_errors(operation):
                return parse(call(Bucket=self.name))
        except AWSError as error:
            if error.is_transient:
                raise
            if error.code in ABSENT:
                return parse({})
            self.errors[field] = error.code
            return {field: "Denied" if error.kind is ErrorKind.DENIED else "Unknown"} if field in STATES else {}


ABSENT = frozenset(
    {
        "ServerSideEncryptionConfigurationNotFoundError",
        "NoSuchPublicAccessBlockConfiguration",
        "NoSuchBucketPolicy",
        "NoSuchTagSet",
        "OwnershipControlsNotFoundError",
    }
)
STATES = frozenset({"encryption", "versioning", "object_ownership"})


def parse_encryption(raw: Mapping[str, Any]) -> Fields:
    rules = (raw.get("ServerSideEncryptionConfiguration") or {}).get("Rules") or [{}]
    default = rules[0].get("ApplyServerSideEncryptionByDefault") or {}
    return {
        "encryption": default.get("SSEAlgorithm") or "NotConfigured",
        "kms_key_id": default.get("KMSMasterKeyID") or "",
        "bucket_key_enabled": rules[0].get("BucketKeyEnabled"),
    }


def parse_versioning(raw: Mapping[str, Any]) -> Fields:
    """A bucket that never had versioning answers with nothing."""
    return {"versioning": raw.get("Status") or "Disabled", "mfa_delete": raw.get("MFADelete") or "Disabled"}


def parse_public_access(raw: Mapping[str, Any]) -> Fields:
    configuration = raw.get("PublicAccessBlockConfiguration")
    return {"flags": _flags(configuration) if configuration else None}


def parse_policy_status(raw: Mapping[str, Any]) -> Fields:
    return {"public": bool((raw.get("PolicyStatus") or {}).get("IsPublic"))}


def parse_tagging(raw: Mapping[str, Any]) -> Fields:
    return {"tags": {tag["Key"]: tag["Value"] for tag in masked(list(raw.get("TagSet") or []))}}


def parse_ownership(raw: Mapping[str, Any]) -> Fields:
    rules = (raw.get("OwnershipControls") or {}).get("Rules") or [{}]
    return {"object_ownership": rules[0].get("ObjectOwnership") or "NotConfigured"}


def parse_acl(raw: Mapping[str, Any]) -> Fields:
    grantees = [(grant.get("Grantee") or {}).get("URI", "") for grant in raw.get("Grants") or []]
    return {"public": any(uri.endswith(EVERYBODY) for uri in grantees)}


def public_access(flags: Fields, account_level: AccountPublicAccessRecord, error: str) -> Fields:
    """Bucket and account level together: a flag counts when either sets it."""
    if error:
        state = "Denied" if error.startswith(("AccessDenied", "403")) else "Unknown"
        own = dict(account_level.flags or {})
        return {"public_access": "Blocked" if own and all(own.values()) else state, "public_access_flags": own or None}
    levels = [level for level in (flags.get("flags"), account_level.flags) if level]
    effective = {flag: any(level.get(flag) for level in levels) for flag in FLAGS}
    if not any(effective.values()):
        return {"public_access": "NotConfigured", "public_access_flags": effective if levels else None}
    return {"public_access": "Blocked" if all(effective.values()) else "Partial", "public_access_flags": effective}


def is_public(policy: Fields, grants: Fields, flags: Mapping[str, bool] | None) -> bool | None:
    """Whether anybody may read or write it, by grants that count; None when the policy may not be seen."""
    by_policy = policy.get("public") and not (flags or {}).get("RestrictPublicBuckets")
    if by_policy or grants.get("public"):
        return True
    return False if "public" in policy else None


def _grants_count(fields: Fields) -> bool:
    """Whether the bucket's ACL is in force, as far as that is told, and may make it public."""
    if fields["object_ownership"] in ("BucketOwnerEnforced", "Denied", "Unknown"):
        return False
    return not (fields["public_access_flags"] or {}).get("IgnorePublicAcls")


def _foreign(connection: Connection, name: str) -> BucketRecord:
    """A bucket of another account, or of nobody: HeadBucket tells which, and its region."""
    try:
        with translated_errors("HeadBucket"):
            raw = connection.s3(connection.region).head_bucket(Bucket=name)
    except AWSError as error:
        if error.is_transient:
            raise
        gone = error.kind is ErrorKind.NOT_FOUND
        state = "Denied" if error.kind is ErrorKind.DENIED else "Unknown"
        fields = {"encryption": state, "versioning": state, "public_access": state, "object_ownership": state}
        exists = False if gone else (True if state == "Denied" else None)
        return _record(name, "", "" if gone else "external", fields, {"bucket": error.code}, exists=exists)
    return _record(name, raw.get("BucketRegion") or "", "external", {}, {}, exists=True)


def _record(
    name: str, region: str, owner: str, fields: Fields, errors: Mapping[str, str], *, exists: bool | None
) -> BucketRecord:
    return BucketRecord(
        name=name,
        region=region,
        owner=owner,
        exists=exists,
        encryption=fields.get("encryption", "Unknown"),
        kms_key_id=fields.get("kms_key_id", ""),
        bucket_key_enabled=fields.get("bucket_key_enabled"),
        versioning=fields.get("versioning", "Unknown"),
        mfa_delete=fields.get("mfa_delete", "Unknown"),
        public_access=fields.get("public_access", "Unknown"),
        public_access_flags=fields.get("public_access_flags"),
        is_public=fields.get("is_public"),
        object_ownership=fields.get("object_ownership", "Unknown"),
        tags=fields.get("tags"),
        errors=dict(errors),
    )


def _flags(raw: Mapping[str, Any]) -> dict[str, bool]:
    return {flag: bool(raw.get(flag)) for flag in FLAGS}
