"""An index in the order of the list of artifacts. What is longer than it holds is cut first."""

from django.db import migrations, models
from django.db.models.functions import Length

MOST_BYTES = 2_000


def cut(apps, schema_editor):
    uses = apps.get_model("lineage", "ArtifactUse").objects.using(schema_editor.connection.alias)
    for pk, uri in uses.annotate(size=Length("uri")).filter(size__gt=MOST_BYTES // 4).values_list("pk", "uri"):
        if len(uri.encode()) > MOST_BYTES:
            uses.filter(pk=pk).update(uri=uri.encode()[:MOST_BYTES].decode(errors="ignore"))


class Migration(migrations.Migration):
    atomic = False  # PostgreSQL would index what was there before in the same transaction, too

    dependencies = [
        ("lineage", "0003_indexes"),
    ]

    operations = [
        migrations.RunPython(cut, migrations.RunPython.noop, elidable=True),
        migrations.AddIndex(
            model_name="artifactuse",
            index=models.Index(fields=["uri", "pipeline"], name="use_by_uri"),
        ),
    ]
