"""Executions, their steps, and the jobs behind the steps."""

from __future__ import annotations

from django.db import models

from inventory.aws.records import TERMINAL_EXECUTION_STATUSES
from inventory.fields import CompressedJSONField
from inventory.models.accounts import Region
from inventory.models.pipelines import Definition, Pipeline
from inventory.models.registry import ModelPackage


class Execution(models.Model):
    """One execution of a pipeline."""

    pipeline = models.ForeignKey(Pipeline, models.CASCADE, related_name="executions", db_index=False)
    arn = models.CharField("ARN", max_length=512)
    display_name = models.CharField(max_length=128, blank=True)
    description = models.TextField(blank=True)
    status = models.CharField(max_length=32)
    failure_reason = models.TextField(blank=True)
    start_time = models.DateTimeField(null=True)
    last_modified = models.DateTimeField(null=True)
    created_by = models.JSONField(default=dict)
    parameters = models.JSONField(default=dict)
    selective = models.JSONField(null=True)
    version_id = models.PositiveIntegerField(null=True)
    definition = models.ForeignKey(
        Definition,
        models.PROTECT,
        null=True,
        related_name="executions",
        db_index=False,
        help_text="What it ran; null where not read.",
    )
    steps_version = models.DateTimeField(null=True, help_text="The last_modified its steps were read at.")
    steps_complete = models.BooleanField(default=False, help_text="Its steps and their jobs need not be read again.")
    wants_steps = models.BooleanField(
        default=False, help_text="Its steps are to be read once it is over, even where a newer execution is the latest."
    )
    problem = models.TextField(blank=True)

    class Meta:
        ordering = ("-start_time", "-pk")
        constraints = (models.UniqueConstraint(fields=("arn",), name="execution_by_arn"),)
        indexes = (
            models.Index(fields=("pipeline", "-start_time"), name="execution_newest_first"),
            models.Index(fields=("-start_time",), name="execution_by_start"),
            models.Index(fields=("status", "-start_time"), name="execution_by_status"),
            # Few were read: the others, of which nothing is known but their summary, take no room here.
            models.Index(
                fields=("definition",), condition=models.Q(definition__isnull=False), name="execution_that_ran"
            ),
            models.Index(fields=("-start_time",), condition=models.Q(wants_steps=True), name="execution_wanting_steps"),
            models.Index(
                fields=("-start_time",),
                condition=models.Q(steps_complete=False),
                name="execution_without_steps",
            ),
        )

    def __str__(self) -> str:
        return self.execution_id

    @property
    def execution_id(self) -> str:
        return self.arn.rsplit("/", 1)[-1]

    @property
    def is_terminal(self) -> bool:
        return self.status in TERMINAL_EXECUTION_STATUSES


class Job(models.Model):
    """What stands behind a step: a job, a model, an endpoint … as AWS describes it, secrets masked.

    Keyed by ARN and creation time: a deleted job's name may be used again.
    """

    region = models.ForeignKey(Region, models.CASCADE, related_name="jobs", db_index=False)
    arn = models.CharField("ARN", max_length=512)
    kind = models.CharField(max_length=32)
    name = models.CharField(max_length=256)
    status = models.CharField(max_length=32, blank=True)
    created_at = models.DateTimeField()
    is_terminal = models.BooleanField(default=False)
    description = CompressedJSONField(default=dict)
    read_at = models.DateTimeField()

    class Meta:
        ordering = ("-created_at", "-pk")
        indexes = (
            models.Index(fields=("-created_at",), name="job_newest_first"),
            models.Index(fields=("region", "kind"), name="job_by_kind"),
        )
        constraints = (models.UniqueConstraint(fields=("arn", "created_at"), name="job_once"),)

    def __str__(self) -> str:
        return self.name


class StepExecution(models.Model):
    """One step of one execution."""

    execution = models.ForeignKey(Execution, models.CASCADE, related_name="steps", db_index=False)
    name = models.CharField(max_length=256)
    iteration_index = models.IntegerField(default=-1, help_text="-1 outside an iteration.")
    display_name = models.CharField(max_length=256, blank=True)
    description = models.TextField(blank=True)
    status = models.CharField(max_length=32)
    start_time = models.DateTimeField(null=True)
    end_time = models.DateTimeField(null=True)
    failure_reason = models.TextField(blank=True)
    attempts = models.PositiveIntegerField(null=True)
    cache_source = models.CharField(max_length=512, blank=True)
    selective_source = models.CharField(max_length=512, blank=True)
    kind = models.CharField(max_length=32, blank=True, help_text="The metadata's member: TrainingJob, Lambda …")
    metadata = CompressedJSONField(default=dict)
    job = models.ForeignKey(Job, models.SET_NULL, null=True, related_name="steps")
    model_package = models.ForeignKey(ModelPackage, models.SET_NULL, null=True, related_name="steps", db_index=False)
    detail_error = models.TextField(blank=True, help_text="Why the description behind it could not be read.")
    metrics = models.JSONField(default=dict, help_text="Evaluation metrics: eval.<path> -> number.")
    report = models.JSONField(
        null=True, help_text="The report the metrics came from: uri, status, etag, versionId, size."
    )

    class Meta:
        ordering = ("execution", "start_time", "pk")
        indexes = (
            models.Index(fields=("status",), name="step_by_status"),
            models.Index(
                fields=("model_package",),
                condition=models.Q(model_package__isnull=False),
                name="step_that_registered",
            ),
        )
        constraints = (
            models.UniqueConstraint(fields=("execution", "name", "iteration_index"), name="step_once_per_execution"),
        )

    def __str__(self) -> str:
        return self.name


class BackfillDay(models.Model):
    """What the back-fill has cost on one day, in UTC."""

    day = models.DateField(unique=True)
    calls = models.PositiveIntegerField(default=0, help_text="To AWS.")
    executions = models.PositiveIntegerField(default=0, help_text="Whose steps were read.")
    held_until = models.DateTimeField(null=True, help_text="Until when a worker may be at it.")

    def __str__(self) -> str:
        return str(self.day)
