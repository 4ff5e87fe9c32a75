"""The demo's own interface beside AWS's: faults, counters, regions and scripted executions, over HTTP.

POST   /demo-api/reset                                     forget everything
GET    /demo-api/faults   POST {code, service?, ...}       see traffic.Fault   DELETE forgets them
GET    /demo-api/calls    DELETE
GET    /demo-api/regions  POST {"us-east-1": "ENABLED_BY_DEFAULT", ...}        regions not named are DISABLED
POST   /demo-api/trust    {"arn:aws:iam::210987654321:role/reader": "its external ID", ...}
POST   /demo-api/pipelines  {region, pipeline, account?, created?, modified?, created_by_domain?, modified_by_domain?}
POST   /demo-api/executions {region, pipeline, account?, ...}                  see simulation.script.Script
The last two also take a list.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from moto.core.models import DEFAULT_ACCOUNT_ID
from werkzeug.wrappers import Request, Response

from . import extension
from .accounts import TRUST
from .regions import REGIONS
from .simulation.execution import simulate
from .simulation.script import Script
from .state import Document, backend_of, user_context
from .traffic import CALLS, FAULTS

if TYPE_CHECKING:
    from moto.sagemaker.models import FakePipeline, SageMakerModelBackend

PREFIX = "/demo-api/"
Handler = Callable[[Any], Any]


def add_fault(document: Document) -> Document:
    code = document.pop("code")
    FAULTS.add(code, **document)
    return {}


def add_executions(documents: Document | list[Document]) -> list[Document]:
    """Write down executions in the order given; each answer names the execution's ARN."""
    return [_add_execution(dict(document)) for document in _listed(documents)]


def _add_execution(document: Document) -> Document:
    backend, pipeline = _take_pipeline(document)
    return {"PipelineExecutionArn": simulate(backend, pipeline, Script.from_json(document)).arn}


def amend_pipelines(documents: Document | list[Document]) -> Document:
    """Give pipelines the times and the makers that no call of AWS's interface can give them."""
    for document in _listed(documents):
        _amend_pipeline(dict(document))
    return {}


def _amend_pipeline(document: Document) -> None:
    backend, pipeline = _take_pipeline(document)
    for key, attribute in (("created", "creation_time"), ("modified", "last_modified_time")):
        if moment := document.get(key):
            setattr(pipeline, attribute, datetime.fromisoformat(moment).astimezone(UTC).replace(tzinfo=None))
    for key, attribute in (("created_by_domain", "created_by"), ("modified_by_domain", "last_modified_by")):
        if domain := document.get(key):
            setattr(pipeline, attribute, user_context(domain, backend.region_name, backend.account_id))


def _take_pipeline(document: Document) -> tuple[SageMakerModelBackend, FakePipeline]:
    backend = backend_of(document.pop("account", DEFAULT_ACCOUNT_ID), document.pop("region"))
    return backend, backend.pipelines[document.pop("pipeline")]


def _listed(documents: Document | list[Document]) -> list[Document]:
    return documents if isinstance(documents, list) else [documents]


HANDLERS: dict[tuple[str, str], Handler] = {
    ("POST", "reset"): lambda _: extension.reset(),
    ("GET", "faults"): lambda _: FAULTS.as_json(),
    ("POST", "faults"): add_fault,
    ("DELETE", "faults"): lambda _: FAULTS.clear(),
    ("GET", "calls"): lambda _: CALLS.as_json(),
    ("DELETE", "calls"): lambda _: CALLS.clear(),
    ("GET", "regions"): lambda _: REGIONS.status(),
    ("POST", "regions"): REGIONS.set,
    ("POST", "trust"): TRUST.set,
    ("POST", "pipelines"): amend_pipelines,
    ("POST", "executions"): add_executions,
}


@Request.application
def application(request: Request) -> Response:
    """WSGI. A request that cannot be carried out is answered with 400 and the reason."""
    handler = HANDLERS.get((request.method, request.path.removeprefix(PREFIX).strip("/")))
    if handler is None:
        return _json({"error": "no such request"}, 404)
    try:
        return _json(handler(json.loads(request.get_data() or b"{}")) or {}, 200)
    except (KeyError, TypeError, ValueError) as error:
        return _json({"error": f"{type(error).__name__}: {error}"}, 400)


def _json(document: Any, status: int) -> Response:
    return Response(json.dumps(document), status, content_type="application/json")
