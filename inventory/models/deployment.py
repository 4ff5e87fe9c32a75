"""What serves models: models, endpoint configs, endpoints, inference components."""

from __future__ import annotations

from django.db import models

from inventory.models.executions import Execution
from inventory.models.registry import Resource, arn_of


class Deployed(Resource):
    """What a step may have made."""

    execution = models.ForeignKey(
        Execution,
        models.SET_NULL,
        null=True,
        related_name="made_%(class)ss",
        help_text="The execution whose step made it, where one is known.",
    )

    class Meta(Resource.Meta):
        abstract = True


class Model(Deployed):
    """A model: containers that can be deployed."""


class ModelContainer(models.Model):
    """One container of a model, and the package it comes from."""

    model = models.ForeignKey(Model, models.CASCADE, related_name="containers")
    position = models.PositiveSmallIntegerField()
    image = models.CharField(max_length=512, blank=True)
    model_data_url = models.CharField(max_length=1024, blank=True)
    package_name = models.CharField(max_length=256, blank=True, help_text="ModelPackageName as it was given.")
    package = arn_of(
        "ModelPackage",
        "package_arn",
        "containers",
        help_text="The package it names, else the newest whose model is the same file.",
    )

    class Meta:
        ordering = ("model", "position")
        indexes = (
            models.Index(fields=("package",), name="container_by_package"),
            models.Index(
                fields=("model_data_url",), condition=~models.Q(model_data_url=""), name="container_by_model_data"
            ),
        )
        constraints = (models.UniqueConstraint(fields=("model", "position"), name="container_once_per_model"),)

    def __str__(self) -> str:
        return f"{self.model_id}/{self.position}"


class EndpointConfig(Deployed):
    """An endpoint config: which models serve, on which instances."""


class ProductionVariant(models.Model):
    """One variant of an endpoint config, and the model it serves."""

    config = models.ForeignKey(EndpointConfig, models.CASCADE, related_name="variants")
    name = models.CharField(max_length=64)
    is_shadow = models.BooleanField(default=False)
    model_name = models.CharField(max_length=256, blank=True)
    model = arn_of("Model", "model_arn", "variants")

    class Meta:
        ordering = ("config", "is_shadow", "name")
        indexes = (models.Index(fields=("model",), name="variant_by_model"),)
        constraints = (models.UniqueConstraint(fields=("config", "name"), name="variant_once_per_config"),)

    def __str__(self) -> str:
        return self.name


class Endpoint(Deployed):
    """An endpoint, and the config it runs."""

    status = models.CharField(max_length=32, blank=True)
    last_modified = models.DateTimeField(null=True)
    config_name = models.CharField(max_length=256, blank=True)
    config = arn_of("EndpointConfig", "config_arn", "endpoints")

    class Meta(Deployed.Meta):
        indexes = (*Deployed.Meta.indexes, models.Index(fields=("config",), name="endpoint_by_config"))


class InferenceComponent(Deployed):
    """A model in a variant of an endpoint."""

    status = models.CharField(max_length=32, blank=True)
    last_modified = models.DateTimeField(null=True)
    endpoint_name = models.CharField(max_length=256, blank=True)
    endpoint = arn_of("Endpoint", "endpoint_arn", "inference_components")
    variant_name = models.CharField(max_length=64, blank=True)
    model_name = models.CharField(max_length=256, blank=True)
    model = arn_of("Model", "model_arn", "inference_components")

    class Meta(Deployed.Meta):
        indexes = (
            *Deployed.Meta.indexes,
            models.Index(fields=("endpoint",), name="component_by_endpoint"),
            models.Index(fields=("model",), name="component_by_model"),
        )
