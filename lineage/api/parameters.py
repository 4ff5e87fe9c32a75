"""Query parameters of the lineage endpoints."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from inventory.api.parameters import AccountParameters, Flag, check_region_name

VIEWS = ("pipeline", "data", "both")


class ViewParameters(serializers.Serializer[Any]):
    """How a lineage document is to look."""

    includeLatestExec = Flag(default=False, help_text="With what the latest execution did.")  # noqa: N815  (the contract's name)
    view = serializers.ChoiceField(VIEWS, default="pipeline", help_text="data and both add the member graphData.")


class LineageParameters(AccountParameters, ViewParameters):
    pipeline = serializers.CharField(help_text="Its name or ARN.")
    region = serializers.CharField(validators=[check_region_name])
    domain = serializers.CharField(required=False, help_text="Its name or DomainId.")


class DomainParameters(AccountParameters, ViewParameters):
    region = serializers.CharField(validators=[check_region_name])
    domain = serializers.CharField(help_text="Its name or DomainId; a name that two domains bear means both.")
