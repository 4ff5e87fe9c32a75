"""The documents name what the code offers: settings, commands, targets, permissions, actions, what beat does, paths."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from celery.beat import Scheduler
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import User
from django.core.management import load_command_class
from django.db.migrations import RunPython
from django.db.migrations.loader import MigrationLoader
from django.test import RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver
from django_celery_beat.models import PeriodicTask

from lineage_site.celery import app

PROJECT = Path(__file__).parent.parent
OPERATIONS, API, CONFIGURATION = (PROJECT / "docs" / name for name in ("operations.md", "api.md", "configuration.md"))
SETTINGS = sorted(set(re.findall(r'env\.\w+\(\s*"(\w+)"', (PROJECT / "lineage_site/settings.py").read_text())))
COMMANDS = sorted(
    (path.parts[-4], path.stem)
    for path in PROJECT.glob("*/management/commands/*.py")
    if path.parts[-4] != "demo" and not path.stem.startswith("_")
)
LINK = re.compile(r"\]\((?!https?://|#)([^)#]+)")
DOCUMENTS = sorted([PROJECT / "README.md", PROJECT / "CHANGELOG.md", *PROJECT.glob("docs/**/*.md")])
OURS = [config for config in apps.get_app_configs() if Path(config.path).parent == PROJECT]
CHECKED = re.compile(r"""has_perm\(\s*["']([\w.]+)|\bperms\.(\w+\.\w+)""")
ARGUMENT = re.compile(r"\(\?P<\w+>[^)]*\)|<[\w:]+>")


def rows(document: Path) -> list[list[str]]:
    """The cells of every row of its tables."""
    lines = [line for line in document.read_text().splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def somebody() -> Any:
    """A request of somebody who may do everything."""
    request = RequestFactory().get("/")
    request.user = User(is_active=True, is_staff=True, is_superuser=True)
    return request


def checked_permissions() -> Iterator[str]:
    """By code and templates."""
    for config in OURS:
        sources = [path for path in Path(config.path).rglob("*") if path.suffix in {".py", ".html"}]
        for found in CHECKED.findall("".join(source.read_text() for source in sources)):
            yield "".join(found)


def declared_permissions() -> Iterator[str]:
    """In the models' Meta, and of the default ones those that the admin asks for."""
    for model in (model for config in OURS for model in config.get_models()):
        options = model._meta
        yield from (f"{options.app_label}.{codename}" for codename, _ in options.permissions)
        if admin.site.is_registered(model):
            asked = admin.site.get_model_admin(model).get_model_perms(somebody())
            yield from (f"{options.app_label}.{verb}_{options.model_name}" for verb in asked if asked[verb])


def actions() -> Iterator[tuple[str, str]]:
    """What every action is called, and on which list."""
    for model in admin.site._registry:
        for _, _, description in admin.site.get_model_admin(model).get_actions(somebody()).values():
            yield description % {"verbose_name_plural": "…"}, str(model._meta.verbose_name_plural)


def endpoints(resolver: URLResolver, prefix: str = "/") -> Iterator[tuple[str, str]]:
    """Path and method of everything outside the admin, which is a path of its own."""
    for pattern in resolver.url_patterns:
        path = prefix + str(pattern.pattern).removeprefix("^")
        if isinstance(pattern, URLPattern):
            yield from ((as_written(path), method) for method in methods(pattern.callback))
        elif pattern.namespace == "admin":
            yield path, "GET"
        else:
            yield from endpoints(pattern, path)


def methods(view: Any) -> set[str]:
    kind = getattr(view, "view_class", None) or view.cls
    names = getattr(view, "actions", None) or [name for name in kind.http_method_names if hasattr(kind, name)]
    return {name.upper() for name in names} - {"HEAD", "OPTIONS"}


def buttons() -> Iterator[tuple[str, str]]:
    """Paths of the admin that are not Django's."""
    for model in (model for config in OURS for model in config.get_models() if admin.site.is_registered(model)):
        row_admin = admin.site.get_model_admin(model)
        known = {str(pattern.pattern) for pattern in admin.ModelAdmin.get_urls(row_admin)}
        own = {str(pattern.pattern) for pattern in row_admin.get_urls()} - known
        for path in own:
            yield as_written(f"/admin/{model._meta.app_label}/{model._meta.model_name}/{path}"), "POST"


def as_written(pattern: str) -> str:
    """What a pattern matches: /pipelines/{id} for ^pipelines/(?P<pk>[^/.]+)/?$."""
    path = ARGUMENT.sub("{id}", pattern.replace("/^", "/")).removesuffix("$").removesuffix("/?")
    return path if path.startswith("/admin/") else path.rstrip("/") or "/"


PERMISSIONS = sorted({*checked_permissions(), *declared_permissions()})
ACTIONS = sorted(set(actions()))
ENDPOINTS = sorted({*endpoints(get_resolver()), *buttons()})


@pytest.fixture
def intervals(db) -> dict[str, str]:
    """Of what migrations make beat do, whatever tests with transactions have left of it."""
    for migration in MigrationLoader(None).disk_migrations.values():
        if any(name == "django_celery_beat" for name, _ in migration.dependencies if name != migration.app_label):
            for operation in migration.operations:
                if isinstance(operation, RunPython):
                    operation.code(apps, None)
    return {task.name: str(task.interval) for task in PeriodicTask.objects.all()}


@pytest.mark.parametrize("name", SETTINGS)
def test_every_setting_is_documented(name):
    assert re.search(rf"^\| [^|]*`{name}`", CONFIGURATION.read_text(), re.MULTILINE)


@pytest.mark.parametrize(("app", "name"), COMMANDS)
def test_every_command_is_documented(app, name):
    assert f"`manage.py {name}" in OPERATIONS.read_text()


@pytest.mark.parametrize(("app", "name"), COMMANDS)
def test_every_command_has_help(app, name):
    assert load_command_class(app, name).help.endswith(".")


def test_every_target_of_make_has_help():
    makefile = (PROJECT / "Makefile").read_text()
    targets = re.findall(r"^\.PHONY: (\S+)", makefile, re.MULTILINE)
    assert [target for target in targets if not re.search(rf"^{target}:.*## \w", makefile, re.MULTILINE)] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(PROJECT)))
def test_links_lead_somewhere(document):
    targets = LINK.findall(document.read_text())
    assert [target for target in targets if not (document.parent / target).exists()] == []


@pytest.mark.parametrize("name", PERMISSIONS)
def test_every_permission_is_documented(name):
    assert [row for row in rows(OPERATIONS) if f"`{name}`" in row[0]]


@pytest.mark.parametrize(("description", "models"), ACTIONS)
def test_every_action_of_the_admin_is_documented(description, models):
    assert [row for row in rows(OPERATIONS) if f'"{description}"' in row[0] and models in row[1].split(", ")]


def test_every_periodic_task_is_documented(intervals):
    documented = {(row[0], row[1]) for row in rows(OPERATIONS)}

    assert "heartbeat" in intervals
    assert set(intervals.items()) - documented == set()


def test_what_beat_does_of_itself_is_documented():
    beat = Scheduler(app, lazy=True)
    beat.install_default_entries({})

    assert "celery.backend_cleanup" in beat.schedule
    assert {*beat.schedule, *app.conf.beat_schedule} - {row[0] for row in rows(OPERATIONS)} == set()


@pytest.mark.parametrize(("path", "method"), ENDPOINTS)
def test_every_path_is_documented(path, method):
    assert [row for row in rows(API) if f"`{path}`" in row[0].split(", ") and method in row[1].split(", ")]


@pytest.mark.parametrize(
    ("found", "some"),
    [
        (PERMISSIONS, {"inventory.add_sync", "inventory.change_sync", "inventory.change_account"}),
        (ACTIONS, {("Check permissions", "accounts"), ("Delete selected …", "users")}),
        (ENDPOINTS, {("/", "GET"), ("/api/v1/syncs", "POST"), ("/admin/inventory/domain/{id}/resync/", "POST")}),
    ],
    ids=["permissions", "actions", "paths"],
)
def test_what_is_to_be_documented_is_found(found, some):
    assert some <= set(found)
