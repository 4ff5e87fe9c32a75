"""Who may read, and who may ask for a sync."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from rest_framework.permissions import SAFE_METHODS, BasePermission

if TYPE_CHECKING:
    from rest_framework.request import Request
    from rest_framework.views import APIView


class ReadPermission(BasePermission):
    """Reading needs a signed-in user or a token, unless anonymous reading is on; nothing else is allowed."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        known = request.user.is_authenticated
        return request.method in SAFE_METHODS and (known or settings.API_ANONYMOUS_READ)


class SyncPermission(ReadPermission):
    """Asking for a sync needs inventory.add_sync; cancelling one that or inventory.change_sync."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        if request.method in SAFE_METHODS:
            return super().has_permission(request, view)
        may_cancel = getattr(view, "action", "") == "cancel" and request.user.has_perm("inventory.change_sync")
        return may_cancel or request.user.has_perm("inventory.add_sync")
