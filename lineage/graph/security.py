"""How a step is protected, and what it runs on: read from the job where it ran, else from the definition."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from .model import Node, Text, mapping, sequence
from .references import operator

Request = Mapping[str, Any]

_TUNED = ("TrainingJobDefinition", "TrainingJobDefinitions")
_IMAGES = (
    ("AppSpecification", "ImageUri"),
    ("AlgorithmSpecification", "TrainingImage"),
    ("AlgorithmSpecification", "AlgorithmName"),
    ("PrimaryContainer", "Image"),
    ("Containers", "Image"),
    ("InferenceSpecification", "Containers", "Image"),
    ("Specification", "Container", "Image"),
)
_ROLES = (
    ("RoleArn",),
    ("ExecutionRoleArn",),
    ("JobConfig", "executionRoleArn"),
    ("ClusterConfig", "ServiceRole"),
)
_INSTANCES = (
    ("ProcessingResources", "ClusterConfig", "InstanceType"),
    ("ResourceConfig", "InstanceType"),
    ("ResourceConfig", "InstanceGroups", "InstanceType"),
    ("HyperParameterTuningResourceConfig", "InstanceType"),
    ("HyperParameterTuningResourceConfig", "InstanceConfigs", "InstanceType"),
    ("TransformResources", "InstanceType"),
    ("ProductionVariants", "InstanceType"),
)
_COUNTS = (*((*path[:-1], "InstanceCount") for path in _INSTANCES), ("ProductionVariants", "InitialInstanceCount"))
_VPCS = (
    ("NetworkConfig", "VpcConfig"),
    ("VpcConfig",),
    ("AutoMLJobConfig", "SecurityConfig", "VpcConfig"),
    ("SecurityConfig", "VpcConfig"),
)
_ISOLATIONS = (("NetworkConfig", "EnableNetworkIsolation"), ("EnableNetworkIsolation",))
_ENCRYPTIONS = (
    ("NetworkConfig", "EnableInterContainerTrafficEncryption"),
    ("EnableInterContainerTrafficEncryption",),
    ("AutoMLJobConfig", "SecurityConfig", "EnableInterContainerTrafficEncryption"),
    ("SecurityConfig", "EnableInterContainerTrafficEncryption"),
)
_OUTPUT_KEYS = (
    ("ProcessingOutputConfig", "KmsKeyId"),
    ("OutputDataConfig", "KmsKeyId"),
    ("TransformOutput", "KmsKeyId"),
    ("AsyncInferenceConfig", "OutputConfig", "KmsKeyId"),
    ("SecurityConfig", "KmsKeyId"),
)
_VOLUME_KEYS = (
    ("ProcessingResources", "ClusterConfig", "VolumeKmsKeyId"),
    ("ResourceConfig", "VolumeKmsKeyId"),
    ("HyperParameterTuningResourceConfig", "VolumeKmsKeyId"),
    ("TransformResources", "VolumeKmsKeyId"),
    ("AutoMLJobConfig", "SecurityConfig", "VolumeKmsKeyId"),
    ("SecurityConfig", "VolumeKmsKeyId"),
    ("KmsKeyId",),
)
_WITHOUT_JOB = frozenset({"Condition", "Fail", "Lambda", "Callback", "Lineage"})


def render_security(node: Node, text: Text) -> dict[str, Any] | None:
    """None for a step that runs no job. Keys and what they hold:

    `vpc` {"subnets": [], "securityGroupIds": []} or null; `networkIsolation` and `encryptedInTransit` true, false, or
    null where the definition leaves it to an expression that is not known (AWS's default is false);
    `outputKmsKey` and `volumeKmsKey` a key id, alias, ARN or template, null without one.
    """
    if node.type in _WITHOUT_JOB:
        return None
    requests = _requests(node)
    return {
        "vpc": _vpc(requests, text),
        "networkIsolation": _flag(requests, _ISOLATIONS, text),
        "encryptedInTransit": _flag(requests, _ENCRYPTIONS, text),
        "outputKmsKey": _first(requests, _OUTPUT_KEYS, text),
        "volumeKmsKey": _first(requests, _VOLUME_KEYS, text),
    }


def render_compute(node: Node, text: Text) -> dict[str, str | None]:
    """What a step runs on and as whom."""
    requests = _requests(node)
    instance, count = _first(requests, _INSTANCES, text), _first(requests, _COUNTS, text)
    return {
        "instance": f"{count} x {instance}" if instance and count not in (None, "1") else instance,
        "image": _first(requests, _IMAGES, text),
        "role": _first(requests, _ROLES, text),
    }


def _requests(node: Node) -> list[Request]:
    """The job as it ran, then the request; of a tuning job the training definitions inside of it as well."""
    outer = (mapping(node.job), mapping(node.step.get("Arguments")))
    return [request for each in outer for request in (each, *_tuned(each)) if request]


def _tuned(request: Request) -> list[Request]:
    values = [request[key] for key in _TUNED if key in request]
    return [mapping(item) for value in values for item in (sequence(value) or (value,))]


def _values(requests: Iterable[Request], paths: Iterable[tuple[str, ...]]) -> Iterator[Any]:
    for request in requests:
        for path in paths:
            if path[0] in request:
                yield from _below(request, path)


def _below(value: Any, path: tuple[str, ...]) -> list[Any]:
    """The values at a path, through lists as well."""
    for depth, key in enumerate(path):
        if not isinstance(value, dict):
            items = (item for item in sequence(value) if isinstance(item, dict))
            return [found for item in items for found in _below(item, path[depth:])]
        value = value.get(key)
    return [] if value is None else [value]


def _first(requests: list[Request], paths: Iterable[tuple[str, ...]], text: Text) -> str | None:
    for value in _values(requests, paths):
        if isinstance(value, (str, int, float)) or operator(value):
            found, _ = text(value)
            if found:
                return found
    return None


def _flag(requests: list[Request], paths: Iterable[tuple[str, ...]], text: Text) -> bool | None:
    for value in _values(requests, paths):
        if isinstance(value, bool):
            return value
        if operator(value) or isinstance(value, str):
            return {"true": True, "false": False}.get(text(value)[0].lower())
    return False


def _vpc(requests: list[Request], text: Text) -> dict[str, list[str]] | None:
    for value in _values(requests, _VPCS):
        subnets, groups = (_texts(mapping(value).get(key), text) for key in ("Subnets", "SecurityGroupIds"))
        if subnets or groups:
            return {"subnets": subnets, "securityGroupIds": groups}
    return None


def _texts(value: object, text: Text) -> list[str]:
    values = [value] if operator(value) else sequence(value)
    return [text(item)[0] for item in values if isinstance(item, str) or operator(item)]
