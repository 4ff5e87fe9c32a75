"""The models, packages and endpoints that steps create, in moto's own registry so that List and Search find them."""

from __future__ import annotations

from typing import Any

from .run import Document, Result, StepRun, performs


@performs("Model")
def model(run: StepRun) -> Result:
    if run.status == "Failed":
        return Result({}, {})
    created = run.backend.create_model(
        model_name=run.arguments.get("ModelName") or run.job,
        execution_role_arn=run.arguments.get("ExecutionRoleArn") or run.role,
        primary_container=run.arguments.get("PrimaryContainer"),
        vpc_config=run.arguments.get("VpcConfig"),
        containers=run.arguments.get("Containers"),
        tags=run.arguments.get("Tags"),
    )
    created.enable_network_isolation = bool(run.arguments.get("EnableNetworkIsolation"))
    created.creation_time = run.end or run.start
    return Result({"Model": {"Arn": run.arn("model", created.model_name)}}, created.response_object)


@performs("RegisterModel")
def register_model(run: StepRun) -> Result:
    if run.status == "Failed":
        return Result({}, {})
    group = run.arguments.get("ModelPackageGroupName") or run.name
    if group not in run.backend.model_package_groups:
        run.backend.create_model_package_group(group, "", [])
        run.backend.model_package_groups[group].creation_time = run.start
    arn = run.backend.create_model_package(**_package_arguments(run, group))
    package = run.backend.model_packages[arn]
    package.creation_time = run.end or run.start
    return Result({"RegisterModel": {"Arn": arn}}, package.gen_response_object())


def _package_arguments(run: StepRun, group: str) -> dict[str, Any]:
    arguments = run.arguments
    return {
        "model_package_name": None,
        "model_package_group_name": group,
        "model_package_description": arguments.get("ModelPackageDescription"),
        "inference_specification": arguments.get("InferenceSpecification"),
        "validation_specification": arguments.get("ValidationSpecification"),
        "source_algorithm_specification": arguments.get("SourceAlgorithmSpecification"),
        "certify_for_marketplace": False,
        "tags": arguments.get("Tags"),
        "model_approval_status": run.script.approval or arguments.get("ModelApprovalStatus") or "PendingManualApproval",
        "metadata_properties": (arguments.get("MetadataProperties") or {}) | {"GeneratedBy": run.execution_arn},
        "model_metrics": arguments.get("ModelMetrics"),
        "client_token": None,
        "customer_metadata_properties": arguments.get("CustomerMetadataProperties"),
        "drift_check_baselines": arguments.get("DriftCheckBaselines"),
        "domain": arguments.get("Domain"),
        "task": arguments.get("Task"),
        "sample_payload_url": arguments.get("SamplePayloadUrl"),
        "additional_inference_specifications": None,
    }


@performs("EndpointConfig")
def endpoint_config(run: StepRun) -> Result:
    if run.status == "Failed":
        return Result({}, {})
    created = run.backend.create_endpoint_config(
        endpoint_config_name=run.arguments.get("EndpointConfigName") or run.job,
        production_variants=run.arguments.get("ProductionVariants") or [],
        data_capture_config=run.arguments.get("DataCaptureConfig") or {},
        async_inference_config=run.arguments.get("AsyncInferenceConfig") or {},
        tags=run.arguments.get("Tags") or [],
        kms_key_id=run.arguments.get("KmsKeyId") or "",
    )
    created.creation_time = run.end or run.start
    return Result(
        {"EndpointConfig": {"Arn": run.arn("endpoint-config", created.endpoint_config_name)}}, created.response_object
    )


@performs("Endpoint")
def endpoint(run: StepRun) -> Result:
    if run.status == "Failed":
        return Result({}, {})
    name = run.arguments.get("EndpointName") or run.job
    earlier = run.backend.endpoints.get(name)
    created = run.backend.create_endpoint(
        endpoint_name=name,
        endpoint_config_name=run.arguments["EndpointConfigName"],
        tags=run.arguments.get("Tags") or [],
    )
    created.last_modified_time = run.end or run.start
    created.creation_time = earlier.creation_time if earlier else created.last_modified_time
    created.endpoint_status = "InService" if run.end else "Creating"
    return Result({"Endpoint": {"Arn": run.arn("endpoint", name)}}, created.response_object)


@performs("InferenceComponent")
def inference_component(run: StepRun) -> Result:
    name = run.arguments.get("InferenceComponentName") or run.job
    component: Document = run.keep(
        "inference-component",
        name,
        {
            **run.arguments,
            "InferenceComponentName": name,
            "InferenceComponentArn": run.arn("inference-component", name),
            "EndpointArn": run.arn("endpoint", run.arguments.get("EndpointName", "")),
            "InferenceComponentStatus": "Failed" if run.status == "Failed" else "InService",
            "FailureReason": run.failure_reason,
            "CreationTime": run.start,
            "LastModifiedTime": run.end or run.start,
        },
    )
    return Result({"InferenceComponent": {"Arn": component["InferenceComponentArn"]}}, component)
