"""Derive every lineage document again from the stored facts."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from inventory.models import Pipeline
from lineage.models import LineageDocument
from lineage.rebuild import mark_outdated, rebuild


class Command(BaseCommand):
    help = "Derive every lineage document again from the stored facts, without AWS: after a better parser."

    def handle(self, **_: Any) -> None:
        mark_outdated(list(Pipeline.objects.values_list("pk", flat=True)))
        count = rebuild(LineageDocument.objects.all())
        self.stdout.write(f"Rebuilt the lineage of {count} pipelines.")
