"""Ways into accounts: the default credentials, a profile, or a role; one boto3 session for each."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import boto3
import botocore.session
from botocore.credentials import AssumeRoleCredentialFetcher, DeferredRefreshableCredentials
from botocore.exceptions import NoCredentialsError, UnknownRegionError
from botocore.loaders import create_loader

from inventory.aws.answers import AnswerParserFactory
from inventory.aws.errors import AWSError, ErrorKind, translated_errors

if TYPE_CHECKING:
    from typing import Any

HOME_REGIONS = {"aws": "us-east-1", "aws-cn": "cn-north-1", "aws-us-gov": "us-gov-west-1"}
SESSION_NAME = "sagemaker-lineage"
SERVICE_MODELS = create_loader()  # of all sessions: each would read them again, 0.4 s and 18 MB


@dataclass(frozen=True, slots=True)
class Access:
    """How an account is entered. A role is assumed with the profile's credentials, or the default ones."""

    account_id: str = ""
    partition: str = "aws"
    profile: str = ""
    role_arn: str = ""
    external_id: str = ""

    @property
    def home_region(self) -> str:
        """Where the partition's global things are asked for."""
        return HOME_REGIONS.get(self.partition, HOME_REGIONS["aws"])


@dataclass(frozen=True, slots=True)
class Identity:
    """Whose credentials these are."""

    account_id: str
    partition: str
    arn: str


class Sessions:
    """The sessions of this process. Sessions are no threads' own: clients are made under the lock."""

    def __init__(self) -> None:
        self._sessions: dict[Access, boto3.Session] = {}
        self._verified: set[Access] = set()
        self._lock = threading.Lock()

    def client(self, access: Access, service: str, region: str, config: Any) -> Any:
        """A new client. Raises AWSError when there are no credentials."""
        with translated_errors(f"a client of {service}"), self._lock:
            return self._session(access).client(service, region_name=region, config=config)  # type: ignore[call-overload]

    def region(self, access: Access) -> str:
        """The region the credentials are at home in."""
        with translated_errors("the configuration"), self._lock:
            session = self._session(access)
            return _own_region(session, access, session.region_name)

    def verify(self, access: Access) -> None:
        """Raise AWSError unless the credentials are the account's: another's empty listing would hide all we know.

        Asks once per process; the ARN of a role already tells.
        """
        if access.role_arn or access in self._verified:
            return
        found = identify(access).account_id
        if found != access.account_id:
            message = (
                f"The credentials are of account {found}, not of {access.account_id}: give it a role or a profile."
            )
            raise AWSError(ErrorKind.CREDENTIALS, "GetCallerIdentity", "WrongAccount", message)
        self._verified.add(access)

    def forget(self, access: Access) -> None:
        """Read the credentials anew when they are needed again: a session keeps those that it found."""
        with self._lock:
            self._sessions.pop(access, None)
            self._verified.discard(access)

    def _session(self, access: Access) -> boto3.Session:
        if access not in self._sessions:
            self._sessions[access] = _new_session(access)
        return self._sessions[access]


sessions = Sessions()


def identify(access: Access) -> Identity:
    """Ask STS whose credentials these are."""
    with translated_errors("GetCallerIdentity"):
        answer = sessions.client(access, "sts", sessions.region(access), None).get_caller_identity()
    arn = answer["Arn"]
    return Identity(answer["Account"], arn.split(":")[1], arn)


def _new_session(access: Access) -> boto3.Session:
    core = botocore.session.Session(profile=access.profile or None)
    core.register_component("data_loader", SERVICE_MODELS)
    core.register_component("response_parser_factory", AnswerParserFactory())
    if access.role_arn:
        core._credentials = _assumed(core, access)  # type: ignore[attr-defined]  # as botocore's own providers set it
    return boto3.Session(botocore_session=core)


def _own_region(session: boto3.Session | botocore.session.Session, access: Access, configured: str | None) -> str:
    """What is configured, unless that is of another partition, where the account's credentials are not known.

    Of credentials that are asked whose they are, the configuration alone tells the partition.
    """
    try:
        partition = session.get_partition_for_region(configured) if configured else ""
    except UnknownRegionError:
        partition = ""
    is_own = bool(partition) and (partition == access.partition or not access.account_id)
    return configured if configured and is_own else access.home_region


def _assumed(core: botocore.session.Session, access: Access) -> DeferredRefreshableCredentials:
    """Credentials of the role, which botocore renews before they expire."""
    source = botocore.session.Session(profile=access.profile or None)
    own = source.get_credentials()
    if own is None:
        raise NoCredentialsError
    # A token of the regional STS is good in every region; one of the global STS only where regions are on by default.
    region = _own_region(core, access, core.get_config_variable("region"))
    arguments = {"RoleSessionName": SESSION_NAME}
    if access.external_id:
        arguments["ExternalId"] = access.external_id
    fetcher = AssumeRoleCredentialFetcher(
        client_creator=partial(source.create_client, region_name=region),
        source_credentials=own,
        role_arn=access.role_arn,
        extra_args=arguments,
    )
    return DeferredRefreshableCredentials(method="assume-role", refresh_using=fetcher.fetch_credentials)
