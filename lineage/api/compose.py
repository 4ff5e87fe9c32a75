"""A lineage document from its stored bytes: spliced, never parsed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import orjson

from inventory.api.conditional import entity_tag
from inventory.freshness import Freshness, pipeline_freshness

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet

    from inventory.models import Pipeline

FACTS = (
    "name", "arn", "problem", "synced_at", "matched_domain_id", "domain__domain_id", "domain__name",
    "domain_candidates",
    "region__name", "region__status", "region__problem", "region__synced_at", "region__account__account_id",
    "region__account__name", "lineage__digest", "lineage__problem", "lineage__rendered_at",
)  # fmt: skip
BODIES = {
    True: ("lineage__execution_body", "lineage__execution_data"),
    False: ("lineage__definition_body", "lineage__definition_data"),
}


@dataclass(frozen=True, slots=True)
class View:
    """Which of the stored bodies a request wants."""

    include_execution: bool
    with_data: bool

    @classmethod
    def of(cls, parameters: dict[str, Any]) -> View:
        return cls(parameters["includeLatestExec"], parameters["view"] != "pipeline")

    @property
    def columns(self) -> tuple[str, ...]:
        return BODIES[self.include_execution][: 2 if self.with_data else 1]


@dataclass(frozen=True, slots=True)
class StoredLineage:
    """One pipeline's stored document, and what the request adds to it."""

    row: dict[str, Any]
    view: View
    domain: str | None
    freshness: Freshness

    @property
    def name(self) -> str:
        return str(self.row["name"])

    @property
    def candidate(self) -> dict[str, Any]:
        """How the pipeline is told from one of the same name in another account."""
        return {
            "account": self.row["region__account__account_id"],
            "name": self.row["region__account__name"] or None,
            "region": self.row["region__name"],
            "arn": self.row["arn"],
        }

    @property
    def is_rendered(self) -> bool:
        return all(self.row[column] for column in self.view.columns)

    @property
    def reason(self) -> str:
        """Why there is no document."""
        return str(self.row["lineage__problem"] or self.row["problem"] or "Its lineage has not been rendered yet.")

    @property
    def modified(self) -> datetime | None:
        moments = (self.freshness.synced_at, self.row["lineage__rendered_at"])
        return max((moment for moment in moments if moment), default=None)

    @property
    def etag_parts(self) -> tuple[Any, ...]:
        state = (self.row["lineage__digest"], self.is_rendered, self.reason)
        return (self.row["arn"], *state, self.view.columns, self.domain_member(), self.freshness.as_member())

    @property
    def etag(self) -> str:
        return entity_tag(*self.etag_parts)

    def domain_member(self) -> dict[str, Any]:
        """The domain that was asked for, as far as it is known; {} when none was."""
        if self.domain is None:
            return {}
        matched = self.row["domain__domain_id"] or self.row["matched_domain_id"]
        if matched:
            return {"DomainId": matched, "DomainName": self.row["domain__name"]}
        return next(
            {"DomainId": hint.get("DomainId"), "DomainName": hint.get("DomainName")}
            for hint in self.row["domain_candidates"]
            if self.domain in names_of(hint)
        )

    def compose(self) -> bytes:
        body, *data = (bytes(self.row[column]) for column in self.view.columns)
        members = [b'{"domain":' + orjson.dumps(self.domain_member()), body[1:-1]]
        members += [b'"graphData":' + graph for graph in data]
        members.append(b'"cache":' + orjson.dumps(self.freshness.as_member()) + b"}")
        return b",".join(members)


def stored_lineage(pipelines: QuerySet[Pipeline], view: View, domain: str | None) -> list[StoredLineage]:
    """The documents of the pipelines of `domain`, by name and account; one query."""
    rows = pipelines.filter(missing_since=None).order_by("name", "region__account__account_id")
    return [
        StoredLineage(row, view, domain, _freshness(row))
        for row in rows.values(*FACTS, *view.columns)
        if domain is None or is_in_domain(row, domain)
    ]


def _freshness(row: dict[str, Any]) -> Freshness:
    """A document that could not be made of fresh facts has a problem, too."""
    fresh = pipeline_freshness(row)
    return replace(fresh, problem=fresh.problem or row["lineage__problem"] or None)


def is_in_domain(row: dict[str, Any], domain: str) -> bool:
    """By DomainId or DomainName. A pipeline whose hints are ambiguous is in each of the domains they may mean."""
    matched = row["domain__domain_id"] or row["matched_domain_id"]
    if matched:
        return domain in (matched, row["domain__name"])
    return any(domain in names_of(hint) for hint in row["domain_candidates"])


def names_of(hint: dict[str, Any]) -> tuple[Any, ...]:
    return (hint.get("DomainId"), hint.get("DomainName"))
