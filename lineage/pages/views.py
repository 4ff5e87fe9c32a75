"""The pages that people look at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.http import urlencode
from django.views.generic import TemplateView

from inventory.freshness import region_freshness
from inventory.models import Domain, Pipeline, Region, Sync
from lineage.pages.failures import latest_failures

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

SHOWN_PIPELINES = 10
PRESENT = Q(missing_since=None)


class HomeView(TemplateView):
    """What this is, the state of every region, and requests to try."""

    template_name = "lineage/home.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not (request.user.is_authenticated or settings.API_ANONYMOUS_READ):
            return redirect_to_login(request.get_full_path(), reverse("admin:login"))
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        regions = Region.objects.select_related("account").annotate(
            pipeline_count=_number_of(Pipeline), domain_count=_number_of(Domain)
        )
        failures = latest_failures()
        return super().get_context_data(
            version=settings.VERSION,
            regions=[
                (region, region_freshness(vars(region)), failures.get((region.account_id, region.name)))
                for region in regions
            ],
            syncs=Sync.objects.active(),
            requests=_requests(),
            **kwargs,
        )


def _requests() -> list[tuple[str, str]]:
    """Text and address of requests that have an answer in the cache."""
    pipelines = Pipeline.objects.filter(PRESENT).select_related("region__account", "domain")
    shown = list(pipelines.order_by("-last_execution_time", "name")[:SHOWN_PIPELINES])
    if not shown:
        return []
    return [
        ("Every region, its domains and its pipelines", reverse("inventory")),
        *_domain_requests(shown),
        *map(_pipeline_request, shown),
    ]


def _domain_requests(pipelines: list[Pipeline]) -> list[tuple[str, str]]:
    domains = {pipeline.domain: pipeline.region for pipeline in pipelines if pipeline.domain}
    return [
        (
            f"Lineage of every pipeline of domain {domain.name} in {region.name}",
            _address("lineage-by-domain", {"domain": domain.domain_id} | _where(region)),
        )
        for domain, region in domains.items()
    ]


def _pipeline_request(pipeline: Pipeline) -> tuple[str, str]:
    query = {"pipeline": pipeline.name} | _where(pipeline.region) | {"includeLatestExec": "true"}
    return f"Lineage of {pipeline.name} in {pipeline.region.name}", _address("lineage", query)


def _where(region: Region) -> dict[str, str]:
    return {"region": region.name, "account": region.account.account_id}


def _address(name: str, query: dict[str, str]) -> str:
    return f"{reverse(name)}?{urlencode(query)}"


def _number_of(model: type[Pipeline | Domain]) -> Coalesce:
    """Of a region, those that are not missing; by a subquery, since two joins would multiply them."""
    rows = model._default_manager.filter(region=OuterRef("pk"), missing_since=None).order_by()
    return Coalesce(Subquery(rows.values("region").annotate(number=Count("pk")).values("number")), 0)
