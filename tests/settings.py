"""Settings of the tests: the service's own, with a data directory and databases of their own."""

from __future__ import annotations

import os
import tempfile

os.environ["DATA_DIR"] = tempfile.mkdtemp(prefix="lineage-tests-")
os.environ["AWS_CALLS_PER_SECOND"] = "1000"  # the demo AWS admits all
os.environ.pop("DATABASE_URL", None)
os.environ.pop("REDIS_URL", None)
if url := os.environ.get("TEST_DATABASE_URL"):
    os.environ["DATABASE_URL"] = url
for name in (
    "SYNC_REGIONS",
    "API_ANONYMOUS_READ",
    "ALLOW_PROFILE_PARAMETER",
    "CORS_ALLOWED_ORIGINS",
    "AWS_ENDPOINT_URL",
    "AWS_PROFILE",
):
    os.environ.pop(name, None)

from lineage_site.settings import *  # noqa: E402, F403

STATIC_ROOT.mkdir()  # noqa: F405  (WhiteNoise warns of a folder that is not there)
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CELERY_TASK_ALWAYS_EAGER = False
CELERY_BROKER_URL = "memory://"
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":  # noqa: F405
    # A file, as in production: tables shared in memory are locked against the threads of one process.
    DATABASES["default"]["TEST"] = {"NAME": str(DATA_DIR / "test.sqlite3")}  # noqa: F405
