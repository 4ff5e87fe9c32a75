"""Parameters of executions without those that a definition shows to be secret, whatever they are called."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson

from inventory.aws.masking import MASK, secret_parameters
from inventory.models import Execution, Pipeline
from inventory.sync.rows import update_rows

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from django.db.models import QuerySet

    from inventory.sync.work import Work

AT_ONCE = 20  # definitions in memory
Secrets = frozenset[str]


def known_secrets(pipeline_ids: Collection[int]) -> dict[int, Secrets]:
    """The secret parameters of each of these pipelines, by the definition that is stored of it."""
    described = Pipeline.objects.filter(pk__in=pipeline_ids, definition__problem="")
    texts = described.values_list("pk", "definition__text").iterator(chunk_size=AT_ONCE)
    return {pk: secrets_of(text) for pk, text in texts}


def secrets_of(definition_text: str) -> Secrets:
    """A stored definition still says which parameters it handed to what looks secret."""
    try:
        return secret_parameters(orjson.loads(definition_text))
    except orjson.JSONDecodeError:
        return frozenset()


def without_secrets(
    parameters: Mapping[str, str], secrets: Secrets, known: Mapping[str, str] | None = None
) -> dict[str, str]:
    """What is `known` to be masked stays masked: an older definition may have told more."""
    hidden = secrets | {name for name, value in (known or {}).items() if value == MASK}
    return {name: MASK if name in hidden else value for name, value in parameters.items()}


def mask_stored(works: Iterable[Work]) -> None:
    """Mask what was stored before a definition that was read now showed it to be secret."""
    for work in works:
        if work.description and work.description.definition.secret_parameters:
            _mask(Execution.objects.filter(pipeline=work.pipeline_id), work.description.definition.secret_parameters)
        if work.execution and work.execution_definition and work.execution_definition.secret_parameters:
            _mask(Execution.objects.filter(arn=work.execution.arn), work.execution_definition.secret_parameters)


def _mask(executions: QuerySet[Execution], secrets: Secrets) -> None:
    changed = []
    for row in executions.only("parameters"):
        safe = without_secrets(row.parameters, secrets)
        if safe != row.parameters:
            row.parameters = safe
            changed.append(row)
    update_rows(changed, ("parameters",))
