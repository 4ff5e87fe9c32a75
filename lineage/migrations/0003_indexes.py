"""Indexes for what is asked, and none twice; of the documents only those that are outdated."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("inventory", "0010_indexes"),
        ("lineage", "0002_buckets_outdated"),
    ]

    operations = [
        migrations.AlterField(
            model_name="artifactuse",
            name="bucket",
            field=models.CharField(blank=True, max_length=255),
        ),
        migrations.AlterField(
            model_name="lineagedocument",
            name="buckets_outdated",
            field=models.PositiveIntegerField(
                default=0, help_text="Changes of what protects its buckets since it was rendered."
            ),
        ),
        migrations.AlterField(
            model_name="lineagedocument",
            name="outdated",
            field=models.PositiveIntegerField(default=1, help_text="Changes of facts since it was rendered."),
        ),
        migrations.AddIndex(
            model_name="artifactuse",
            index=models.Index(fields=["bucket", "pipeline"], name="use_by_bucket"),
        ),
        migrations.AddIndex(
            model_name="lineagedocument",
            index=models.Index(
                condition=models.Q(("outdated__gt", 0), ("buckets_outdated__gt", 0), _connector="OR"),
                fields=["pipeline"],
                name="document_outdated",
            ),
        ),
    ]
