"""Query parameters of the original service, checked; which account they choose."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.models import Q
from rest_framework import serializers

from inventory.aws.regions import is_region_name

if TYPE_CHECKING:
    from rest_framework.request import Request


def region_name(value: str) -> str:
    """A region's name, checked."""
    check_region_name(value)
    return value


def check_region_name(value: str) -> None:
    """Validate the form of a region's name; which ones exist, AWS knows."""
    if not is_region_name(value):
        raise serializers.ValidationError(f"'{value}' is not the name of a region, such as ap-northeast-2.")


class Flag(serializers.BooleanField):
    """true, false, 1, 0, yes, no, in any case."""

    def to_internal_value(self, data: Any) -> bool:
        return bool(super().to_internal_value(data.lower() if isinstance(data, str) else data))


class AccountParameters(serializers.Serializer[Any]):
    """What every request may say of the account it means."""

    account = serializers.CharField(
        required=False, help_text="12 digits or a configured name. May be left out while the answer is unambiguous."
    )
    profile = serializers.CharField(
        required=False,
        help_text="A local AWS profile: selects the account that uses it. Only where ALLOW_PROFILE_PARAMETER is on.",
    )

    def validate_profile(self, value: str) -> str:
        if not settings.ALLOW_PROFILE_PARAMETER:
            raise serializers.ValidationError(
                "It is switched off here. Use 'account', or set ALLOW_PROFILE_PARAMETER on a development machine."
            )
        return value


def read_parameters(form: type[serializers.Serializer[Any]], request: Request) -> dict[str, Any]:
    """The checked parameters of a request; an empty one counts as left out."""
    given = {name: value for name, value in request.query_params.items() if str(value).strip()}
    checked = form(data=given)
    checked.is_valid(raise_exception=True)
    return dict(checked.validated_data)


def account_condition(parameters: dict[str, Any], path: str = "account__") -> Q:
    """Rows of the account that the parameters choose; `path` leads from the row to the account."""
    condition = Q()
    if account := parameters.get("account"):
        condition &= Q(**{f"{path}account_id": account}) | Q(**{f"{path}name": account})
    if profile := parameters.get("profile"):
        condition &= Q(**{f"{path}profile": profile})
    return condition
