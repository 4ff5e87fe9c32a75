"""What a crawl yields: frozen records of AWS's answers, secrets masked, times aware, JSON values plain."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

TERMINAL_EXECUTION_STATUSES = frozenset({"Succeeded", "Failed", "Stopped", "CompletedWithFailures"})


@dataclass(frozen=True, slots=True)
class DomainRecord:
    """One Studio domain (ListDomains)."""

    domain_id: str
    name: str
    arn: str
    status: str
    created_at: datetime | None
    last_modified: datetime | None


@dataclass(frozen=True, slots=True)
class PipelineRecord:
    """One pipeline as a listing shows it (ListPipelines)."""

    arn: str
    name: str
    display_name: str
    description: str
    role_arn: str
    created_at: datetime | None
    last_modified: datetime | None
    last_execution_time: datetime | None


@dataclass(frozen=True, slots=True)
class PipelineOwnershipRecord:
    """Whose a pipeline is: its tags and the user contexts that made and changed it.

    tag:GetResources and ListTags know no contexts: there they are None.
    """

    arn: str
    tags: Mapping[str, str]
    created_by: Mapping[str, Any] | None = None
    last_modified_by: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class DefinitionRecord:
    """A pipeline definition, masked.

    `sha256` is of the canonical JSON of `text`; of `text` itself where it is not JSON. `secret_parameters` are those
    that it hands to what looks secret.
    """

    sha256: str
    text: str
    problem: str = ""
    secret_parameters: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class PipelineDescriptionRecord:
    """What only DescribePipeline knows."""

    arn: str
    last_modified: datetime | None
    definition: DefinitionRecord
    created_by: Mapping[str, Any]
    last_modified_by: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ExecutionRecord:
    """One pipeline execution, without its steps. `parameters` is None where the source does not know them."""

    arn: str
    pipeline_arn: str
    display_name: str
    description: str
    status: str
    failure_reason: str
    start_time: datetime | None
    last_modified: datetime | None
    created_by: Mapping[str, Any] | None
    parameters: Mapping[str, str] | None
    selective: Mapping[str, Any] | None = None
    version_id: int | None = None

    @property
    def is_terminal(self) -> bool:
        return self.status in TERMINAL_EXECUTION_STATUSES


def resource_arn(metadata: Mapping[str, Any]) -> str:
    """The ARN in a step's metadata; empty where there is none."""
    details = next(iter(metadata.values()), None) or {}
    return str(details.get("Arn") or details.get("CheckJobArn") or "")


@dataclass(frozen=True, slots=True)
class StepRecord:
    """One step of one execution. `metadata` is AWS's Metadata member without a CallbackToken; {} for none."""

    name: str
    display_name: str
    description: str
    status: str
    start_time: datetime | None
    end_time: datetime | None
    failure_reason: str
    attempts: int | None
    cache_source: str
    selective_source: str
    iteration_index: int | None
    metadata: Mapping[str, Any] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        """The metadata's member: TrainingJob, Lambda …; empty without metadata."""
        return next(iter(self.metadata), "")

    @property
    def resource_arn(self) -> str:
        """The ARN of what can be described behind the step; empty where there is nothing."""
        return resource_arn(self.metadata)


@dataclass(frozen=True, slots=True)
class JobRecord:
    """What stands behind a step's metadata: a job, a model, an endpoint … and its raw description, as JSON, masked.

    `kind` is the metadata's member (ProcessingJob, TrainingJob, TransformJob, TuningJob, AutoMLJob, Model,
    ModelPackage, EndpointConfig, Endpoint, InferenceComponent); `is_terminal` says that AWS will never change it
    again, so it need not be read twice.
    """

    arn: str
    kind: str
    name: str
    status: str
    created_at: datetime | None
    is_terminal: bool
    description: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ReportRecord:
    """An evaluation report, read from S3.

    `status`: ok, missing, denied, denied-kms, too-large, malformed. `metrics` keys are `eval.<dotted path>`; values are
    finite numbers. `truncated` counts the metrics left out beyond the cap.
    """

    step_name: str
    uri: str
    status: str
    metrics: Mapping[str, float] = field(default_factory=dict)
    truncated: int = 0
    etag: str = ""
    version_id: str = ""
    size: int | None = None


@dataclass(frozen=True, slots=True)
class AccountPublicAccessRecord:
    """The account level of the public access block. `flags` is None where nothing is configured or nothing is known.

    `status`: ok, Denied or Unknown.
    """

    status: str
    flags: Mapping[str, bool] | None


@dataclass(frozen=True, slots=True)
class BucketRecord:
    """What protects a bucket. Each value is AWS's, or `NotConfigured`, `Denied` or `Unknown`; never one for another.

    `encryption`: AES256, aws:kms, aws:kms:dsse. `versioning`: Enabled, Suspended, Disabled. `public_access`: Blocked,
    Partial, NotConfigured (bucket and account level together). `owner`: own, external.
    `exists` and `tags` are None where not known. `errors`: field -> AWS's error code.
    """

    name: str
    region: str
    owner: str
    exists: bool | None
    encryption: str
    kms_key_id: str
    bucket_key_enabled: bool | None
    versioning: str
    mfa_delete: str
    public_access: str
    public_access_flags: Mapping[str, bool] | None
    is_public: bool | None
    object_ownership: str
    tags: Mapping[str, str] | None
    errors: Mapping[str, str] = field(default_factory=dict)
