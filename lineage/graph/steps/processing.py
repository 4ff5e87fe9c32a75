"""Processing jobs, and the checks that run as one: QualityCheck and ClarifyCheck."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from lineage.graph.model import Port, Step, mapping, sequence
from lineage.graph.references import GET, operator

from .registry import anywhere, fields, parses, ports, reads, writes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_CODE_NAMES = frozenset(
    {"code", "entrypoint", "post_analytics_processor_script_input", "record_preprocessor_script_input"}
    | {"py-files", "jars", "files"}
)
_CONFIG_NAMES = frozenset({"conf", "config", "analysis_config"})
_CODE_PATHS = ("/opt/ml/processing/input/code", "/opt/ml/processing/input/entrypoint")
_REPORT_NAME = re.compile(r"report|evaluation|metrics|analysis_result|quality_check_output", re.IGNORECASE)


def _input_role(name: str, item: Mapping[str, Any], value: Any) -> str:
    if name in _CODE_NAMES or str(mapping(item.get("S3Input")).get("LocalPath")).startswith(_CODE_PATHS):
        return "code"
    if name in _CONFIG_NAMES:
        return "config"
    return "model" if name == "model" or is_model_reference(value) else "data"


def is_model_reference(value: object) -> bool:
    """Whether a value is the model that another step trained."""
    return operator(value) == GET and mapping(value)[GET].endswith(".S3ModelArtifacts")


def _output_role(name: str, item: Mapping[str, Any], value: Any) -> str:
    return "report" if _REPORT_NAME.search(name) else "data"


_ATHENA = "ProcessingInputs[].DatasetDefinition.AthenaDatasetDefinition"
_REDSHIFT = "ProcessingInputs[].DatasetDefinition.RedshiftDatasetDefinition"
_JOB = (
    reads("ProcessingInputs[].S3Input.S3Uri", _input_role, name="InputName"),
    reads(f"{_ATHENA}.Database", kind="athena", name="InputName"),
    reads(f"{_REDSHIFT}.Database", kind="redshift", name="InputName"),
    reads("AppSpecification.ImageUri", "image", kind="image"),
    # The scratch space of a query: what AWS unloads there is what the container then reads.
    reads(f"{_ATHENA}.OutputS3Uri"),
    reads(f"{_REDSHIFT}.OutputS3Uri"),
    writes("ProcessingOutputConfig.Outputs[].S3Output.S3Uri", _output_role, name="OutputName"),
    writes(
        "ProcessingOutputConfig.Outputs[].FeatureStoreOutput.FeatureGroupName",
        "feature_group",
        kind="feature_group",
        name="OutputName",
    ),
)
_PROCESSING = fields(*_JOB)
_CHECK = fields(
    *_JOB,
    anywhere("SuppliedBaselineStatistics", "input", "baseline"),
    anywhere("SuppliedBaselineConstraints", "input", "baseline"),
    anywhere("ModelPackageGroupName", "input", "baseline", "model_package_group"),
    anywhere("ModelName", "input", "model", "model"),
)


@parses("Processing")
def processing(step: Step) -> Iterator[Port]:
    """A processing job reads its inputs and writes its outputs; an output with a property file is a report."""
    reports = {mapping(file).get("OutputName") for file in _hashable(sequence(step.get("PropertyFiles")))}
    for port in ports(step, _PROCESSING):
        is_report = port.direction == "output" and port.kind == "s3" and port.name in reports
        yield port._replace(role="report") if is_report else port


def _hashable(files: Any) -> Iterator[Any]:
    return (file for file in files if isinstance(mapping(file).get("OutputName"), str))


@parses("QualityCheck", "ClarifyCheck")
def check(step: Step) -> Iterable[Port]:
    """A check is a processing job that also reads the baselines it is given, beside its Arguments."""
    return ports(step, _CHECK)
