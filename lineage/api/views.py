"""GET /lineage and /lineage/by-domain, and a pipeline's lineage below /api/v1."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
from django.db.models import Q
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import viewsets
from rest_framework.exceptions import NotFound

from inventory.api.conditional import cached_document, entity_tag
from inventory.api.errors import AmbiguousAccountError, UnsyncedError
from inventory.api.parameters import account_condition, read_parameters
from inventory.api.unsynced import raise_unknown
from inventory.freshness import region_freshness
from inventory.models import Pipeline
from lineage.api.compose import StoredLineage, View, stored_lineage
from lineage.api.documents import DOMAIN_LINEAGE_RESPONSES, LINEAGE_RESPONSES
from lineage.api.parameters import DomainParameters, LineageParameters, ViewParameters

if TYPE_CHECKING:
    from django.http import HttpResponse
    from rest_framework.request import Request

REGION_MEMBERS = ("synced_at", "status", "problem")


class LineageViewSet(viewsets.ViewSet):
    """Lineage of the cached pipelines, from bytes that were rendered when their facts changed."""

    @extend_schema(
        operation_id="lineage",
        summary="The lineage of one pipeline",
        tags=["lineage"],
        parameters=[LineageParameters],
        responses=LINEAGE_RESPONSES,
    )
    def retrieve(self, request: Request) -> HttpResponse:
        """Its steps, what they read and write, how they depend on each other, and what the latest execution did."""
        parameters = read_parameters(LineageParameters, request)
        name, region = parameters["pipeline"], parameters["region"]
        condition = Q(
            Q(name=name) | Q(arn=name), account_condition(parameters, "region__account__"), region__name=region
        )
        found = stored_lineage(Pipeline.objects.filter(condition), View.of(parameters), parameters.get("domain"))
        if not found:
            raise_unknown(region, parameters, f"Pipeline '{name}' not found or not tagged for the given domain.")
        if len(found) > 1:
            raise AmbiguousAccountError(f"pipeline '{name}'", [document.candidate for document in found])
        return _document(request, found[0])

    @extend_schema(
        operation_id="lineage_by_domain",
        summary="The lineage of every pipeline of a domain",
        tags=["lineage"],
        parameters=[DomainParameters],
        responses=DOMAIN_LINEAGE_RESPONSES,
    )
    def by_domain(self, request: Request) -> HttpResponse:
        """A pipeline whose facts are incomplete says why, and does not fail the others."""
        parameters = read_parameters(DomainParameters, request)
        found = _of_domain(parameters)
        if not found:
            detail = f"No pipeline of domain '{parameters['domain']}' found in {parameters['region']}."
            raise_unknown(parameters["region"], parameters, detail)
        cache = _region_cache(found)
        etag = entity_tag("by-domain", parameters["domain"], cache, [document.etag_parts for document in found])
        modified = max((document.modified for document in found if document.modified), default=None)
        return cached_document(request, etag, modified, lambda: _domain_body(parameters, found, cache))


class PipelineLineageViewSet(viewsets.ViewSet):
    """A cached pipeline's lineage, by its id."""

    @extend_schema(
        operation_id="pipelines_lineage",
        summary="The lineage of one pipeline",
        tags=["pipelines"],
        parameters=[ViewParameters, OpenApiParameter("id", OpenApiTypes.INT, OpenApiParameter.PATH)],
        responses={code: LINEAGE_RESPONSES[code] for code in (200, 304, 404, 503)},
    )
    def retrieve(self, request: Request, pk: int) -> HttpResponse:
        """The same document as /lineage."""
        found = stored_lineage(Pipeline.objects.filter(pk=pk), View.of(read_parameters(ViewParameters, request)), None)
        if not found:
            raise NotFound(f"No pipeline has the id {pk}, or it is gone from AWS.")
        return _document(request, found[0])


def _document(request: Request, document: StoredLineage) -> HttpResponse:
    if not document.is_rendered:
        raise UnsyncedError(f"The lineage of pipeline '{document.name}' is not available: {document.reason}")
    return cached_document(request, document.etag, document.modified, document.compose)


def _of_domain(parameters: dict[str, Any]) -> list[StoredLineage]:
    domain = parameters["domain"]
    pipelines = Pipeline.objects.filter(
        Q(domain__domain_id=domain)
        | Q(domain__name=domain)
        | Q(matched_domain_id=domain)
        | Q(match_source=Pipeline.MatchSource.AMBIGUOUS),
        account_condition(parameters, "region__account__"),
        region__name=parameters["region"],
    )
    found = stored_lineage(pipelines, View.of(parameters), domain)
    accounts = {document.candidate["account"]: document.candidate for document in found}
    if len(accounts) > 1:
        candidates = [{key: account[key] for key in ("account", "name", "region")} for account in accounts.values()]
        raise AmbiguousAccountError(f"a domain '{domain}'", candidates)
    return found


def _region_cache(found: list[StoredLineage]) -> dict[str, Any]:
    row = found[0].row
    return region_freshness({member: row[f"region__{member}"] for member in REGION_MEMBERS}).as_member()


def _domain_body(parameters: dict[str, Any], found: list[StoredLineage], cache: dict[str, Any]) -> bytes:
    return orjson.dumps(
        {
            "region": parameters["region"],
            "domain": parameters["domain"],
            "count": len(found),
            "results": [_result(document) for document in found],
            "cache": cache,
        }
    )


def _result(document: StoredLineage) -> dict[str, Any]:
    if not document.is_rendered:
        return {"pipeline": document.name, "ok": False, "error": document.reason}
    return {"pipeline": document.name, "ok": True, "data": orjson.Fragment(document.compose())}
