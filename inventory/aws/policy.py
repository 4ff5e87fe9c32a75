"""The permissions that the service needs, and the part of them that mends what is denied."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection

POLICY: dict[str, Any] = json.loads((Path(__file__).parent / "policy.json").read_text())


def actions(statement: dict[str, Any]) -> list[str]:
    """The actions of a statement, which may be written as one text."""
    listed = statement["Action"]
    return [listed] if isinstance(listed, str) else list(listed)


def needed_actions() -> list[str]:
    """Every action that is needed, in the policy's order."""
    return [action for statement in POLICY["Statement"] for action in actions(statement)]


def mending_policy(denied: Collection[str]) -> dict[str, Any] | None:
    """The smallest policy document that allows what is denied, with the policy's own resources and conditions.

    None when nothing is denied.
    """
    statements = [
        {**statement, "Action": missing}
        for statement in POLICY["Statement"]
        if (missing := [action for action in actions(statement) if action in denied])
    ]
    return {"Version": POLICY["Version"], "Statement": statements} if statements else None
