"""What an account permits, below /api/v1/accounts/{id}: the last check, and a request for another."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.response import Response
from rest_framework.reverse import reverse

from inventory import tasks
from inventory.api.permissions import SyncPermission
from inventory.api.views import AccountViewSet
from inventory.models import Preflight

if TYPE_CHECKING:
    from rest_framework.request import Request

NEVER = "never-checked"
STATES = (NEVER, *Preflight.State.values)
EXAMPLE = {
    "account": "123456789012",
    "state": "denied",
    "checkedAt": "2026-03-02T09:15:00Z",
    "problem": "",
    "regions": [
        {"name": "us-east-1", "state": "ok", "problem": ""},
        {"name": "eu-west-1", "state": "denied", "problem": ""},
        {"name": "global", "state": "ok", "problem": ""},
    ],
    "actions": [{"action": "sagemaker:DescribeModel", "regions": {"us-east-1": "allowed", "eu-west-1": "denied"}}],
    "policy": {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "JobsAndModels",
                "Effect": "Allow",
                "Action": ["sagemaker:DescribeModel"],
                "Resource": "arn:*:sagemaker:*:*:*",
            }
        ],
    },
}


class PreflightRegionSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(help_text="A region, or global for the actions that are no region's.")
    state = serializers.ChoiceField(("ok", "denied", "disabled", "unreachable"))
    problem = serializers.CharField()


class PreflightActionSerializer(serializers.Serializer[Any]):
    action = serializers.CharField(help_text="As IAM spells it: sagemaker:ListPipelines.")
    regions = serializers.DictField(
        source="places",
        child=serializers.ChoiceField(("allowed", "denied", "disabled", "unsupported", "unknown")),
        help_text="By region, or global.",
    )


class PreflightSerializer(serializers.Serializer[Any]):
    account = serializers.CharField(source="account.account_id")
    state = serializers.ChoiceField(STATES, help_text="queued and running: what follows is of the check before.")
    checkedAt = serializers.DateTimeField(source="checked_at", allow_null=True)  # noqa: N815  (the contract's name)
    problem = serializers.CharField(help_text="Why the account could not be entered.")
    regions = PreflightRegionSerializer(source="places", many=True)
    actions = PreflightActionSerializer(source="matrix", many=True)
    policy = serializers.JSONField(
        allow_null=True, help_text="The smallest IAM policy that mends what is denied; null when none is needed."
    )


class CheckedAccountViewSet(AccountViewSet):
    """AWS accounts, and what they permit."""

    @extend_schema(
        responses=OpenApiResponse(PreflightSerializer, examples=[OpenApiExample("One action is denied", EXAMPLE)])
    )
    @action(detail=True, permission_classes=(SyncPermission,), filter_backends=())
    def preflight(self, request: Request, pk: str) -> Response:
        """Which of the needed actions the account allowed when it was last checked, by region."""
        account = self.get_object()
        found = Preflight.objects.filter(account=account).first() or Preflight(account=account, state=NEVER)
        return Response(PreflightSerializer(found).data)

    @extend_schema(
        request=None,
        responses={202: OpenApiResponse(PreflightSerializer, description="Queued; Location is where to watch it.")},
    )
    @preflight.mapping.post
    def check(self, request: Request, pk: str) -> Response:
        """Ask a worker to check them again. Needs the permission inventory.add_sync."""
        asked = tasks.enqueue_preflight(self.get_object())
        location = reverse("account-preflight", args=(pk,), request=request)
        return Response(PreflightSerializer(asked).data, HTTPStatus.ACCEPTED, headers={"Location": location})
