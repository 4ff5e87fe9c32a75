"""The only code that knows boto3: crawls AWS and parses its answers into records; knows nothing of Django."""

from __future__ import annotations
