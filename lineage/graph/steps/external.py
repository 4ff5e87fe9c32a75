"""What runs outside of SageMaker: EMR, Lambda, Callback; and the steps that only steer or record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .registry import fields, parses, ports, reads, writes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lineage.graph.model import Port, Step

_EMR = fields(
    reads("StepConfig.HadoopJarStep.Jar", "code"),
    reads("ClusterConfig.BootstrapActions[].ScriptBootstrapAction.Path", "code"),
    writes("ClusterConfig.LogUri", "log"),
)
_MONITORING = "JobConfig.configurationOverrides.monitoringConfiguration.s3MonitoringConfiguration.logUri"
_EMR_SERVERLESS = fields(
    reads("JobConfig.jobDriver.sparkSubmit.entryPoint", "code"),
    reads("JobConfig.jobDriver.hive.query", "code"),
    reads("JobConfig.jobDriver.hive.initQueryFile", "code"),
    writes(_MONITORING, "log"),
)


@parses("EMR")
def emr(step: Step) -> Iterable[Port]:
    """What an EMR step's arguments read or write is not knowable; its program and its logs are."""
    return ports(step, _EMR)


@parses("EMRServerless")
def emr_serverless(step: Step) -> Iterable[Port]:
    """As EMR, in the spelling of EMR Serverless."""
    return ports(step, _EMR_SERVERLESS)


@parses("Lambda", "Callback", "Lineage", "Condition", "Fail")
def untyped(step: Step) -> Iterable[Port]:
    """These have no member that AWS types as a location; their free arguments are read as such."""
    return ()
