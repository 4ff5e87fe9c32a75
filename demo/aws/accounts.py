"""Whose credentials are whose, beyond moto: keys that name their account, and roles that ask for an external ID."""

from __future__ import annotations

import re
import threading
from urllib.parse import parse_qs

from moto.iam import models

from .traffic import Call, Fault

KEY = re.compile(r"AKIADEMO(\d{12})")
REFUSAL = "User is not authorized to perform: sts:AssumeRole on resource: the trust policy asks for an external ID"


class Trust:
    """Roles by ARN, and the external ID that each asks for; other roles let everybody in, as in moto."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._external_ids: dict[str, str] = {}

    def set(self, external_ids: dict[str, str]) -> None:
        with self._lock:
            self._external_ids = dict(external_ids)

    def clear(self) -> None:
        self.set({})

    def refuses(self, role_arn: str, external_id: str) -> bool:
        with self._lock:
            return self._external_ids.get(role_arn, external_id) != external_id


TRUST = Trust()


def trust_fault(call: Call) -> Fault | None:
    """AccessDenied for who assumes a role without its external ID."""
    if (call.service, call.action) != ("sts", "AssumeRole"):
        return None
    asked = parse_qs(call.resource.lstrip("/"))
    role, external_id = (asked.get(name, [""])[0] for name in ("RoleArn", "ExternalId"))
    return Fault("AccessDenied", message=REFUSAL) if TRUST.refuses(role, external_id) else None


def install() -> None:
    """moto looks the account of a key up anew for each request, by the name of this function."""
    original = getattr(models.get_account_id_from, "__wrapped__", models.get_account_id_from)

    def account_of(access_key: str) -> str:
        named = KEY.fullmatch(access_key)
        return named[1] if named else original(access_key)

    vars(account_of)["__wrapped__"] = original
    models.get_account_id_from = account_of
