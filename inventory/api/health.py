"""Is the service up, and is it ready to serve fresh facts?"""

from __future__ import annotations

from datetime import datetime, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from celery import current_app
from django.conf import settings
from django.db import DatabaseError, connection
from django.utils.timezone import now
from django_celery_beat.models import PeriodicTask
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from kombu.exceptions import OperationalError
from rest_framework import serializers, viewsets
from rest_framework.permissions import AllowAny
from rest_framework.response import Response

from inventory.models import WorkerHeartbeat

if TYPE_CHECKING:
    from rest_framework.request import Request

SILENT_FOR = timedelta(minutes=3)  # the heartbeat task runs every minute
BROKER_TIMEOUT_SECONDS = 2


class HealthSerializer(serializers.Serializer[Any]):
    status = serializers.CharField()
    version = serializers.CharField()


class ComponentSerializer(serializers.Serializer[Any]):
    ok = serializers.BooleanField()
    detail = serializers.CharField()


class ReadinessSerializer(serializers.Serializer[Any]):
    status = serializers.CharField(help_text="ok or unavailable.")
    components = serializers.DictField(child=ComponentSerializer(), help_text="database, broker, worker, beat.")


class HealthViewSet(viewsets.ViewSet):
    """For load balancers and people on call; needs no sign-in."""

    authentication_classes = ()
    permission_classes = (AllowAny,)

    @extend_schema(
        summary="Is the process up?",
        tags=["health"],
        auth=[],
        responses=OpenApiResponse(
            HealthSerializer,
            examples=[OpenApiExample("Up", {"status": "ok", "version": settings.VERSION})],
        ),
    )
    def live(self, request: Request) -> Response:
        """Answers without looking at the database or anything else."""
        return Response({"status": "ok", "version": settings.VERSION})

    @extend_schema(
        summary="Are the database, the broker, a worker and beat there?",
        tags=["health"],
        auth=[],
        responses={200: ReadinessSerializer, 503: ReadinessSerializer},
    )
    def ready(self, request: Request) -> Response:
        """200 when every component is there, else 503; both say which is not."""
        components = {"database": _database(), "broker": _broker()}
        known = components["database"]["ok"]
        components["worker"] = _age("A worker", _last_heartbeat()) if known else _unknown()
        components["beat"] = _age("Beat", _last_beat()) if known else _unknown()
        ok = all(component["ok"] for component in components.values())
        status = HTTPStatus.OK if ok else HTTPStatus.SERVICE_UNAVAILABLE
        return Response({"status": "ok" if ok else "unavailable", "components": components}, status)


def _database() -> dict[str, Any]:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return {"ok": False, "detail": "The database does not answer."}
    return {"ok": True, "detail": "The database answers."}


def _broker() -> dict[str, Any]:
    try:
        with current_app.connection_for_write() as broker:
            broker.ensure_connection(max_retries=1, interval_start=0, timeout=BROKER_TIMEOUT_SECONDS)
    except (OperationalError, OSError):
        return {"ok": False, "detail": "The broker does not answer."}
    return {"ok": True, "detail": "The broker answers."}


def _last_heartbeat() -> datetime | None:
    return WorkerHeartbeat.objects.values_list("beat_at", flat=True).order_by("-beat_at").first()


def _last_beat() -> datetime | None:
    last: datetime | None = PeriodicTask.objects.filter(name="heartbeat").values_list("last_run_at", flat=True).first()
    return last


def _age(who: str, heard: datetime | None) -> dict[str, Any]:
    if heard is None:
        return {"ok": False, "detail": f"{who} has never been heard of."}
    age = now() - heard
    return {"ok": age <= SILENT_FOR, "detail": f"{who} was last heard of {age.total_seconds():.0f} seconds ago."}


def _unknown() -> dict[str, Any]:
    return {"ok": False, "detail": "Not known while the database does not answer."}
