from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("inventory", "0011_pipeline_versions"),
    ]

    operations = [
        migrations.AddField(
            model_name="region",
            name="search_stale_at",
            field=models.DateTimeField(
                help_text="When Search last did not show what it ought to: listings are read instead until it is tried again.",
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="region",
            name="steps_followed_at",
            field=models.DateTimeField(
                help_text="When the steps of all its executing pipelines were last read.", null=True
            ),
        ),
    ]
