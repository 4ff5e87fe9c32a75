"""The pages that people look at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.db.models import Count, Q
from django.urls import reverse
from django.utils.http import urlencode
from django.views.generic import TemplateView

from inventory.freshness import region_freshness
from inventory.models import Pipeline, Region

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
            pipeline_count=Count("pipelines", filter=Q(pipelines__missing_since=None), distinct=True),
            domain_count=Count("domains", filter=Q(domains__missing_since=None), distinct=True),
        )
        return super().get_context_data(
            version=settings.VERSION,
            regions=[(region, region_freshness(vars(region))) for region in regions],
            requests=_requests(),
            **kwargs,
        )


def _requests() -> list[tuple[str, str]]:
    """Text and address of requests that have an answer in the cache."""
    pipelines = Pipeline.objects.filter(PRESENT).select_related("region__account", "domain")
    shown = list(pipelines.order_by("-last_execution_time", "name")[:SHOWN_PIPELINES])
    found = [("Every region, its domains and its pipelines", reverse("inventory"))] if shown else []
    for pipeline in shown:
        where = {"region": pipeline.region.name, "account": pipeline.region.account.account_id}
        query = {"pipeline": pipeline.name, **where, "includeLatestExec": "true"}
        found.append((f"Lineage of {pipeline.name} in {pipeline.region.name}", _address("lineage", query)))
    return found + _domain_requests(shown)


def _domain_requests(pipelines: list[Pipeline]) -> list[tuple[str, str]]:
    domains = {pipeline.domain: pipeline.region for pipeline in pipelines if pipeline.domain}
    return [
        (
            f"Lineage of every pipeline of domain {domain.name}",
            _address(
                "lineage-by-domain",
                {"domain": domain.domain_id, "region": region.name, "account": region.account.account_id},
            ),
        )
        for domain, region in domains.items()
    ]


def _address(name: str, query: dict[str, str]) -> str:
    return f"{reverse(name)}?{urlencode(query)}"
