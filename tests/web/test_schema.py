"""The OpenAPI document."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

DOCUMENT = Path(__file__).parents[2] / "docs" / "openapi.yml"


@pytest.fixture(scope="module")
def schema():
    return yaml.safe_load(DOCUMENT.read_text())


def test_the_document_is_what_the_code_says_without_a_warning(tmp_path):
    generated = tmp_path / "openapi.yml"

    spectacular = ["manage.py", "spectacular", "--validate", "--fail-on-warn", "--file", str(generated)]
    # The bounds of numbers are the database's own.
    on_sqlite = os.environ | {
        "DJANGO_SETTINGS_MODULE": "lineage_site.settings",
        "DATA_DIR": str(tmp_path),
        "DATABASE_URL": "",
    }
    subprocess.run([sys.executable, *spectacular], cwd=DOCUMENT.parents[1], env=on_sqlite, check=True)

    assert generated.read_text() == DOCUMENT.read_text(), "make schema"


@pytest.mark.parametrize("path", ["/health", "/inventory", "/lineage", "/lineage/by-domain"])
def test_the_original_s_responses_have_an_example(schema, path):
    for code, response in schema["paths"][path]["get"]["responses"].items():
        assert code == "304" or response["content"]["application/json"]["examples"]


def test_no_path_promises_a_trailing_slash(schema):
    assert not [path for path in schema["paths"] if path.endswith("/")]


def test_the_docs_load_nothing_from_elsewhere(client, db):
    page = client.get("/api/v1/docs")

    assert page.status_code == 200
    assert b'src="http' not in page.content
    assert b'href="http' not in page.content


def test_the_schema_is_served(client, db):
    assert client.get("/api/v1/schema/").status_code == 200
