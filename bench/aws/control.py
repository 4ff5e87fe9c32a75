"""The bench's own interface beside AWS's.

POST /bench-api/settings  some of {latency_ms, admitted_per_second, burst, faults: [{code, operation, count}]} and of
                          the estate's shape {pipelines, steps, ...}: another shape begins an estate anew
POST /bench-api/touch     {definitions: K, executions: K}: in every region alike K definitions change, K pipelines have
                          executed just now
POST /bench-api/reset     count from nothing; settings and estate stay
GET  /bench-api/calls     calls, throttled and faulted by operation
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, fields, replace
from typing import TYPE_CHECKING, Any

import orjson

from bench.aws.answers import Answer
from bench.aws.estate import Shape

if TYPE_CHECKING:
    from bench.aws.server import Application

PREFIX = "/bench-api/"
SHAPE = frozenset(field.name for field in fields(Shape))


def answer(application: Application, method: str, target: str, body: bytes) -> Answer:
    """A request that cannot be carried out is answered with 400 and the reason."""
    handler = HANDLERS.get((method, target.removeprefix(PREFIX)))
    if handler is None:
        return _json({"error": "no such request"}, 404)
    try:
        return _json(handler(application, orjson.loads(body or b"{}")), 200)
    except (TypeError, ValueError) as error:
        return _json({"error": str(error)}, 400)


def _set(application: Application, settings: dict[str, Any]) -> dict[str, Any]:
    shape = {name: settings.pop(name) for name in SHAPE & settings.keys()}
    application.traffic.configure(settings)
    if shape:
        application.build(replace(application.estate.shape, **shape))
    return asdict(application.estate.shape)


def _touch(application: Application, counts: dict[str, Any]) -> dict[str, Any]:
    application.estate.touch(**counts)
    return {}


def _reset(application: Application, _: dict[str, Any]) -> dict[str, Any]:
    application.traffic.forget()
    return {}


Handler = Callable[["Application", dict[str, Any]], dict[str, Any]]
HANDLERS: dict[tuple[str, str], Handler] = {
    ("POST", "settings"): _set,
    ("POST", "touch"): _touch,
    ("POST", "reset"): _reset,
    ("GET", "calls"): lambda application, _: application.traffic.report(),
}


def _json(document: dict[str, Any], status: int) -> Answer:
    return Answer(orjson.dumps(document), status, "application/json")
