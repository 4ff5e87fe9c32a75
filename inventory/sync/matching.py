"""Which Studio domain a pipeline belongs to, and how we know."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from inventory.models import Pipeline
from inventory.sync.rows import update_rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from django.db.models import QuerySet

    from inventory.models import Domain, Region

Source = Pipeline.MatchSource
BATCH = 500
FIELDS = ("domain_id", "matched_domain_id", "match_source", "domain_candidates")
READ = (*FIELDS, "tags", "created_by", "last_modified_by", "latest_execution__created_by")


class Domains:
    """The domains of a region, by id and by name."""

    def __init__(self, region: Region) -> None:
        self.region_name = region.name
        self.account_id = region.account.account_id
        rows = list(region.domains.order_by("missing_since"))
        self.by_id = {row.domain_id: row for row in rows}
        self.by_name: dict[str, list[Domain]] = defaultdict(list)
        for row in rows:
            self.by_name[row.name].append(row)


def match_domains(region: Region, queryset: QuerySet[Pipeline]) -> None:
    """Match every pipeline of `queryset`, all of one region, again; write those whose match changed."""
    domains = Domains(region)
    rows = queryset.select_related("latest_execution").only(*READ).order_by("pk")
    last = 0
    while batch := list(rows.filter(pk__gt=last)[:BATCH]):
        update_rows([row for row in batch if _match(row, domains)], FIELDS)
        last = batch[-1].pk


def _match(row: Pipeline, domains: Domains) -> bool:
    candidates = list(_candidates(row, domains))
    before = tuple(getattr(row, name) for name in FIELDS)
    source, ids = candidates[0] if candidates else (Source.NONE, [])
    row.match_source = source if len(ids) <= 1 else Source.AMBIGUOUS
    row.matched_domain_id = ids[0] if len(ids) == 1 else ""
    row.domain = domains.by_id.get(row.matched_domain_id)
    row.domain_candidates = [
        {
            "source": str(hint),
            "DomainId": domain_id,
            "DomainName": domains.by_id[domain_id].name if domain_id in domains.by_id else None,
        }
        for hint, found in candidates
        for domain_id in found
    ]
    return before != tuple(getattr(row, name) for name in FIELDS)


def _candidates(row: Pipeline, domains: Domains) -> Iterator[tuple[str, list[str]]]:
    """Every hint, the most trustworthy first: its source and the DomainIds it names."""
    tags: Mapping[str, str] = row.tags
    if domain_id := _id_of_arn(tags.get("sagemaker:domain-arn", ""), domains):
        yield Source.DOMAIN_ARN_TAG, [domain_id]
    if tags.get("DomainId"):
        yield Source.DOMAIN_ID_TAG, [tags["DomainId"]]
    if found := domains.by_name.get(tags.get("DomainName", "")):
        yield Source.DOMAIN_NAME_TAG, [domain.domain_id for domain in found]
    execution = row.latest_execution.created_by if row.latest_execution else {}
    contexts: tuple[tuple[str, Mapping[str, Any]], ...] = (
        (Source.CREATED_BY, row.created_by),
        (Source.LAST_MODIFIED_BY, row.last_modified_by),
        (Source.EXECUTION, execution),
    )
    for source, context in contexts:
        if context.get("DomainId"):
            yield source, [context["DomainId"]]


def _id_of_arn(arn: str, domains: Domains) -> str:
    """The DomainId of a domain's ARN, where it is one of the pipeline's own account and region."""
    parts = arn.split(":", 5)
    own = len(parts) == 6 and parts[3:5] == [domains.region_name, domains.account_id]
    return parts[5].removeprefix("domain/") if own and parts[5].startswith("domain/") else ""
