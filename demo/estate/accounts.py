"""The company's accounts, and how each is entered."""

from __future__ import annotations

from dataclasses import dataclass

from . import ACCOUNT_ID, RESEARCH_ID, STORES_ID


@dataclass(frozen=True)
class Account:
    """`role` is assumed from the main account; `profile` names credentials of the account's own."""

    account_id: str
    name: str
    role: str = ""
    external_id: str = ""
    profile: str = ""

    @property
    def role_arn(self) -> str:
        return f"arn:aws:iam::{self.account_id}:role/{self.role}" if self.role else ""

    @property
    def access_key(self) -> str:
        """Of the profile, or the main account's, which unknown keys are taken for."""
        return f"AKIADEMO{self.account_id}" if self.profile else "demo"


MAIN = Account(ACCOUNT_ID, "acme-platform")
ACCOUNTS = (
    MAIN,
    Account(STORES_ID, "acme-stores", role="sagemaker-lineage-reader", external_id="acme-lineage-7f3a"),
    Account(RESEARCH_ID, "acme-research", profile="acme-research"),
)
