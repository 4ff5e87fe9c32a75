"""The Django project: settings, URLs, Celery application, WSGI entry."""

from __future__ import annotations
