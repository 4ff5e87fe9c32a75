"""Signs of life."""

from __future__ import annotations

from django.db import models


class WorkerHeartbeat(models.Model):
    """When a worker last ran the heartbeat task that beat sends every minute."""

    worker = models.CharField(max_length=255, unique=True)
    beat_at = models.DateTimeField()

    class Meta:
        ordering = ("-beat_at",)

    def __str__(self) -> str:
        return self.worker
