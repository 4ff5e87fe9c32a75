"""Syncs below /api/v1: ask for one, watch it, cancel it."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, cast

from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework import mixins, viewsets
from rest_framework.decorators import action
from rest_framework.response import Response
from rest_framework.reverse import reverse

from inventory import tasks
from inventory.api.documents import error_example
from inventory.api.errors import ConflictError
from inventory.api.filters import SyncFilter
from inventory.api.permissions import SyncPermission
from inventory.api.sync_serializers import ScopeSerializer, SyncDetailSerializer, SyncSerializer
from inventory.models import Sync

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from rest_framework.request import Request


class SyncViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Sync]):
    """Requests to refresh facts from AWS. Asking for one needs the permission inventory.add_sync."""

    queryset = Sync.objects.select_related("requested_by").prefetch_related("parts__account")
    permission_classes = (SyncPermission,)
    filterset_class = SyncFilter
    ordering_fields = ("created_at", "started_at", "finished_at", "state")
    search_fields = ("scope",)

    def get_serializer_class(self) -> type[SyncSerializer]:
        return SyncSerializer if self.action == "list" else SyncDetailSerializer

    @extend_schema(
        request=ScopeSerializer,
        examples=[
            OpenApiExample("Everything", {}, request_only=True),
            OpenApiExample("One region", {"region": "ap-northeast-2"}, request_only=True),
        ],
        responses={
            202: OpenApiResponse(SyncDetailSerializer, description="Queued; Location is where to watch it."),
            200: OpenApiResponse(
                SyncDetailSerializer, description="One of the same scope is queued or running already."
            ),
            400: error_example("region: 'Seoul' is not the name of a region, such as ap-northeast-2."),
        },
    )
    def create(self, request: Request) -> Response:
        """Ask for a sync of an account, a region or a pipeline; of everything when nothing is given."""
        wanted = ScopeSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        sync, created = tasks.enqueue(wanted.scope(), trigger=Sync.Trigger.API, user=cast("User", request.user))
        location = reverse("sync-detail", args=(sync.pk,), request=request)
        status = HTTPStatus.ACCEPTED if created else HTTPStatus.OK
        return Response(self._shown(sync.pk), status, headers={"Location": location})

    @extend_schema(
        request=None, responses={200: SyncDetailSerializer, 409: error_example("Sync 7 is over: succeeded.")}
    )
    @action(detail=True, methods=("post",), filter_backends=())
    def cancel(self, request: Request, pk: str) -> Response:
        """Cancel a queued sync at once; ask a running one to stop at its next step."""
        sync = self.get_object()
        if not Sync.objects.cancel(sync.pk):
            raise ConflictError(f"Sync {sync.pk} is over: {sync.state}.")
        return Response(self._shown(sync.pk))

    def _shown(self, pk: int) -> dict[str, Any]:
        return dict(self.get_serializer(self.get_queryset().get(pk=pk)).data)
