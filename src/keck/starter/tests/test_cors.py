# with: cors
"""Who may call from a browser: public and admin origins apart, on every answer, errors included."""

from __future__ import annotations

from typing import NoReturn

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.conftest import MakeApp

PUBLIC = "https://www.example.com"
ALSO_PUBLIC = "http://localhost:3000"
ADMIN = "https://admin.example.com"
ALLOW = "Access-Control-Allow-Origin"


@pytest.fixture
def app(make_app: MakeApp) -> APIFlask:
    """An app that two public origins and one for admins may call."""
    return make_app(public_origins=[PUBLIC, ALSO_PUBLIC], admin_origins=[ADMIN])


def preflight(client: FlaskClient, path: str, origin: str, method: str = "GET", headers: str = "") -> TestResponse:
    """Ask whether a page of the origin may send such a request."""
    asked = {"Origin": origin, "Access-Control-Request-Method": method}
    if headers:
        asked["Access-Control-Request-Headers"] = headers
    return client.options(path, headers=asked)


@pytest.mark.parametrize(
    ("path", "origin", "allowed"),
    [
        ("/api/items", PUBLIC, True),
        ("/api/items", ALSO_PUBLIC, True),
        ("/api/items", ADMIN, False),
        ("/admin/users", ADMIN, True),
        ("/admin/users", PUBLIC, False),
        ("/livez", PUBLIC, False),
        ("/openapi.json", PUBLIC, False),
        ("/apiary", PUBLIC, False),
    ],
)
def test_each_api_has_its_own_origins(client: FlaskClient, path: str, origin: str, allowed: bool) -> None:
    """An origin may call the API that it was allowed for, and nothing else."""
    for answer in (client.get(path, headers={"Origin": origin}), preflight(client, path, origin)):
        assert answer.headers.getlist(ALLOW) == ([origin] if allowed else [])
        assert "Access-Control-Allow-Credentials" not in answer.headers


@pytest.mark.parametrize(
    "origin",
    [
        "null",
        "*",
        "",
        "http://www.example.com",
        "https://www.example.com:8443",
        "https://www.example.com.evil.example",
        "https://evilwww.example.com",
        "https://wwwXexample.com",
        "https://example.com",
        "https://www.example.com/",
        "https://www.example.com, https://evil.example",
        "https://www.example.com@evil.example",
        "file://",
    ],
)
def test_look_alikes_are_strangers(client: FlaskClient, origin: str) -> None:
    """What only resembles an allowed origin gets no header, nor does `null`."""
    for path in ("/api/items", "/admin/users"):
        for answer in (client.get(path, headers={"Origin": origin}), preflight(client, path, origin)):
            assert answer.headers.get(ALLOW) not in {origin, "*"}


def test_nobody_may_unless_told(make_app: MakeApp) -> None:
    """Without settings no origin is allowed."""
    client = make_app().test_client()
    for path in ("/api/items", "/admin/users"):
        assert ALLOW not in client.get(path, headers={"Origin": PUBLIC}).headers
        assert ALLOW not in preflight(client, path, PUBLIC).headers


def test_a_preflight_says_what_may_be_sent(client: FlaskClient) -> None:
    """Methods, the headers that this API reads, and how long that holds; other headers are not granted."""
    answer = preflight(client, "/api/auth/login", PUBLIC, "POST", "content-type, authorization, x-evil")
    assert answer.status_code == 200
    assert "POST" in answer.headers["Access-Control-Allow-Methods"]
    assert answer.headers["Access-Control-Allow-Headers"] == "authorization, content-type"
    assert answer.headers["Access-Control-Max-Age"] == "600"


def test_a_preflight_needs_no_token(client: FlaskClient) -> None:
    """Browsers send no token with it: a guarded view answers it all the same."""
    answer = preflight(client, "/admin/items/1", ADMIN, "PATCH", "authorization")
    assert (answer.status_code, answer.headers[ALLOW]) == (200, ADMIN)


def test_pages_may_read_the_headers_that_matter(client: FlaskClient) -> None:
    """Scripts see where the next page is, what was made, when to try again, and the request's id."""
    exposed = client.get("/api/items", headers={"Origin": PUBLIC}).headers["Access-Control-Expose-Headers"]
    assert set(exposed.split(", ")) == {"ETag", "Link", "Location", "Retry-After", "X-Request-ID"}


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/account", 401),
        ("GET", "/api/nowhere", 404),
        ("GET", "/api/items/1", 404),
        ("DELETE", "/api/items", 405),
        ("GET", "/api/items?limit=0", 422),
        ("GET", "/api/broken", 500),
    ],
)
def test_errors_carry_the_headers(app: APIFlask, client: FlaskClient, method: str, path: str, status: int) -> None:
    """A page can read what went wrong, whatever it was."""

    def broken() -> NoReturn:
        raise RuntimeError("broken")

    app.add_url_rule("/api/broken", "broken", broken)
    answer = client.open(path, method=method, headers={"Origin": PUBLIC})
    assert answer.status_code == status
    assert answer.headers.getlist(ALLOW) == [PUBLIC]
    assert "X-Request-ID" in answer.headers["Access-Control-Expose-Headers"]


def test_an_unreadable_body_carries_the_headers(client: FlaskClient) -> None:
    """400, 413 and 415 as well."""
    for body, content_type, status in ((b"{", "application/json", 400), (b"x", "text/plain", 415)):
        answer = client.post("/api/auth/login", data=body, content_type=content_type, headers={"Origin": PUBLIC})
        assert (answer.status_code, answer.headers[ALLOW]) == (status, PUBLIC)
    answer = client.post("/api/auth/login", json="x" * 70_000, headers={"Origin": PUBLIC})
    assert (answer.status_code, answer.headers[ALLOW]) == (413, PUBLIC)


# with: limiter {
def test_a_429_carries_the_headers_and_preflights_do_not_count(make_app: MakeApp) -> None:
    """A page can read that it asked too often; asking whether it may ask is free."""
    origins = {"public_origins": [PUBLIC]}
    client = make_app(limits_enabled=True, limit_address="2 per minute", **origins).test_client()
    for _ in range(5):
        assert preflight(client, "/api/items", PUBLIC).status_code == 200
    answers = [client.get("/api/items", headers={"Origin": PUBLIC}) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert all(answer.headers[ALLOW] == PUBLIC for answer in answers)


# with: limiter }
@pytest.mark.parametrize("path", ["/api/items", "/api/items/1", "/api/nowhere", "/api", "/admin/users", "/admin/x"])
@pytest.mark.parametrize("origin", [PUBLIC, ADMIN, "https://evil.example", None])
def test_answers_vary_by_origin(client: FlaskClient, path: str, origin: str | None) -> None:
    """A cache in between never gives the answer for one origin to another: also when there was none."""
    for method in ("GET", "OPTIONS", "DELETE"):
        answer = client.open(path, method=method, headers={} if origin is None else {"Origin": origin})
        assert "Origin" in answer.headers.getlist("Vary")


def test_cookies_are_for_allowed_origins_only(make_app: MakeApp) -> None:
    """Where tokens are cookies, allowed origins may send them, and no other."""
    client = make_app(public_origins=[PUBLIC], token_location="cookies").test_client()
    headers = client.get("/api/items", headers={"Origin": PUBLIC}).headers
    assert (headers[ALLOW], headers["Access-Control-Allow-Credentials"]) == (PUBLIC, "true")
    headers = client.get("/api/items", headers={"Origin": "https://evil.example"}).headers
    assert ALLOW not in headers
    assert "Access-Control-Allow-Credentials" not in headers
