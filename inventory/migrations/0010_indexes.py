"""Indexes for what is asked, and none twice: a unique or indexed text column has two of them in PostgreSQL."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import inventory.fields


class Migration(migrations.Migration):
    dependencies = [
        ("inventory", "0009_history"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="definition",
            name="sha256",
            field=models.CharField(max_length=64),
        ),
        migrations.AlterField(
            model_name="domain",
            name="name",
            field=models.CharField(max_length=64, verbose_name="DomainName"),
        ),
        migrations.AlterField(
            model_name="endpoint",
            name="arn",
            field=inventory.fields.ARNField(max_length=512, verbose_name="ARN"),
        ),
        migrations.AlterField(
            model_name="endpoint",
            name="config",
            field=models.ForeignKey(
                db_column="config_arn",
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="endpoints",
                to="inventory.endpointconfig",
                to_field="arn",
            ),
        ),
        migrations.AlterField(
            model_name="endpoint",
            name="name",
            field=models.CharField(max_length=256),
        ),
        migrations.AlterField(
            model_name="endpointconfig",
            name="arn",
            field=inventory.fields.ARNField(max_length=512, verbose_name="ARN"),
        ),
        migrations.AlterField(
            model_name="endpointconfig",
            name="name",
            field=models.CharField(max_length=256),
        ),
        migrations.AlterField(
            model_name="execution",
            name="arn",
            field=models.CharField(max_length=512, verbose_name="ARN"),
        ),
        migrations.AlterField(
            model_name="execution",
            name="definition",
            field=models.ForeignKey(
                db_index=False,
                help_text="What it ran; null where not read.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="executions",
                to="inventory.definition",
            ),
        ),
        migrations.AlterField(
            model_name="execution",
            name="pipeline",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="executions",
                to="inventory.pipeline",
            ),
        ),
        migrations.AlterField(
            model_name="execution",
            name="status",
            field=models.CharField(max_length=32),
        ),
        migrations.AlterField(
            model_name="featuregroup",
            name="arn",
            field=inventory.fields.ARNField(max_length=512, verbose_name="ARN"),
        ),
        migrations.AlterField(
            model_name="featuregroup",
            name="name",
            field=models.CharField(max_length=256),
        ),
        migrations.AlterField(
            model_name="inferencecomponent",
            name="arn",
            field=inventory.fields.ARNField(max_length=512, verbose_name="ARN"),
        ),
        migrations.AlterField(
            model_name="inferencecomponent",
            name="endpoint",
            field=models.ForeignKey(
                db_column="endpoint_arn",
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="inference_components",
                to="inventory.endpoint",
                to_field="arn",
            ),
        ),
        migrations.AlterField(
            model_name="inferencecomponent",
            name="model",
            field=models.ForeignKey(
                db_column="model_arn",
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="inference_components",
                to="inventory.model",
                to_field="arn",
            ),
        ),
        migrations.AlterField(
            model_name="inferencecomponent",
            name="name",
            field=models.CharField(max_length=256),
        ),
        migrations.AlterField(
            model_name="job",
            name="arn",
            field=models.CharField(max_length=512, verbose_name="ARN"),
        ),
        migrations.AlterField(
            model_name="job",
            name="kind",
            field=models.CharField(max_length=32),
        ),
        migrations.AlterField(
            model_name="job",
            name="region",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="jobs", to="inventory.region"
            ),
        ),
        migrations.AlterField(
            model_name="model",
            name="arn",
            field=inventory.fields.ARNField(max_length=512, verbose_name="ARN"),
        ),
        migrations.AlterField(
            model_name="model",
            name="name",
            field=models.CharField(max_length=256),
        ),
        migrations.AlterField(
            model_name="modelcontainer",
            name="model_data_url",
            field=models.CharField(blank=True, max_length=1024),
        ),
        migrations.AlterField(
            model_name="modelcontainer",
            name="package",
            field=models.ForeignKey(
                db_column="package_arn",
                db_constraint=False,
                db_index=False,
                help_text="The package it names, else the newest whose model is the same file.",
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="containers",
                to="inventory.modelpackage",
                to_field="arn",
            ),
        ),
        migrations.AlterField(
            model_name="modelpackage",
            name="approval_status",
            field=models.CharField(blank=True, max_length=32),
        ),
        migrations.AlterField(
            model_name="modelpackage",
            name="arn",
            field=inventory.fields.ARNField(max_length=512, verbose_name="ARN"),
        ),
        migrations.AlterField(
            model_name="modelpackage",
            name="execution",
            field=models.ForeignKey(
                db_column="execution_arn",
                db_constraint=False,
                db_index=False,
                help_text="The execution that registered it.",
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="model_packages",
                to="inventory.execution",
                to_field="arn",
            ),
        ),
        migrations.AlterField(
            model_name="modelpackage",
            name="group",
            field=models.ForeignKey(
                db_column="group_arn",
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="model_packages",
                to="inventory.modelpackagegroup",
                to_field="arn",
            ),
        ),
        migrations.AlterField(
            model_name="modelpackage",
            name="group_name",
            field=models.CharField(blank=True, max_length=256),
        ),
        migrations.AlterField(
            model_name="modelpackage",
            name="model_data_url",
            field=models.CharField(blank=True, help_text="Where its first container's model is.", max_length=1024),
        ),
        migrations.AlterField(
            model_name="modelpackagegroup",
            name="arn",
            field=inventory.fields.ARNField(max_length=512, verbose_name="ARN"),
        ),
        migrations.AlterField(
            model_name="modelpackagegroup",
            name="name",
            field=models.CharField(max_length=256),
        ),
        migrations.AlterField(
            model_name="pipeline",
            name="arn",
            field=models.CharField(max_length=512, verbose_name="ARN"),
        ),
        migrations.AlterField(
            model_name="pipeline",
            name="name",
            field=models.CharField(max_length=256),
        ),
        migrations.AlterField(
            model_name="pipeline",
            name="region",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="pipelines",
                to="inventory.region",
            ),
        ),
        migrations.AlterField(
            model_name="productionvariant",
            name="model",
            field=models.ForeignKey(
                db_column="model_arn",
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="variants",
                to="inventory.model",
                to_field="arn",
            ),
        ),
        migrations.AlterField(
            model_name="stepexecution",
            name="execution",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="steps",
                to="inventory.execution",
            ),
        ),
        migrations.AlterField(
            model_name="stepexecution",
            name="model_package",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="steps",
                to="inventory.modelpackage",
            ),
        ),
        migrations.AlterField(
            model_name="stepexecution",
            name="status",
            field=models.CharField(max_length=32),
        ),
        migrations.AlterField(
            model_name="sync",
            name="state",
            field=models.CharField(
                choices=[
                    ("queued", "Queued"),
                    ("running", "Running"),
                    ("succeeded", "Succeeded"),
                    ("partial", "Partial"),
                    ("failed", "Failed"),
                    ("cancelled", "Cancelled"),
                ],
                default="queued",
                max_length=16,
            ),
        ),
        migrations.AlterField(
            model_name="syncpart",
            name="state",
            field=models.CharField(
                choices=[
                    ("queued", "Queued"),
                    ("running", "Running"),
                    ("finished", "Finished"),
                    ("cancelled", "Cancelled"),
                ],
                default="queued",
                max_length=16,
            ),
        ),
        migrations.AlterField(
            model_name="syncpart",
            name="sync",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="parts", to="inventory.sync"
            ),
        ),
        migrations.AddIndex(
            model_name="domain",
            index=models.Index(fields=["name"], name="domain_by_name"),
        ),
        migrations.AddIndex(
            model_name="endpoint",
            index=models.Index(fields=["name"], name="endpoint_by_name"),
        ),
        migrations.AddIndex(
            model_name="endpoint",
            index=models.Index(fields=["config"], name="endpoint_by_config"),
        ),
        migrations.AddIndex(
            model_name="endpointconfig",
            index=models.Index(fields=["name"], name="endpointconfig_by_name"),
        ),
        migrations.AddIndex(
            model_name="execution",
            index=models.Index(fields=["-start_time"], name="execution_by_start"),
        ),
        migrations.AddIndex(
            model_name="execution",
            index=models.Index(fields=["status", "-start_time"], name="execution_by_status"),
        ),
        migrations.AddIndex(
            model_name="execution",
            index=models.Index(
                condition=models.Q(("definition__isnull", False)), fields=["definition"], name="execution_that_ran"
            ),
        ),
        migrations.AddIndex(
            model_name="featuregroup",
            index=models.Index(fields=["name"], name="featuregroup_by_name"),
        ),
        migrations.AddIndex(
            model_name="inferencecomponent",
            index=models.Index(fields=["name"], name="inferencecomponent_by_name"),
        ),
        migrations.AddIndex(
            model_name="inferencecomponent",
            index=models.Index(fields=["endpoint"], name="component_by_endpoint"),
        ),
        migrations.AddIndex(
            model_name="inferencecomponent",
            index=models.Index(fields=["model"], name="component_by_model"),
        ),
        migrations.AddIndex(
            model_name="job",
            index=models.Index(fields=["-created_at"], name="job_newest_first"),
        ),
        migrations.AddIndex(
            model_name="job",
            index=models.Index(fields=["region", "kind"], name="job_by_kind"),
        ),
        migrations.AddIndex(
            model_name="model",
            index=models.Index(fields=["name"], name="model_by_name"),
        ),
        migrations.AddIndex(
            model_name="modelcontainer",
            index=models.Index(fields=["package"], name="container_by_package"),
        ),
        migrations.AddIndex(
            model_name="modelcontainer",
            index=models.Index(
                condition=models.Q(("model_data_url", ""), _negated=True),
                fields=["model_data_url"],
                name="container_by_model_data",
            ),
        ),
        migrations.AddIndex(
            model_name="modelpackage",
            index=models.Index(fields=["group_name", "-version"], name="modelpackage_newest_first"),
        ),
        migrations.AddIndex(
            model_name="modelpackage",
            index=models.Index(fields=["approval_status"], name="modelpackage_by_approval"),
        ),
        migrations.AddIndex(
            model_name="modelpackage",
            index=models.Index(fields=["group"], name="modelpackage_by_group"),
        ),
        migrations.AddIndex(
            model_name="modelpackage",
            index=models.Index(fields=["execution"], name="modelpackage_by_execution"),
        ),
        migrations.AddIndex(
            model_name="modelpackage",
            index=models.Index(
                condition=models.Q(("model_data_url", ""), _negated=True),
                fields=["model_data_url"],
                name="modelpackage_by_model_data",
            ),
        ),
        migrations.AddIndex(
            model_name="modelpackagegroup",
            index=models.Index(fields=["name"], name="modelpackagegroup_by_name"),
        ),
        migrations.AddIndex(
            model_name="pipeline",
            index=models.Index(fields=["name", "region"], name="pipeline_by_name"),
        ),
        migrations.AddIndex(
            model_name="pipeline",
            index=models.Index(fields=["region", "id"], name="pipeline_by_region"),
        ),
        migrations.AddIndex(
            model_name="productionvariant",
            index=models.Index(fields=["model"], name="variant_by_model"),
        ),
        migrations.AddIndex(
            model_name="stepexecution",
            index=models.Index(fields=["status"], name="step_by_status"),
        ),
        migrations.AddIndex(
            model_name="stepexecution",
            index=models.Index(
                condition=models.Q(("model_package__isnull", False)),
                fields=["model_package"],
                name="step_that_registered",
            ),
        ),
        migrations.AddIndex(
            model_name="sync",
            index=models.Index(
                condition=models.Q(("state__in", ("queued", "running"))), fields=["state"], name="sync_under_way"
            ),
        ),
        migrations.AddIndex(
            model_name="syncpart",
            index=models.Index(
                condition=models.Q(("state__in", ("queued", "running"))), fields=["state"], name="part_under_way"
            ),
        ),
        migrations.AlterField(
            model_name="syncpart",
            name="account",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="inventory.account"
            ),
        ),
        migrations.AddIndex(
            model_name="syncpart",
            index=models.Index(fields=["account", "region", "-id"], name="part_newest_of_region"),
        ),
        migrations.AddConstraint(
            model_name="definition",
            constraint=models.UniqueConstraint(fields=("sha256",), name="definition_once"),
        ),
        migrations.AddConstraint(
            model_name="endpoint",
            constraint=models.UniqueConstraint(fields=("arn",), name="endpoint_by_arn"),
        ),
        migrations.AddConstraint(
            model_name="endpointconfig",
            constraint=models.UniqueConstraint(fields=("arn",), name="endpointconfig_by_arn"),
        ),
        migrations.AddConstraint(
            model_name="execution",
            constraint=models.UniqueConstraint(fields=("arn",), name="execution_by_arn"),
        ),
        migrations.AddConstraint(
            model_name="featuregroup",
            constraint=models.UniqueConstraint(fields=("arn",), name="featuregroup_by_arn"),
        ),
        migrations.AddConstraint(
            model_name="inferencecomponent",
            constraint=models.UniqueConstraint(fields=("arn",), name="inferencecomponent_by_arn"),
        ),
        migrations.AddConstraint(
            model_name="model",
            constraint=models.UniqueConstraint(fields=("arn",), name="model_by_arn"),
        ),
        migrations.AddConstraint(
            model_name="modelpackage",
            constraint=models.UniqueConstraint(fields=("arn",), name="modelpackage_by_arn"),
        ),
        migrations.AddConstraint(
            model_name="modelpackagegroup",
            constraint=models.UniqueConstraint(fields=("arn",), name="modelpackagegroup_by_arn"),
        ),
        migrations.AddConstraint(
            model_name="pipeline",
            constraint=models.UniqueConstraint(fields=("arn",), name="pipeline_by_arn"),
        ),
    ]
