"""What the pipelines of a region are built with: one method for each kind of step."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from sagemaker.automl.automl import AutoML, AutoMLInput
from sagemaker.estimator import Estimator
from sagemaker.inputs import TrainingInput
from sagemaker.lambda_helper import Lambda
from sagemaker.model import Model
from sagemaker.network import NetworkConfig
from sagemaker.processing import ProcessingInput, ProcessingOutput, ScriptProcessor
from sagemaker.transformer import Transformer
from sagemaker.tuner import ContinuousParameter, HyperparameterTuner, IntegerParameter
from sagemaker.workflow.automl_step import AutoMLStep
from sagemaker.workflow.callback_step import CallbackOutput, CallbackOutputTypeEnum, CallbackStep
from sagemaker.workflow.emr_step import EMRStep, EMRStepConfig
from sagemaker.workflow.execution_variables import ExecutionVariables
from sagemaker.workflow.functions import Join
from sagemaker.workflow.lambda_step import LambdaOutput, LambdaOutputTypeEnum, LambdaStep
from sagemaker.workflow.model_step import ModelStep
from sagemaker.workflow.parameters import ParameterFloat, ParameterInteger, ParameterString
from sagemaker.workflow.properties import PropertyFile
from sagemaker.workflow.steps import CacheConfig, ProcessingStep, TrainingStep, TransformStep, TuningStep

from demo.estate import ACCOUNT_ID

from .session import pipeline_session

PARAMETER_TYPES = {str: ParameterString, int: ParameterInteger, float: ParameterFloat}
PRIVATE = {"subnets": ["subnet-0a1b2c3d"], "security_group_ids": ["sg-0a1b2c3d"]}
MATERIAL = Path(__file__).parents[1] / "material"  # files that the SDK uploads
KEY = "1234abcd-12ab-34cd-56ef-1234567890ab"


class Bench:
    """Builds steps for one pipeline of one region and collects the parameters they use."""

    def __init__(self, region: str, team: str, account: str = ACCOUNT_ID) -> None:
        self.account = account
        self.region = region
        self.team = team
        self.lake = f"s3://acme-data-lake-{region}"
        bucket = f"acme-ml-artifacts-{region}" if account == ACCOUNT_ID else f"acme-{team}-{region}"
        self.artifacts = f"s3://{bucket}"
        self.role = f"arn:aws:iam::{account}:role/acme-{team}-pipelines"
        self.key = f"arn:aws:kms:{region}:{account}:key/{KEY}"
        self.session = pipeline_session(region, bucket, account)
        self.parameters: dict[str, Any] = {}

    def parameter(self, name: str, default: str | float) -> Any:
        if name not in self.parameters:
            self.parameters[name] = PARAMETER_TYPES[type(default)](name=name, default_value=default)
        return self.parameters[name]

    def image(self, name: str) -> str:
        return f"{self.account}.dkr.ecr.{self.region}.amazonaws.com/{self.team}/{name}"

    def run_path(self, *parts: str) -> Any:
        """A place of its own for each execution."""
        return Join(on="/", values=[self.artifacts, self.team, ExecutionVariables.PIPELINE_EXECUTION_ID, *parts])

    def processing(
        self,
        name: str,
        inputs: dict[str, Any],
        outputs: dict[str, Any],
        *,
        report: tuple[str, str] | None = None,
        private: bool = False,
        cached: bool = False,
        environment: dict[str, str] | None = None,
        arguments: list[Any] | None = None,
        depends_on: list[Any] | None = None,
        instance: Any = "ml.m5.xlarge",
    ) -> Any:
        """`report` is (output, file): the property file "Report"; an output that is None goes to the default place."""
        processor = ScriptProcessor(
            image_uri=self.image("toolbox:2.3"),
            command=["python3"],
            role=self.role,
            instance_type=instance,
            instance_count=1,
            env=environment,
            sagemaker_session=self.session,
            **(self._protection() if private else {}),
        )
        step_args = processor.run(
            inputs=_processing_inputs(inputs),
            outputs=_processing_outputs(outputs),
            arguments=arguments,
            code=f"{self.artifacts}/code/{self.team}/{name.lower()}.py",
        )
        files = [PropertyFile(name="Report", output_name=report[0], path=report[1])] if report else []
        cache = CacheConfig(enable_caching=True, expire_after="P7D") if cached else None
        return ProcessingStep(
            name=name, step_args=step_args, property_files=files, cache_config=cache, depends_on=depends_on
        )

    def _protection(self) -> dict[str, Any]:
        """Of a processor: keys and a network of its own."""
        network = NetworkConfig(enable_network_isolation=False, encrypt_inter_container_traffic=True, **PRIVATE)
        return {"volume_kms_key": self.key, "output_kms_key": self.key, "network_config": network}

    def estimator(self, image: str, *, private: bool = False, instance: Any = "ml.m5.2xlarge", **options: Any) -> Any:
        return Estimator(
            image_uri=self.image(image),
            role=self.role,
            instance_count=1,
            instance_type=instance,
            output_path=options.pop("output_path", f"{self.artifacts}/{self.team}/models"),
            output_kms_key=self.key if private else None,
            volume_kms_key=self.key if private else None,
            encrypt_inter_container_traffic=private,
            sagemaker_session=self.session,
            **(PRIVATE if private else {}),
            **options,
        )

    def training(self, name: str, image: str, channels: dict[str, Any], *, cached: bool = False, **options: Any) -> Any:
        depends_on = options.pop("depends_on", None)
        step_args = self.estimator(image, **options).fit(inputs=_channels(channels))
        cache = CacheConfig(enable_caching=True, expire_after="P30D") if cached else None
        return TrainingStep(name=name, step_args=step_args, cache_config=cache, depends_on=depends_on)

    def tuning(self, name: str, image: str, channels: dict[str, Any], metric: str, **options: Any) -> Any:
        tuner = HyperparameterTuner(
            estimator=self.estimator(image, hyperparameters={"eval_metric": "auc"}, **options),
            objective_metric_name=metric,
            hyperparameter_ranges={"eta": ContinuousParameter(0.01, 0.3), "max_depth": IntegerParameter(3, 9)},
            metric_definitions=[{"Name": metric, "Regex": f"{metric}=([0-9.]+)"}],
            max_jobs=4,
            max_parallel_jobs=2,
        )
        return TuningStep(name=name, step_args=tuner.fit(inputs=_channels(channels)))

    def automl(self, name: str, source: Any, target: str) -> Any:
        automl = AutoML(
            role=self.role,
            target_attribute_name=target,
            output_path=f"{self.artifacts}/{self.team}/automl",
            output_kms_key=self.key,
            mode="ENSEMBLING",
            sagemaker_session=self.session,
        )
        step_args = automl.fit(inputs=AutoMLInput(source, target_attribute_name=target, channel_type="training"))
        return AutoMLStep(name=name, step_args=step_args)

    def model(self, image: str, model_data: Any, **options: Any) -> Any:
        return Model(
            image_uri=self.image(image),
            model_data=model_data,
            role=self.role,
            sagemaker_session=self.session,
            **options,
        )

    def create_model(self, name: str, image: str, model_data: Any, **options: Any) -> Any:
        depends_on = options.pop("depends_on", None)
        created = self.model(image, model_data, **options).create(instance_type="ml.m5.xlarge")
        return ModelStep(name=name, step_args=created, depends_on=depends_on)

    def register(self, name: str, image: str, model_data: Any, group: str, **options: Any) -> Any:
        registered = self.model(image, model_data).register(
            content_types=["text/csv"],
            response_types=["text/csv"],
            inference_instances=["ml.m5.xlarge"],
            transform_instances=["ml.m5.xlarge"],
            model_package_group_name=group,
            approval_status=options.pop("approval", "PendingManualApproval"),
            **options,
        )
        return ModelStep(name=name, step_args=registered)

    def transform(self, name: str, model_name: Any, source: Any, target: Any, **options: Any) -> Any:
        step_args = self.transformer(model_name, target).transform(data=source, content_type="text/csv")
        return TransformStep(name=name, step_args=step_args, **options)

    def transformer(self, model_name: Any, target: Any) -> Any:
        return Transformer(
            model_name=model_name,
            instance_type="ml.m5.xlarge",
            instance_count=1,
            output_path=target,
            sagemaker_session=self.session,
        )

    def emr(
        self, name: str, jar: str, arguments: list[Any], *, cluster: str | None = "j-2AXXXXXXGAPLF", **options: Any
    ) -> Any:
        return EMRStep(
            name=name,
            display_name=name,
            description=f"{name} on EMR",
            cluster_id=cluster,
            step_config=EMRStepConfig(jar=jar, args=arguments),
            **options,
        )

    def function(
        self, name: str, function: str, inputs: dict[str, Any], outputs: tuple[str, ...] = (), **options: Any
    ) -> Any:
        arn = f"arn:aws:lambda:{self.region}:{self.account}:function:{self.team}-{function}"
        listed = [LambdaOutput(output_name=key, output_type=LambdaOutputTypeEnum.String) for key in outputs]
        lambda_function = Lambda(function_arn=arn, session=self.session)
        return LambdaStep(name=name, lambda_func=lambda_function, inputs=inputs, outputs=listed, **options)

    def callback(self, name: str, queue: str, inputs: dict[str, Any], outputs: tuple[str, ...], **options: Any) -> Any:
        return CallbackStep(
            name=name,
            sqs_queue_url=f"https://sqs.{self.region}.amazonaws.com/{self.account}/{queue}",
            inputs=inputs,
            outputs=[CallbackOutput(output_name=key, output_type=CallbackOutputTypeEnum.String) for key in outputs],
            **options,
        )


def _processing_inputs(sources: dict[str, Any]) -> list[Any]:
    return [
        ProcessingInput(source=source, destination=f"/opt/ml/processing/input/{key}", input_name=key)
        for key, source in sources.items()
    ]


def _processing_outputs(destinations: dict[str, Any]) -> list[Any]:
    return [
        ProcessingOutput(source=f"/opt/ml/processing/output/{key}", destination=destination, output_name=key)
        for key, destination in destinations.items()
    ]


def _channels(channels: dict[str, Any]) -> dict[str, Any]:
    return {name: TrainingInput(s3_data=source, content_type="text/csv") for name, source in channels.items()}


def output(step: Any, name: str) -> Any:
    """Where a processing step puts its output of this name."""
    return step.properties.ProcessingOutputConfig.Outputs[name].S3Output.S3Uri


def model_of(step: Any) -> Any:
    """The artifact of a training step."""
    return step.properties.ModelArtifacts.S3ModelArtifacts


Builder = Callable[[Bench], list[Any]]
BLUEPRINTS: dict[tuple[str, str, str], tuple[str, Builder]] = {}


def blueprint(region: str, name: str, team: str, account: str = ACCOUNT_ID) -> Callable[[Builder], Builder]:
    """Register the pipeline `name` of `region`; one function may build it for several regions."""

    def register(builder: Builder) -> Builder:
        BLUEPRINTS[account, region, name] = (team, builder)
        return builder

    return register
