"""Every URL of the service."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path, re_path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.routers import DefaultRouter

import inventory.api.urls
import lineage.api.urls
from lineage.pages.views import HomeView

router = DefaultRouter(trailing_slash=False)
router.include_format_suffixes = False
router.trailing_slash = "/?"
inventory.api.urls.register(router)
lineage.api.urls.register(router)

v1 = [
    re_path(r"^schema/?$", SpectacularAPIView.as_view(), name="schema"),
    re_path(r"^docs/?$", SpectacularSwaggerSplitView.as_view(url_name="schema"), name="docs"),
    *lineage.api.urls.BY_ID,
    *router.urls,
]
urlpatterns = [
    path("", HomeView.as_view(), name="home"),
    *inventory.api.urls.ORIGINAL,
    *lineage.api.urls.ORIGINAL,
    path("api/v1", router.get_api_root_view()),
    path("api/v1/", include(v1)),
    path("admin/", admin.site.urls),
]
handler404 = "inventory.api.errors.not_found"
handler500 = "inventory.api.errors.server_error"
