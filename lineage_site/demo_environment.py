"""The environment of the demo's processes: its own data, its own AWS, nothing of the caller's account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from demo.estate import DENIED_REGION, REGIONS
from demo.estate.accounts import ACCOUNTS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# Whatever of the caller's would lead to other data, another AWS or another account.
FOREIGN = (
    "AWS_CA_BUNDLE",
    "AWS_PROFILE",
    "AWS_REGION",
    "AWS_ROLE_ARN",
    "AWS_SESSION_TOKEN",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "DATABASE_URL",
    "DJANGO_SETTINGS_MODULE",
    "HTTPS_ONLY",
    "REDIS_URL",
)
ADMIN = {
    "DJANGO_SUPERUSER_USERNAME": "admin",
    "DJANGO_SUPERUSER_PASSWORD": "admin",
    "DJANGO_SUPERUSER_EMAIL": "admin@example.com",
}


CREDENTIALS = "aws-credentials"
SECTION = "[{name}]\naws_access_key_id = {key}\naws_secret_access_key = demo\n"


def demo_environment(data_dir: Path, endpoint_url: str) -> dict[str, str]:
    return {
        "DATA_DIR": str(data_dir),
        "API_ANONYMOUS_READ": "true",
        "SYNC_REGIONS": ",".join((*REGIONS, DENIED_REGION)),
        "AWS_ENDPOINT_URL": endpoint_url,
        "AWS_ACCESS_KEY_ID": "demo",
        "AWS_SECRET_ACCESS_KEY": "demo",
        "AWS_CALLS_PER_SECOND": "1000",
        "AWS_DEFAULT_REGION": REGIONS[0],
        "AWS_CONFIG_FILE": str(data_dir / "no-aws-config"),
        "AWS_SHARED_CREDENTIALS_FILE": str(data_dir / CREDENTIALS),
        "AWS_EC2_METADATA_DISABLED": "true",
        "NO_PROXY": "127.0.0.1,localhost",
        "no_proxy": "127.0.0.1,localhost",
    }


def write_credentials(data_dir: Path) -> None:
    """The profiles of the accounts that are entered by one."""
    sections = [SECTION.format(name=account.profile, key=account.access_key) for account in ACCOUNTS if account.profile]
    (data_dir / CREDENTIALS).write_text("\n".join(sections))


def account_options() -> Iterator[tuple[str, ...]]:
    """What `manage.py add_account` is to be told of each account."""
    for account in ACCOUNTS:
        given = {
            "--name": account.name,
            "--role-arn": account.role_arn,
            "--external-id": account.external_id,
            "--profile": account.profile,
        }
        yield account.account_id, *(f"{option}={value}" for option, value in given.items() if value)
