"""The documents tell of every setting, command and target there is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.core.management import load_command_class

PROJECT = Path(__file__).parent.parent
SETTINGS = sorted(set(re.findall(r'env\.\w+\(\s*"(\w+)"', (PROJECT / "lineage_site/settings.py").read_text())))
COMMANDS = sorted(
    (path.parts[-4], path.stem)
    for path in PROJECT.glob("*/management/commands/*.py")
    if path.parts[-4] != "demo" and not path.stem.startswith("_")
)
LINK = re.compile(r"\]\((?!https?://|#)([^)#]+)")
DOCUMENTS = sorted([PROJECT / "README.md", PROJECT / "CHANGELOG.md", *PROJECT.glob("docs/**/*.md")])


@pytest.mark.parametrize("name", SETTINGS)
def test_every_setting_is_documented(name):
    assert re.search(rf"^\| [^|]*`{name}`", (PROJECT / "docs/configuration.md").read_text(), re.MULTILINE)


@pytest.mark.parametrize(("app", "name"), COMMANDS)
def test_every_command_is_documented(app, name):
    assert f"`manage.py {name}" in (PROJECT / "docs/operations.md").read_text()


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
