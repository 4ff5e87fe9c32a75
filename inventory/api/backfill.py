"""Older executions of a pipeline, below /api/v1/pipelines/{id}: a request to read their steps."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, cast

from django.conf import settings
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.response import Response
from rest_framework.reverse import reverse

from inventory import sync, tasks
from inventory.api.documents import error_example
from inventory.api.permissions import SyncPermission
from inventory.api.views import PipelineViewSet
from inventory.models import Pipeline, Sync

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from rest_framework.request import Request

MOST = 10_000


class BackfillRequestSerializer(serializers.Serializer[Any]):
    count = serializers.IntegerField(
        required=False,
        min_value=1,
        max_value=MOST,
        help_text="How many executions, the newest of those without steps; SYNC_EXECUTIONS_PER_PIPELINE by default.",
    )


class BackfillSerializer(serializers.Serializer[Any]):
    queued = serializers.IntegerField(help_text="Executions that were not asked for before.")
    sync = serializers.IntegerField(
        allow_null=True, help_text="The sync that reads them; null where the steps of all are known."
    )


class BackfilledPipelineViewSet(PipelineViewSet):
    """Pipelines, and how to know more of their past."""

    @extend_schema(
        operation_id="pipelines_backfill",
        request=BackfillRequestSerializer,
        examples=[
            OpenApiExample("The newest ten", {"count": 10}, request_only=True),
            OpenApiExample("Queued", {"queued": 10, "sync": 7}, response_only=True, status_codes=["202"]),
        ],
        responses={
            202: OpenApiResponse(BackfillSerializer, description="Location is where to watch the sync."),
            400: error_example("count: Ensure this value is greater than or equal to 1."),
        },
    )
    @action(detail=True, methods=("post",), permission_classes=(SyncPermission,), filter_backends=())
    def backfill(self, request: Request, pk: str) -> Response:
        """Ask for the steps and jobs of older executions. Needs the permission inventory.add_sync."""
        wanted = BackfillRequestSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        most = wanted.validated_data.get("count", settings.SYNC_EXECUTIONS_PER_PIPELINE)
        pipelines = Pipeline.objects.filter(pk=self.get_object().pk)
        queued, syncs = tasks.enqueue_backfill(
            sync.newest_without_steps(pipelines, most), trigger=Sync.Trigger.API, user=cast("User", request.user)
        )
        headers = {"Location": reverse("sync-detail", args=(syncs[0].pk,), request=request)} if syncs else {}
        body = {"queued": queued, "sync": syncs[0].pk if syncs else None}
        return Response(BackfillSerializer(body).data, HTTPStatus.ACCEPTED, headers=headers)
