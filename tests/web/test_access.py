"""Who may read; what an error gives away."""

from __future__ import annotations

import io

import pytest
from django.core.management import CommandError, call_command

PATHS = [
    "/inventory",
    "/lineage?pipeline=p&region=us-east-1",
    "/api/v1/pipelines",
    "/api/v1/syncs",
    "/api/v1/artifacts",
]


@pytest.mark.parametrize("path", PATHS)
def test_reading_needs_to_be_known(client, db, path):
    response = client.get(path)

    assert response.status_code == 401
    assert set(response.json()) == {"detail"}


@pytest.mark.parametrize("path", ["/inventory", "/api/v1/pipelines", "/api/v1/syncs", "/api/v1"])
def test_anonymous_reading_can_be_switched_on(client, db, settings, path):
    settings.API_ANONYMOUS_READ = True

    assert client.get(path).status_code == 200


def test_a_token_reads(client, reader):
    out = io.StringIO()
    call_command("create_token", "reader", "--days", "2", stdout=out)

    response = client.get("/inventory", headers={"Authorization": f"Token {out.getvalue().strip()}"})

    assert response.status_code == 200
    assert reader.auth_token_set.get().expiry is not None


def test_a_token_without_days_never_expires(reader):
    call_command("create_token", "reader", stdout=io.StringIO())

    assert reader.auth_token_set.get().expiry is None


def test_only_the_hash_of_a_token_is_stored(reader):
    out = io.StringIO()
    call_command("create_token", "reader", stdout=out)

    assert out.getvalue().strip() not in str(reader.auth_token_set.values().get())


@pytest.mark.parametrize("arguments", [("nobody",), ("reader", "--days", "0")])
def test_a_token_that_cannot_be(reader, arguments):
    with pytest.raises(CommandError):
        call_command("create_token", *arguments)


def test_an_unknown_path_is_json(client, db):
    response = client.get("/nowhere")

    assert (response.status_code, response.json()) == (404, {"detail": "There is nothing at /nowhere."})


def test_an_unknown_admin_page_is_a_page(operator):
    assert operator.get("/admin/nowhere/")["Content-Type"].startswith("text/html")


@pytest.mark.parametrize(("path", "kind"), [("/inventory", "application/json"), ("/admin/login/", "text/html")])
def test_a_bug_gives_nothing_away(client, db, monkeypatch, settings, path, kind):
    def fail(*_):
        raise RuntimeError("secret")

    settings.API_ANONYMOUS_READ = True
    monkeypatch.setattr("inventory.api.listing._regions", fail)
    monkeypatch.setattr("django.contrib.admin.sites.AdminSite.each_context", fail)
    client.raise_request_exception = False

    response = client.get(path)

    assert response.status_code == 500
    assert response["Content-Type"].startswith(kind)
    assert b"secret" not in response.content


def test_writing_to_the_original_s_paths_is_refused(api):
    assert api.post("/inventory").status_code in {403, 405}
