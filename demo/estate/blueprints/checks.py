"""Quality and bias checks, gates and lineage records: steps that need many words in the SDK."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sagemaker.clarify import BiasConfig, DataConfig, ModelConfig, SHAPConfig
from sagemaker.lineage.action import Action
from sagemaker.lineage.artifact import Artifact
from sagemaker.model_monitor import DatasetFormat
from sagemaker.workflow.check_job_config import CheckJobConfig
from sagemaker.workflow.clarify_check_step import (
    ClarifyCheckStep,
    DataBiasCheckConfig,
    ModelExplainabilityCheckConfig,
)
from sagemaker.workflow.condition_step import ConditionStep
from sagemaker.workflow.conditions import ConditionGreaterThanOrEqualTo, ConditionLessThanOrEqualTo
from sagemaker.workflow.functions import JsonGet
from sagemaker.workflow.lineage_step import LineageAssociation, LineageEntityReference, LineageStep
from sagemaker.workflow.quality_check_step import DataQualityCheckConfig, ModelQualityCheckConfig, QualityCheckStep

if TYPE_CHECKING:
    from .bench import Bench


def job_config(bench: Bench) -> Any:
    return CheckJobConfig(role=bench.role, instance_type="ml.m5.xlarge", sagemaker_session=bench.session)


def data_quality(bench: Bench, name: str, source: Any, target: Any, *, group: str | None = None, **options: Any) -> Any:
    config = DataQualityCheckConfig(
        baseline_dataset=source, dataset_format=DatasetFormat.csv(header=True), output_s3_uri=target
    )
    return QualityCheckStep(
        name=name,
        quality_check_config=config,
        check_job_config=job_config(bench),
        model_package_group_name=group,
        **options,
    )


def model_quality(bench: Bench, name: str, source: Any, target: Any, **options: Any) -> Any:
    config = ModelQualityCheckConfig(
        baseline_dataset=source,
        dataset_format=DatasetFormat.csv(header=True),
        output_s3_uri=target,
        problem_type="BinaryClassification",
        inference_attribute="_c0",
        ground_truth_attribute="_c1",
    )
    return QualityCheckStep(
        name=name,
        quality_check_config=config,
        check_job_config=job_config(bench),
        register_new_baseline=True,
        **options,
    )


def _data_config(source: Any, target: Any, label: str) -> Any:
    return DataConfig(
        s3_data_input_path=source,
        s3_output_path=target,
        label=label,
        dataset_type="text/csv",
        s3_analysis_config_output_path=f"{target}/config" if isinstance(target, str) else None,
    )


def data_bias(bench: Bench, name: str, source: Any, target: Any, *, label: str, facet: str, **options: Any) -> Any:
    config = DataBiasCheckConfig(
        data_config=_data_config(source, target, label),
        data_bias_config=BiasConfig(label_values_or_threshold=[1], facet_name=facet),
    )
    return ClarifyCheckStep(name=name, clarify_check_config=config, check_job_config=job_config(bench), **options)


def explainability(
    bench: Bench, name: str, source: Any, target: Any, *, label: str, model_name: Any, **options: Any
) -> Any:
    config = ModelExplainabilityCheckConfig(
        data_config=_data_config(source, target, label),
        model_config=ModelConfig(model_name=model_name, instance_count=1, instance_type="ml.m5.xlarge"),
        explainability_config=SHAPConfig(baseline=[[0.1, 0.2]], num_samples=15, agg_method="mean_abs"),
    )
    return ClarifyCheckStep(name=name, clarify_check_config=config, check_job_config=job_config(bench), **options)


def reported(step: Any, path: str) -> Any:
    """A number in the report of an evaluation step."""
    return JsonGet(step_name=step.name, property_file="Report", json_path=path)


def gate(name: str, value: Any, least: Any, passed: list[Any], failed: list[Any]) -> Any:
    condition = ConditionGreaterThanOrEqualTo(left=value, right=least)
    return ConditionStep(name=name, conditions=[condition], if_steps=passed, else_steps=failed)


def ceiling(name: str, value: Any, most: Any, passed: list[Any], failed: list[Any]) -> Any:
    condition = ConditionLessThanOrEqualTo(left=value, right=most)
    return ConditionStep(name=name, conditions=[condition], if_steps=passed, else_steps=failed)


def record(bench: Bench, name: str, model_uri: Any, dataset: str) -> Any:
    """A Lineage step: the model was produced by a run over the data set."""
    artifacts = [
        Artifact.create(
            artifact_name="model", source_uri=model_uri, artifact_type="Model", sagemaker_session=bench.session
        ),
        Artifact.create(
            artifact_name="dataset", source_uri=dataset, artifact_type="DataSet", sagemaker_session=bench.session
        ),
    ]
    action = Action.create(
        action_name="training-run",
        source_uri=dataset,
        source_type="S3",
        action_type="ModelTraining",
        sagemaker_session=bench.session,
    )
    associations = [
        LineageAssociation(
            source=LineageEntityReference(name="dataset", type="Artifact"),
            destination=LineageEntityReference(name="training-run", type="Action"),
            association_type="ContributedTo",
        ),
        LineageAssociation(
            source=LineageEntityReference(name="training-run", type="Action"),
            destination=LineageEntityReference(name="model", type="Artifact"),
            association_type="Produced",
        ),
    ]
    return LineageStep(name=name, actions=[action], artifacts=artifacts, associations=associations)
