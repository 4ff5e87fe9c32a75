"""Versions of pipelines, and what is known of their listings."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("inventory", "0010_indexes"),
    ]

    operations = [
        migrations.AddField(
            model_name="pipeline",
            name="versions_listed_for",
            field=models.DateTimeField(help_text="The last_modified for which its versions were listed.", null=True),
        ),
        migrations.AddField(
            model_name="pipeline",
            name="versions_problem",
            field=models.TextField(blank=True, help_text="Why its versions could not be listed."),
        ),
        migrations.AddField(
            model_name="pipeline",
            name="versions_refused_at",
            field=models.DateTimeField(help_text="When AWS last refused to list its versions.", null=True),
        ),
        migrations.CreateModel(
            name="PipelineVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveBigIntegerField(help_text="Its id in AWS: 1 is the first.")),
                ("display_name", models.CharField(blank=True, max_length=128)),
                ("description", models.TextField(blank=True)),
                ("aliases", models.JSONField(default=list)),
                ("created_at", models.DateTimeField(null=True)),
                (
                    "last_execution_arn",
                    models.CharField(blank=True, max_length=512, verbose_name="last execution's ARN"),
                ),
                (
                    "pipeline",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="versions",
                        to="inventory.pipeline",
                    ),
                ),
            ],
            options={
                "ordering": ("-pipeline_id", "-number"),
                "constraints": [
                    models.UniqueConstraint(fields=("pipeline", "number"), name="version_once_per_pipeline")
                ],
            },
        ),
    ]
