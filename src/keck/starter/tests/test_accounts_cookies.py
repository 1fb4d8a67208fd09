"""Tokens in cookies: set, sent back with a CSRF token, removed."""

from __future__ import annotations

from typing import Any

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.conftest import MakeApp
from tests.people import ANN
from tests.people import PASSWORD
from tests.people import add_user
from tests.people import is_refused

TOKENS = {"__Host-access", "__Host-refresh"}
CSRF = {"__Host-csrf-access", "__Host-csrf-refresh"}
BASE = "https://localhost"


@pytest.fixture
def app(make_app: MakeApp) -> APIFlask:
    """An app for browsers."""
    return make_app(token_location="cookies")


@pytest.fixture
def browser(app: APIFlask) -> FlaskClient:
    """A browser in which Ann has just logged in."""
    add_user(app)
    client = app.test_client()
    answer = client.post("/api/auth/login", json={"email": ANN, "password": PASSWORD}, base_url=BASE)
    assert answer.get_json() == {"expires_in": 900}
    return client


def value_of(browser: FlaskClient, name: str) -> str:
    """The value of a cookie."""
    cookie = browser.get_cookie(name)
    return cookie.value if cookie is not None else ""


def send(browser: FlaskClient, method: str, path: str, csrf: str | None = "access", **json: Any) -> TestResponse:  # noqa: ANN401
    """Send a request with all cookies, and with the CSRF token of one of them."""
    headers = {} if csrf is None else {"X-CSRF-TOKEN": value_of(browser, f"__Host-csrf-{csrf}") or csrf}
    return browser.open(path, method=method, headers=headers, json=json or None, base_url=BASE)


def cookies_of(answer: TestResponse) -> dict[str, str]:
    """The cookies that an answer sets: for each name its attributes."""
    pairs = (line.partition("=") for line in answer.headers.getlist("Set-Cookie"))
    return {name: rest.partition("; ")[2] for name, _, rest in pairs}


def test_login_sets_cookies_that_no_script_reads(app: APIFlask) -> None:
    """Tokens are HttpOnly, everything is Secure, bound to the host and sent from our own pages only."""
    add_user(app)
    body = {"email": ANN, "password": PASSWORD}
    answer = app.test_client().post("/api/auth/login", json=body, base_url=BASE)
    cookies = cookies_of(answer)
    assert cookies.keys() == TOKENS | CSRF
    for name, attributes in cookies.items():
        parts = set(attributes.split("; "))
        assert {"Secure", "Path=/", "SameSite=Strict"} <= parts
        assert not any(part.startswith("Domain") for part in parts)
        assert ("HttpOnly" in parts) == (name in TOKENS)
        assert ("Max-Age=900" in parts) == name.endswith("access")


def test_reading_needs_no_csrf_token(browser: FlaskClient) -> None:
    """A GET is answered with the cookie alone."""
    assert send(browser, "GET", "/api/account", csrf=None).status_code == 200


@pytest.mark.parametrize("csrf", [None, "", "guessed", "refresh", "\xe9\xff"])
def test_writing_without_the_csrf_token_is_refused(browser: FlaskClient, csrf: str | None) -> None:
    """What changes something takes the CSRF token of the access cookie and no other."""
    assert is_refused(send(browser, "POST", "/api/auth/logout", csrf))
    assert send(browser, "GET", "/api/account", csrf=None).status_code == 200


def test_token_in_a_header_is_not_taken(browser: FlaskClient, app: APIFlask) -> None:
    """Where tokens are kept in cookies, a header does not do."""
    headers = {"Authorization": f"Bearer {value_of(browser, '__Host-access')}"}
    assert is_refused(app.test_client().get("/api/account", headers=headers, base_url=BASE))


def test_refresh_replaces_the_cookies(browser: FlaskClient) -> None:
    """A refresh needs the CSRF token of the refresh cookie, and sets all cookies anew."""
    before = value_of(browser, "__Host-refresh")
    assert is_refused(send(browser, "POST", "/api/auth/refresh", "access"))
    answer = send(browser, "POST", "/api/auth/refresh", "refresh")
    assert (answer.status_code, answer.get_json()) == (200, {"expires_in": 900})
    assert cookies_of(answer).keys() == TOKENS | CSRF
    assert value_of(browser, "__Host-refresh") != before
    assert send(browser, "GET", "/api/account").status_code == 200


def test_shown_password_replaces_the_access_cookie(browser: FlaskClient) -> None:
    """A fresh access token comes as a cookie, with the CSRF token that goes with it."""
    answer = send(browser, "POST", "/api/auth/fresh", password=PASSWORD)
    assert (answer.status_code, answer.get_json()) == (200, {"expires_in": 900})
    assert cookies_of(answer).keys() == {"__Host-access", "__Host-csrf-access"}
    assert send(browser, "DELETE", "/api/account", password=PASSWORD).status_code == 204


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/api/auth/logout", {}),
        ("DELETE", "/api/auth/sessions", {}),
        ("DELETE", "/api/account", {"password": PASSWORD}),
    ],
)
def test_end_of_the_session_removes_the_cookies(
    browser: FlaskClient, method: str, path: str, body: dict[str, str]
) -> None:
    """When its session is over the browser keeps none of its cookies."""
    answer = send(browser, method, path, **body)
    assert answer.status_code == 204
    assert cookies_of(answer).keys() == TOKENS | CSRF
    assert not value_of(browser, "__Host-access")
    assert is_refused(send(browser, "GET", "/api/account"))


def test_document_tells_of_cookies(app: APIFlask) -> None:
    """The OpenAPI document shows answers without tokens, and asks for the CSRF token where it is needed."""
    spec = app.test_client().get("/openapi.json").get_json()
    schemes = spec["components"]["securitySchemes"]
    assert schemes["access"] == {"type": "apiKey", "in": "cookie", "name": "__Host-access"}
    assert schemes["csrf"] == {"type": "apiKey", "in": "header", "name": "X-CSRF-TOKEN"}
    assert list(spec["components"]["schemas"]["TokenPair"]["properties"]) == ["expires_in"]
    assert spec["paths"]["/api/auth/logout"]["post"]["security"] == [{"access": [], "csrf": []}]
    assert spec["paths"]["/api/account"]["get"]["security"] == [{"access": []}]
    assert "security" not in spec["paths"]["/api/auth/login"]["post"]


def test_document_tells_of_headers(make_app: MakeApp) -> None:
    """Where tokens are sent in a header, the document shows answers that hold them."""
    spec = make_app(token_location="headers").test_client().get("/openapi.json").get_json()
    assert spec["components"]["securitySchemes"].keys() == {"access", "refresh"}
    properties = spec["components"]["schemas"]["TokenPair"]["properties"]
    assert set(properties) == {"access_token", "refresh_token", "token_type", "expires_in"}
    assert spec["paths"]["/api/auth/logout"]["post"]["security"] == [{"access": []}]
