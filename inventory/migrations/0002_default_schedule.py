"""What beat does unless an operator changes it in the admin."""

from django.db import migrations

EVERY = {
    "sync of every region": ("inventory.tasks.sync_regions", 60),
    "follow executing pipelines": ("inventory.tasks.sync_executing", 1),
    "dispatch what was lost": ("inventory.tasks.dispatch", 1),
    "heartbeat": ("inventory.tasks.heartbeat", 1),
}


def create_schedule(apps, schema_editor):
    interval_model = apps.get_model("django_celery_beat", "IntervalSchedule")
    task_model = apps.get_model("django_celery_beat", "PeriodicTask")
    for name, (task, minutes) in EVERY.items():
        interval, _ = interval_model.objects.get_or_create(every=minutes, period="minutes")
        expires = 60 * minutes
        task_model.objects.get_or_create(
            name=name, defaults={"task": task, "interval": interval, "expire_seconds": expires}
        )


class Migration(migrations.Migration):
    dependencies = [
        ("inventory", "0001_facts"),
        ("django_celery_beat", "0019_alter_periodictasks_options"),
    ]

    operations = [migrations.RunPython(create_schedule, migrations.RunPython.noop)]
