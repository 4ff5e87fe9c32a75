"""What each type of step leaves behind; a type not known here leaves nothing."""

from __future__ import annotations

import secrets
import uuid

from . import jobs, registry
from .run import PERFORMERS, Document, Result, StepRun, performs

SECONDS_OF_TYPE = {
    "Processing": 360,
    "Training": 1500,
    "Tuning": 5400,
    "Transform": 600,
    "AutoML": 7200,
    "EMR": 900,
    "EMRServerless": 700,
    "QualityCheck": 420,
    "ClarifyCheck": 480,
    "Endpoint": 300,
    "Callback": 1800,
}

__all__ = ["SECONDS_OF_TYPE", "Result", "StepRun", "jobs", "registry", "result_of"]


def result_of(run: StepRun) -> Result:
    performer = PERFORMERS.get(run.type)
    return performer(run) if performer else Result({}, run.arguments)


@performs("Condition")
def condition(run: StepRun) -> Result:
    outcome = run.script.outcome
    return Result({"Condition": {"Outcome": outcome}}, {"Outcome": outcome})


@performs("Fail")
def fail(run: StepRun) -> Result:
    return Result({"Fail": {"ErrorMessage": str(run.arguments.get("ErrorMessage", ""))}}, {})


@performs("Lambda")
def lambda_function(run: StepRun) -> Result:
    outputs = _output_parameters(run)
    return Result({"Lambda": {"Arn": run.definition.get("FunctionArn"), "OutputParameters": _listed(outputs)}}, outputs)


@performs("Callback")
def callback(run: StepRun) -> Result:
    outputs = _output_parameters(run)
    metadata = {
        "CallbackToken": secrets.token_hex(5),
        "SqsQueueUrl": run.definition.get("SqsQueueUrl"),
        "OutputParameters": _listed(outputs),
    }
    return Result({"Callback": metadata}, outputs)


@performs("EMR")
def emr(run: StepRun) -> Result:
    cluster = run.arguments.get("ClusterId") or f"j-{secrets.token_hex(6).upper()}"
    log = run.arguments.get("ClusterConfig", {}).get("LogUri")
    step = f"s-{secrets.token_hex(6).upper()}"
    metadata = {"ClusterId": cluster, "StepId": step, "StepName": run.name, "LogFilePath": log}
    return Result({"EMR": _given(metadata)}, {"ClusterId": cluster, "Id": step, "Name": run.name})


@performs("EMRServerless")
def emr_serverless(run: StepRun) -> Result:
    application = run.arguments.get("ApplicationId") or f"00{secrets.token_hex(6)}"
    metadata = {"ApplicationId": application, "JobRunId": f"00{secrets.token_hex(6)}", "JobRunName": run.name}
    return Result({"EMRServerless": metadata}, {"jobRun": metadata})


@performs("Lineage")
def lineage(run: StepRun) -> Result:
    def arns(kind: str, key: str, name: str) -> dict[str, str]:
        entities = run.arguments.get(key) or []
        return {entity[name]: run.arn(kind, uuid.uuid4().hex) for entity in entities if name in entity}

    metadata = {
        "ActionArns": arns("action", "Actions", "ActionName"),
        "ArtifactArns": arns("artifact", "Artifacts", "ArtifactName"),
        "ContextArns": arns("context", "Contexts", "ContextName"),
    }
    return Result({"Lineage": metadata}, metadata)


def _output_parameters(run: StepRun) -> Document:
    names = [parameter["OutputName"] for parameter in run.definition.get("OutputParameters") or []]
    given = run.script.output_parameters
    return {"OutputParameters": {name: given.get(name, f"{run.name}-{name}") for name in names}}


def _listed(outputs: Document) -> list[Document]:
    return [{"Name": name, "Value": value} for name, value in outputs["OutputParameters"].items()]


def _given(document: Document) -> Document:
    return {name: value for name, value in document.items() if value is not None}
