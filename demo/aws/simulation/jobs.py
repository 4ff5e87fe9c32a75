"""The jobs that steps start, described as SageMaker describes them."""

from __future__ import annotations

from typing import Any

from .run import Document, Result, StepRun, performs

JOB_STATUS = {
    "Succeeded": "Completed",
    "Failed": "Failed",
    "Stopped": "Stopped",
    "Stopping": "Stopping",
}


def _status(run: StepRun) -> str:
    return JOB_STATUS.get(run.status, "InProgress")


def _times(run: StepRun, prefix: str) -> Document:
    return {
        "CreationTime": run.start,
        "LastModifiedTime": run.end or run.start,
        f"{prefix}StartTime": run.start,
        f"{prefix}EndTime": run.end,
    }


def _strings(values: Any) -> dict[str, str]:
    return {key: str(value) for key, value in (values or {}).items()}


def _keep_processing_job(run: StepRun) -> Document:
    return run.keep(
        "processing-job",
        run.job,
        {
            **run.arguments,
            **_times(run, "Processing"),
            "Environment": _strings(run.arguments.get("Environment")),
            "ProcessingJobName": run.job,
            "ProcessingJobArn": run.arn("processing-job"),
            "ProcessingJobStatus": _status(run),
            "RoleArn": run.arguments.get("RoleArn") or run.role,
            "FailureReason": run.failure_reason,
            "ExitMessage": "exit code 1" if run.status == "Failed" else None,
        },
    )


@performs("Processing")
def processing(run: StepRun) -> Result:
    job = _keep_processing_job(run)
    return Result({"ProcessingJob": {"Arn": job["ProcessingJobArn"]}}, job)


def _training_job(run: StepRun, arguments: Document, name: str) -> Document:
    output = (arguments.get("OutputDataConfig") or {}).get("S3OutputPath", "").rstrip("/")
    seconds = int((run.end - run.start).total_seconds()) if run.end else None
    metrics = [
        {"MetricName": metric, "Value": value, "Timestamp": run.end or run.start}
        for metric, value in run.script.metrics.items()
    ]
    return run.keep(
        "training-job",
        name,
        {
            **arguments,
            **_times(run, "Training"),
            "HyperParameters": _strings(arguments.get("HyperParameters")),
            "Environment": _strings(arguments.get("Environment")),
            "TrainingJobName": name,
            "TrainingJobArn": run.arn("training-job", name),
            "TrainingJobStatus": _status(run),
            "SecondaryStatus": "Training" if _status(run) == "InProgress" else _status(run),
            "ModelArtifacts": {"S3ModelArtifacts": f"{output}/{name}/output/model.tar.gz"},
            "RoleArn": arguments.get("RoleArn") or run.role,
            "FailureReason": run.failure_reason,
            "FinalMetricDataList": metrics,
            "TrainingTimeInSeconds": seconds,
            "BillableTimeInSeconds": seconds,
        },
    )


@performs("Training")
def training(run: StepRun) -> Result:
    job = _training_job(run, run.arguments, run.job)
    return Result({"TrainingJob": {"Arn": job["TrainingJobArn"]}}, job)


@performs("Tuning")
def tuning(run: StepRun) -> Result:
    definitions = [
        *(run.arguments.get("TrainingJobDefinitions") or []),
        *filter(None, [run.arguments.get("TrainingJobDefinition")]),
    ]
    resources = run.arguments.get("HyperParameterTuningResourceConfig")
    best = _training_job(run, _of_tuning(definitions[0], resources), f"{run.job[:40]}-001-{run.job[-8:]}")
    objective = run.arguments.get("HyperParameterTuningJobConfig", {}).get("HyperParameterTuningJobObjective") or {}
    value = next(iter(run.script.metrics.values()), 0.91)
    summary = {
        **{key: best[key] for key in ("TrainingJobName", "TrainingJobArn", "TrainingJobStatus", "CreationTime")},
        "TrainingJobDefinitionName": definitions[0].get("DefinitionName"),
        "TunedHyperParameters": {"eta": "0.2"},
        "FinalHyperParameterTuningJobObjectiveMetric": {
            "Type": objective.get("Type"),
            "MetricName": objective.get("MetricName", "validation:auc"),
            "Value": value,
        },
        "ObjectiveStatus": "Succeeded",
    }
    job = run.keep(
        "hyper-parameter-tuning-job",
        run.job[:32],
        {
            **run.arguments,
            "CreationTime": run.start,
            "LastModifiedTime": run.end or run.start,
            "HyperParameterTuningEndTime": run.end,
            "HyperParameterTuningJobName": run.job[:32],
            "HyperParameterTuningJobArn": run.arn("hyper-parameter-tuning-job", run.job[:32]),
            "HyperParameterTuningJobStatus": _status(run),
            "TrainingJobStatusCounters": _counters(run),
            "ObjectiveStatusCounters": {"Succeeded": 4, "Pending": 0, "Failed": 0},
            "BestTrainingJob": summary if run.status == "Succeeded" else None,
            "FailureReason": run.failure_reason,
        },
    )
    properties = job | {"TrainingJobSummaries": [summary] * 4}
    return Result({"TuningJob": {"Arn": job["HyperParameterTuningJobArn"]}}, properties)


def _of_tuning(definition: Document, resources: Document | None) -> Document:
    """A training job's description, made of what a tuning job's definition calls otherwise."""
    return {"ResourceConfig": resources, **definition, "HyperParameters": definition.get("StaticHyperParameters")}


def _counters(run: StepRun) -> Document:
    failed = 4 if run.status == "Failed" else 0
    return {"Completed": 4 - failed, "InProgress": 0, "RetryableError": 0, "NonRetryableError": failed, "Stopped": 0}


@performs("Transform")
def transform(run: StepRun) -> Result:
    job = run.keep(
        "transform-job",
        run.job,
        {
            **run.arguments,
            **_times(run, "Transform"),
            "TransformJobName": run.job,
            "TransformJobArn": run.arn("transform-job"),
            "TransformJobStatus": _status(run),
            "FailureReason": run.failure_reason,
        },
    )
    return Result({"TransformJob": {"Arn": job["TransformJobArn"]}}, job)


@performs("AutoML")
def automl(run: StepRun) -> Result:
    name = run.job[-32:]
    arguments = run.arguments
    output = (arguments.get("OutputDataConfig") or {}).get("S3OutputPath", "").rstrip("/")
    inputs = arguments.get("AutoMLJobInputDataConfig") or [
        _of_version_one(item) for item in arguments["InputDataConfig"]
    ]
    job = run.keep(
        "automl-job",
        name,
        {
            **arguments,
            "AutoMLJobInputDataConfig": inputs,
            "AutoMLJobName": name,
            "AutoMLJobArn": run.arn("automl-job", name),
            "AutoMLJobStatus": _status(run),
            "AutoMLJobSecondaryStatus": _status(run) if run.end else "TrainingModels",
            "CreationTime": run.start,
            "EndTime": run.end,
            "LastModifiedTime": run.end or run.start,
            "RoleArn": arguments.get("RoleArn") or run.role,
            "FailureReason": run.failure_reason,
            "SecurityConfig": (arguments.get("AutoMLJobConfig") or {}).get("SecurityConfig"),
            "BestCandidate": _candidate(run, f"{output}/{name}") if run.status == "Succeeded" else None,
        },
    )
    return Result({"AutoMLJob": {"Arn": job["AutoMLJobArn"]}}, job)


def _of_version_one(channel: Document) -> Document:
    shared = ("ContentType", "CompressionType", "DataSource", "ChannelType")
    return {key: channel[key] for key in shared if key in channel}


def _candidate(run: StepRun, prefix: str) -> Document:
    model = f"{prefix}/tuning/best/output/model.tar.gz"
    metrics = run.script.metrics or {"F1": 0.87}
    return {
        "CandidateName": f"{run.name}-best",
        "CandidateStatus": "Completed",
        "ObjectiveStatus": "Succeeded",
        "CandidateSteps": [],
        "CreationTime": run.start,
        "LastModifiedTime": run.end,
        "InferenceContainers": [{"Image": "sagemaker-xgboost:1.3-1-cpu-py3", "ModelDataUrl": model, "Environment": {}}],
        "CandidateProperties": {
            "CandidateMetrics": [
                {"MetricName": name, "Value": value, "Set": "Validation"} for name, value in metrics.items()
            ]
        },
        "FinalAutoMLJobObjectiveMetric": {"MetricName": next(iter(metrics)), "Value": next(iter(metrics.values()))},
    }


@performs("QualityCheck", "ClarifyCheck")
def check(run: StepRun) -> Result:
    job = _keep_processing_job(run)
    outputs = job.get("ProcessingOutputConfig", {}).get("Outputs") or [{}]
    prefix = outputs[0].get("S3Output", {}).get("S3Uri", "").rstrip("/")
    constraints = "constraints.json" if run.type == "QualityCheck" else "analysis.json"
    baseline = run.definition.get("SuppliedBaselineConstraints") or f"{prefix}/{constraints}"
    metadata: Document = {
        "CheckType": run.definition.get("CheckType"),
        "CheckJobArn": job["ProcessingJobArn"],
        "CalculatedBaselineConstraints": f"{prefix}/{constraints}",
        "BaselineUsedForDriftCheckConstraints": baseline,
        "ModelPackageGroupName": run.definition.get("ModelPackageGroupName"),
        "SkipCheck": bool(run.definition.get("SkipCheck")),
        "RegisterNewBaseline": bool(run.definition.get("RegisterNewBaseline")),
        "ViolationReport": f"{prefix}/constraint_violations.json" if run.status == "Failed" else None,
    }
    if run.type == "QualityCheck":
        statistics = f"{prefix}/statistics.json"
        metadata["CalculatedBaselineStatistics"] = statistics
        metadata["BaselineUsedForDriftCheckStatistics"] = run.definition.get("SuppliedBaselineStatistics") or statistics
    metadata = {name: value for name, value in metadata.items() if value is not None}
    return Result({run.type: metadata}, job | metadata)
