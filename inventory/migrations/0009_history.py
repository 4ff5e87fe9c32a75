"""Which older executions are to be read; how many calls that took a day; when it is done, and when old rows go."""

from django.db import migrations, models

EVERY = {
    "back-fill older executions": ("inventory.tasks.backfill", 30),
    "prune what is too old": ("inventory.tasks.prune", 24 * 60),
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
        ("inventory", "0008_search_refused"),
        ("django_celery_beat", "0019_alter_periodictasks_options"),
    ]

    operations = [
        migrations.CreateModel(
            name="BackfillDay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField(unique=True)),
                ("calls", models.PositiveIntegerField(default=0, help_text="To AWS.")),
                ("executions", models.PositiveIntegerField(default=0, help_text="Whose steps were read.")),
                ("held_until", models.DateTimeField(help_text="Until when a worker may be at it.", null=True)),
            ],
        ),
        migrations.AddField(
            model_name="execution",
            name="wants_steps",
            field=models.BooleanField(
                default=False,
                help_text="Its steps are to be read once it is over, even where a newer execution is the latest.",
            ),
        ),
        migrations.AddIndex(
            model_name="execution",
            index=models.Index(
                condition=models.Q(("wants_steps", True)), fields=["-start_time"], name="execution_wanting_steps"
            ),
        ),
        migrations.AddIndex(
            model_name="execution",
            index=models.Index(
                condition=models.Q(("steps_complete", False)), fields=["-start_time"], name="execution_without_steps"
            ),
        ),
        migrations.RunPython(create_schedule, migrations.RunPython.noop),
    ]
