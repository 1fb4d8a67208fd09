"""The headers of every answer."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests.conftest import MakeApp

PATHS = ["/api/items", "/api/items/1", "/admin/users", "/nowhere", "/livez", "/openapi.json", "/docs"]


@pytest.mark.parametrize("path", PATHS)
def test_security_headers_are_on_every_answer(client: FlaskClient, path: str) -> None:
    """Answers and errors alike say that they are no page, are not to be framed, and name nobody."""
    headers = client.get(path).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Permissions-Policy"]
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]


def test_nothing_is_kept_unless_it_says_so(client: FlaskClient) -> None:
    """Answers are not to be stored; those of the public catalogue and the page of the docs say themselves how."""
    assert client.get("/admin/users").headers["Cache-Control"] == "no-store"
    assert client.get("/api/items/1").headers["Cache-Control"] == "no-store"
    assert client.get("/api/items").headers["Cache-Control"] == "public, max-age=0, must-revalidate"
    assert client.get("/docs").headers["Cache-Control"] == "no-cache"


def test_https_is_asked_for_in_production_only(make_app: MakeApp) -> None:
    """A development server on plain HTTP must not tell browsers to use HTTPS from now on."""
    production = make_app(environment="production").test_client().get("/livez")
    assert production.headers["Strict-Transport-Security"] == "max-age=63072000; includeSubDomains"
    development = make_app(environment="development").test_client().get("/livez")
    assert "Strict-Transport-Security" not in development.headers


def test_there_is_no_cookie(client: FlaskClient) -> None:
    """Nobody gets a session cookie."""
    assert all("Set-Cookie" not in client.get(path).headers for path in PATHS)
