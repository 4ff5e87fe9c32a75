"""A pipeline's lineage as a Mermaid graph, for documents that render it."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from lineage.models import LineageDocument

if TYPE_CHECKING:
    from argparse import ArgumentParser
    from collections.abc import Iterator

CLASSES = {
    "Succeeded": "fill:#dcfce7,stroke:#16a34a,color:#14532d",
    "Failed": "fill:#fee2e2,stroke:#dc2626,color:#7f1d1d",
    "Executing": "fill:#dbeafe,stroke:#2563eb,color:#1e3a8a",
    "NotExecuted": "fill:#f3f4f6,stroke:#9ca3af,color:#374151",
}
BRANCH_LABELS = {"condition:If": "if", "condition:Else": "else"}


class Command(BaseCommand):
    help = "Write the lineage graph of a synced pipeline as Mermaid."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("pipeline", help="the name or ARN of the pipeline")
        parser.add_argument("--region", required=True, help="for example us-east-1")

    def handle(self, *, pipeline: str, region: str, **options: Any) -> str:
        key = "arn" if pipeline.startswith("arn:") else "name"
        found = LineageDocument.objects.filter(pipeline__region__name=region, **{f"pipeline__{key}": pipeline}).first()
        body = bytes(found.execution_body or found.definition_body) if found else b""
        if not body:
            raise CommandError(
                f"No lineage of '{pipeline}' in {region}. Sync it first: manage.py sync --region {region}"
            )
        return "\n".join(flowchart(json.loads(body)["graph"]))


def flowchart(graph: dict[str, Any]) -> Iterator[str]:
    """Steps as boxes coloured by their status, Conditions as diamonds; an edge that skips steps in between stays."""
    numbers = {node["id"]: f"n{number}" for number, node in enumerate(graph["nodes"])}
    yield "flowchart LR"
    for node in graph["nodes"]:
        yield f"  {numbers[node['id']]}{_shape(node)}{_class(node)}"
    links = {(edge["from"], edge["to"], BRANCH_LABELS.get(edge["via"], "")): None for edge in graph["edges"]}
    for origin, destination, label in links:
        if origin in numbers and destination in numbers:
            arrow = f"-- {label} -->" if label else "-->"
            yield f"  {numbers[origin]} {arrow} {numbers[destination]}"
    for name in sorted({node["run"]["status"] for node in graph["nodes"] if node.get("run")} & CLASSES.keys()):
        yield f"  classDef {name} {CLASSES[name]}"


def _shape(node: dict[str, Any]) -> str:
    text = f"{_escape(node['label'] or node['id'])}<br/><small>{_escape(node['type'])}</small>"
    return f'{{"{text}"}}' if node["type"] == "Condition" else f'["{text}"]'


def _class(node: dict[str, Any]) -> str:
    status = (node.get("run") or {}).get("status")
    return f":::{status}" if status in CLASSES else ""


def _escape(text: str) -> str:
    """Mermaid reads entities: anything it could take for syntax becomes one."""
    return re.sub(r"[^\w .,/:()-]", lambda match: f"#{ord(match[0])};", text)
