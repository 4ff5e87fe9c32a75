"""The application that holds the meaning."""

from __future__ import annotations

from django.apps import AppConfig


class LineageConfig(AppConfig):
    name = "lineage"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from lineage import receivers  # noqa: F401  (connects to inventory's signal)
