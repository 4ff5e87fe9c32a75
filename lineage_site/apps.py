"""The site as an application: it brings the commands that run the service."""

from __future__ import annotations

from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "lineage_site"
