"""GET /inventory: every region with its domains and pipelines."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

import orjson
from django.conf import settings
from django.db.models import TextField
from django.db.models.functions import Cast
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, viewsets

from inventory.api.conditional import cached_document, entity_tag
from inventory.api.documents import INVENTORY_RESPONSES
from inventory.api.parameters import AccountParameters, Flag, account_condition, read_parameters, region_name
from inventory.api.unsynced import check_account, how_to_sync
from inventory.freshness import region_freshness
from inventory.models import Domain, Pipeline, Region

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpResponse
    from rest_framework.request import Request

Row = dict[str, Any]
NEVER = Region.Status.NEVER_SYNCED.value


class InventoryParameters(AccountParameters):
    regions = serializers.CharField(required=False, help_text="Comma-separated; all that are configured by default.")
    includeMissing = Flag(default=False, help_text="Also pipelines that a later complete sync no longer saw.")  # noqa: N815  (the contract's name)

    def validate_regions(self, value: str) -> list[str]:
        return [region_name(name.strip()) for name in value.split(",") if name.strip()]


class InventoryViewSet(viewsets.ViewSet):
    """The inventory of the cached regions."""

    @extend_schema(
        summary="Regions with their domains and pipelines",
        tags=["lineage"],
        parameters=[InventoryParameters],
        responses=INVENTORY_RESPONSES,
    )
    def list(self, request: Request) -> HttpResponse:
        """What the last syncs saw. A region whose last sync failed keeps its last known good lists."""
        parameters = read_parameters(InventoryParameters, request)
        regions = _regions(parameters)
        entries = [_entry(region) for region in regions]
        pipelines = (
            Pipeline.objects.all() if parameters["includeMissing"] else Pipeline.objects.filter(missing_since=None)
        )
        etag = entity_tag("inventory", parameters, [region["revision"] for region in regions], entries)
        modified = max((region["synced_at"] for region in regions if region["synced_at"]), default=None)
        return cached_document(request, etag, modified, lambda: _body(regions, entries, pipelines))


def _regions(parameters: Row) -> list[Row]:
    """The regions asked for, by region and account: rows of the cache, and a stand-in for each that has none."""
    names = parameters.get("regions")
    rows = Region.objects.filter(account_condition(parameters))
    if names is not None:
        rows = rows.filter(name__in=names)
    known: list[Any] = list(
        rows.values("pk", "name", "account__account_id", "status", "problem", "synced_at", "revision")
    )
    if not known:
        check_account(parameters)
    absent = set(settings.SYNC_REGIONS if names is None else names) - {region["name"] for region in known}
    stand_ins = [_stand_in(name, parameters.get("account")) for name in absent]
    return sorted(known + stand_ins, key=lambda region: (region["name"], region["account__account_id"] or ""))


def _stand_in(name: str, account: str | None) -> Row:
    configured = name in settings.SYNC_REGIONS
    problem = "It has not been synced yet." if configured else f"It is not configured. {how_to_sync(name)}"
    return {
        "pk": None,
        "name": name,
        "account__account_id": account,
        "status": NEVER,
        "problem": problem,
        "synced_at": None,
        "revision": 0,
    }


def _entry(region: Row) -> Row:
    entry = {
        "region": region["name"],
        "account": region["account__account_id"],
        "status": region["status"],
        "cache": region_freshness(region).as_member(),
    }
    if region["status"] != Region.Status.OK:
        entry["error"] = region["problem"] or f"Its last sync did not succeed: {region['status']}."
    return entry


def _body(regions: list[Row], entries: list[Row], pipelines: QuerySet[Pipeline]) -> bytes:
    keys = [region["pk"] for region in regions if region["pk"]]
    domains_of, pipelines_of = _domains(keys), _pipelines(pipelines.filter(region__in=keys))
    for region, entry in zip(regions, entries, strict=True):
        entry["domains"] = domains_of[region["pk"]]
        entry["pipelines"] = pipelines_of[region["pk"]]
    return orjson.dumps({"regions": entries})


def _domains(regions: list[int]) -> dict[int, list[Row]]:
    found: dict[int, list[Row]] = defaultdict(list)
    rows = Domain.objects.filter(region__in=regions, missing_since=None).order_by("name", "domain_id")
    for region, domain_id, name in rows.values_list("region", "domain_id", "name"):
        found[region].append({"DomainId": domain_id, "DomainName": name})
    return found


def _pipelines(pipelines: QuerySet[Pipeline]) -> dict[int, list[Row]]:
    """Ten thousand of them stay quick: plain tuples, and tags copied as text without parsing them."""
    found: dict[int, list[Row]] = defaultdict(list)
    columns = pipelines.order_by("name", "pk").annotate(tags_text=Cast("tags", TextField())).values_list(
        "region", "name", "arn", "last_modified", "tags_text", "matched_domain_id", "domain__domain_id", "domain__name",
        "display_name", "last_execution_time", "latest_execution__status", "match_source", "missing_since",
    )  # fmt: skip
    for region, *values in columns.iterator(chunk_size=2000):
        found[region].append(_pipeline(*values))
    return found


def _pipeline(
    name: str, arn: str, modified: Any, tags: str, matched: str, domain_id: str | None, domain_name: str | None,
    display_name: str, executed: Any, execution_status: str | None, match_source: str, missing_since: Any,
) -> Row:  # fmt: skip
    identity = domain_id or matched
    return {
        "name": name,
        "arn": arn,
        "lastModifiedTime": modified,
        "tags": orjson.Fragment(tags),
        "matchedDomain": {"DomainId": identity, "DomainName": domain_name} if identity else None,
        "displayName": display_name,
        "lastExecutionTime": executed,
        "lastExecutionStatus": execution_status,
        "matchSource": match_source,
        "missingSince": missing_since,
    }
