"""Settings of the service: from the environment, loud when wrong. docs/configuration.md says what each is for."""

from __future__ import annotations

import logging
from pathlib import Path

import dj_database_url
import django_stubs_ext
from environs import Env
from marshmallow.validate import Range

from inventory.aws.rate.classes import parse_rates
from lineage_site.broker import broker_settings
from lineage_site.secret_key import stored_secret_key

django_stubs_ext.monkeypatch()

VERSION = "2.0.0"
PROJECT_DIR = Path(__file__).resolve().parent.parent
env = Env()

DATA_DIR = Path(env.str("DATA_DIR", str(PROJECT_DIR / ".data"))).resolve()
DATABASE_URL = env.str("DATABASE_URL", "") or f"sqlite:///{DATA_DIR / 'lineage.sqlite3'}"
REDIS_URL = env.str("REDIS_URL", "")

DEBUG = env.bool("DJANGO_DEBUG", False)
SECRET_KEY = env.str("DJANGO_SECRET_KEY", "") or stored_secret_key(DATA_DIR)
ALLOWED_HOSTS = env.list("DJANGO_ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS: list[str] = env.list("DJANGO_CSRF_TRUSTED_ORIGINS", [])

SYNC_REGIONS: list[str] = env.list("SYNC_REGIONS", [])
SYNC_STALE_AFTER_SECONDS = env.int("SYNC_STALE_AFTER_SECONDS", 2 * 3600, validate=Range(min=1))
SYNC_THREADS = env.int("SYNC_THREADS", 32, validate=Range(min=1, max=64))
SYNC_LEASE_SECONDS = env.int("SYNC_LEASE_SECONDS", 60, validate=Range(min=5))
SYNC_BUCKET_MAX_AGE_SECONDS = env.int("SYNC_BUCKET_MAX_AGE_SECONDS", 6 * 3600, validate=Range(min=0))
SYNC_USE_SEARCH = env.bool("SYNC_USE_SEARCH", True)
SYNC_REGISTRY = env.bool("SYNC_REGISTRY", True)
SYNC_REGISTRY_EVERY_SECONDS = env.int("SYNC_REGISTRY_EVERY_SECONDS", 3600, validate=Range(min=0))
SYNC_EXECUTION_HISTORY_DAYS = env.int("SYNC_EXECUTION_HISTORY_DAYS", 90, validate=Range(min=1))
SYNC_EXECUTIONS_PER_PIPELINE = env.int("SYNC_EXECUTIONS_PER_PIPELINE", 50, validate=Range(min=1, max=10_000))
SYNC_BACKFILL_CALLS_PER_DAY = env.int("SYNC_BACKFILL_CALLS_PER_DAY", 1000, validate=Range(min=0))
RETENTION_DAYS = env.int("RETENTION_DAYS", 0, validate=Range(min=0))
SYNC_KEEP_DAYS = env.int("SYNC_KEEP_DAYS", 30, validate=Range(min=0))

AWS_CALLS_PER_SECOND = env.float("AWS_CALLS_PER_SECOND", 10, validate=Range(min=0.1))
AWS_CALLS_PER_SECOND_FLOOR = env.float("AWS_CALLS_PER_SECOND_FLOOR", 0.5, validate=Range(min=0.05))
AWS_CALLS_PER_SECOND_CEILING = env.float("AWS_CALLS_PER_SECOND_CEILING", 1000, validate=Range(min=1))
AWS_CALLS_PER_SECOND_OF = parse_rates(env.str("AWS_CALLS_PER_SECOND_OF", ""))

API_ANONYMOUS_READ = env.bool("API_ANONYMOUS_READ", False)
ALLOW_PROFILE_PARAMETER = env.bool("ALLOW_PROFILE_PARAMETER", False)
CORS_ALLOWED_ORIGINS: list[str] = env.list("CORS_ALLOWED_ORIGINS", [])
LOG_LEVEL = env.log_level("LOG_LEVEL", logging.INFO)

INSTALLED_APPS = [
    "lineage_site",
    "inventory",
    "lineage",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "corsheaders",
    "django_celery_beat",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "knox",
    "rest_framework",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "lineage_site.urls"
WSGI_APPLICATION = "lineage_site.wsgi.application"
APPEND_SLASH = False
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

DATABASES = {"default": dj_database_url.parse(DATABASE_URL, conn_max_age=60, conn_health_checks=True)}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True
FORMAT_MODULE_PATH = "lineage_site.formats"

STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
WHITENOISE_USE_FINDERS = True
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
HTTPS_ONLY = env.bool("HTTPS_ONLY", False)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS_ONLY
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS_ONLY else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS_ONLY else None

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "knox.auth.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["inventory.api.permissions.ReadPermission"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_FILTER_BACKENDS": [
        "django_filters.rest_framework.DjangoFilterBackend",
        "inventory.api.names.CamelOrdering",
        "rest_framework.filters.SearchFilter",
    ],
    "DEFAULT_PAGINATION_CLASS": "inventory.api.pagination.Pages",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "inventory.api.errors.error_response",
}
REST_KNOX = {"TOKEN_TTL": None, "AUTH_HEADER_PREFIX": "Token"}
SPECTACULAR_SETTINGS = {
    "TITLE": "SageMaker Lineage",
    "DESCRIPTION": "Lineage of Amazon SageMaker pipelines, served from a cache. A request never calls AWS.",
    "VERSION": VERSION,
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "PREPROCESSING_HOOKS": ["inventory.api.schema.without_trailing_slash"],
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "ENUM_NAME_OVERRIDES": {
        "RegionStatusEnum": "inventory.models.Region.Status",
        "SyncStateEnum": "inventory.models.Sync.State",
        "SyncPartStateEnum": "inventory.models.SyncPart.State",
        "SyncTriggerEnum": "inventory.models.Sync.Trigger",
    },
}

CELERY_BROKER_URL, CELERY_BROKER_TRANSPORT_OPTIONS = broker_settings(REDIS_URL, DATA_DIR)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BEAT_SYNC_EVERY = 1  # what beat sent is in the database at once: /health/ready looks there
CELERY_BEAT_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
WORKER_PROCESSES = env.int("WORKER_PROCESSES", 2, validate=Range(min=1, max=64))
CELERY_WORKER_CONCURRENCY = WORKER_PROCESSES + 1  # one is free for what takes a moment
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    "loggers": {"botocore": {"level": "WARNING"}, "urllib3": {"level": "WARNING"}},
}
