"""Which pages may see the service's answers, as a browser decides it: see `browser.py`."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import pytest
from sqlalchemy import text

from tests.service.browser import Answer, Credentials, Page, Seen, is_blocked
from tests.service.openapi import operations
from tests.service.people import PASSWORD, add_users, database, new_address, person
from tests.service.servers.client import Client
from tests.service.servers.rig import Rig
from tests.service.servers.service import Service
from tests.service.test_limits import somewhere

PUBLIC = "https://www.example.com"
LOCAL = "http://localhost:3000"
IPV6 = "https://[2001:db8::1]"
ADMIN = "https://admin.example.com"
ORIGINS = f"{PUBLIC}, {LOCAL}, {IPV6}"

LOOK_ALIKES = (
    "null",
    "https://www.example.com.evil.org",
    "https://evil.org/https://www.example.com",
    "https://evilwww.example.com",
    "https://sub.www.example.com",
    "https://example.com",
    "https://wwwxexample.com",
    "https://www-example.com",
    "https://www.example.com:8443",
    "https://www.example.com:443",
    "https://www.example.com:",
    "http://www.example.com",
    "ftp://www.example.com",
    "https://www.example.com.",
    "https://www.example.com/",
    "https://www.example.com@evil.org",
    "https://www.example.com%00.evil.org",
    "https://www.example.com`.evil.org",
    "https://www.example.com_.evil.org",
    "https://www.example.com,https://evil.org",
    "https://evil.org,https://www.example.com",
    "https://www.example.com https://evil.org",
    "https://evil.org#https://www.example.com",
    "https://www.example.co",
    "https://www.example.comm",
    "http://localhost",
    "http://localhost:3001",
    "http://localhost:30000",
    "https://localhost:3000",
    "http://localhost.evil.org:3000",
    "http://127.0.0.1:3000",
    "http://[::1]:3000",
    "https://2001.evil.org",
    "https://d.evil.org",
    "https://[2001:db8::2]",
    "https://[2001:db8::1].evil.org",
    "https://[2001:db8::1]:8443",
    "https://*.example.com",
    "https://.*",
    "*",
    "file://",
    "chrome-extension://www.example.com",
)
"""Origins, and what is none, that a careless comparison takes for one of ours."""

CASES = ("HTTPS://WWW.EXAMPLE.COM", "https://WWW.example.com")
"""No browser writes an origin like this, but other programs can."""


@pytest.fixture(scope="module")
def cors_embedded(servers: Rig) -> Service:
    """An embedded service with origins of both kinds, and limits."""
    return servers.embedded(PUBLIC_ORIGINS=ORIGINS, ADMIN_ORIGINS=ADMIN, LIMITS_ENABLED="true")


@pytest.fixture(scope="module")
def cors_full(servers: Rig) -> Service:
    """A full service with origins of both kinds, and limits."""
    return servers.full(celery=False, PUBLIC_ORIGINS=ORIGINS, ADMIN_ORIGINS=ADMIN, LIMITS_ENABLED="true")


@pytest.fixture(scope="module")
def cookies_embedded(servers: Rig) -> Service:
    """An embedded service that keeps tokens in cookies."""
    return servers.embedded(PUBLIC_ORIGINS=ORIGINS, ADMIN_ORIGINS=ADMIN, TOKEN_LOCATION="cookies")  # noqa: S106


EMBEDDED = pytest.param("cors_embedded", marks=pytest.mark.xdist_group("embedded"))
FULL = pytest.param("cors_full", marks=pytest.mark.xdist_group("full"))
COOKIES = pytest.param("cookies_embedded", marks=pytest.mark.xdist_group("embedded"))


@pytest.fixture(params=[EMBEDDED, FULL])
def service(request: pytest.FixtureRequest) -> Service:
    """A service with origins, once embedded and once full."""
    found = request.getfixturevalue(request.param)
    assert isinstance(found, Service)
    return found


@pytest.fixture(params=[EMBEDDED, FULL, COOKIES])
def any_service(request: pytest.FixtureRequest) -> Service:
    """A service with origins, tokens in headers or in cookies."""
    found = request.getfixturevalue(request.param)
    assert isinstance(found, Service)
    return found


def through(client: Client) -> Callable[[str, str, Mapping[str, str], bytes | None], Answer]:
    """Return what sends a page's requests."""

    def send(method: str, path: str, headers: Mapping[str, str], body: bytes | None) -> Answer:
        raw = {name: value.encode("latin-1") for name, value in headers.items()}
        answer = client.request(method, path, headers=raw, data=body)
        assert answer.headers.get("Access-Control-Allow-Origin") != "*"
        if path.startswith(("/api", "/admin")):
            assert "Origin" in [word.strip() for word in answer.headers["Vary"].split(",")], path
        return Answer(answer.status_code, list(answer.raw.headers.iteritems()), answer.content)

    return send


def page(service: Service, origin: str, cookies: str = "") -> Page:
    """Return a page of this origin, at an address that nobody else has used."""
    return Page(origin, through(somewhere(service)), cookies)


def as_json(**fields: object) -> dict[str, Any]:
    """Return the arguments of a fetch that sends JSON."""
    return {"headers": {"Content-Type": "application/json"}, "body": json.dumps(fields).encode()}


@pytest.mark.parametrize("origin", [PUBLIC, LOCAL, IPV6])
def test_public_pages_see_the_api(service: Service, origin: str) -> None:
    """Pages of the public origins read, log in, and send their token, and see what they need of the headers."""
    email = new_address()
    add_users(service, [email], role="admin")
    ours = page(service, origin)
    seen = ours.fetch("GET", "/api/items")
    assert seen.status == 200
    assert {"etag", "x-request-id"} <= seen.headers.keys()
    assert ours.fetch("GET", "/api/items", {"If-None-Match": seen.headers["etag"]}).status == 304
    login = ours.fetch("POST", "/api/auth/login", **as_json(email=email, password=PASSWORD))
    bearer = {"Authorization": f"Bearer {json.loads(login.body)['access_token']}"}
    assert ours.fetch("GET", "/api/account", bearer).status == 200
    assert ours.fetch("DELETE", "/api/auth/sessions", bearer).status == 204
    assert is_blocked(lambda: ours.fetch("GET", "/admin/users", bearer))


def test_admin_pages_see_the_admin_api_alone(service: Service) -> None:
    """Pages of the admin origin change the catalogue, and see nothing of the public API; others see nothing of it."""
    admin, public = page(service, ADMIN), page(service, PUBLIC)
    headers = {"Authorization": f"Bearer {person(service, role='admin').access}", "Content-Type": "application/json"}
    body = json.dumps({"name": "boat", "category": "boats", "price": 7}).encode()
    made = admin.fetch("POST", "/admin/items", headers, body)
    assert (made.status, "location" in made.headers) == (201, True)
    where = f"/admin/items/{json.loads(made.body)['id']}"
    assert admin.fetch("PATCH", where, headers, b'{"price": 8}').status == 200
    assert is_blocked(lambda: public.fetch("DELETE", where, headers))
    assert admin.fetch("DELETE", where, headers).status == 204
    assert is_blocked(lambda: admin.fetch("GET", "/api/items"))
    assert is_blocked(lambda: admin.fetch("GET", "/api/account", headers))


@pytest.mark.parametrize("origin", [*LOOK_ALIKES, *CASES])
def test_look_alikes_see_nothing(any_service: Service, origin: str) -> None:
    """A page of any other origin sees nothing, with or without credentials, and no preflight lets it send anything."""
    theirs = page(any_service, origin)
    for path in ("/api/items", "/api/account", "/admin/users", "/api/nowhere"):
        for credentials in ("omit", "include"):
            assert is_blocked(partial(theirs.fetch, "GET", path, credentials=credentials)), path
        for method in ("PATCH", "DELETE"):
            assert is_blocked(partial(theirs.fetch, method, path)), path
    with any_service.client() as client:
        for path in ("/api/items", "/admin/users"):
            for method in ("GET", "OPTIONS"):
                headers = {"Origin": origin, "Access-Control-Request-Method": "DELETE"}
                named = client.request(method, path, headers=headers).headers
                assert [name for name in named if name.lower().startswith("access-control-allow")] == []


def errors(service: Service) -> dict[str, tuple[int, Callable[[Page], Seen]]]:
    """Return requests that fail, each in its own way, with the status of each."""
    large = json.dumps({"email": "x" * 70_000}).encode()
    as_text = {"Content-Type": "text/plain"}
    again = as_json(email=new_address(), password=PASSWORD)

    def too_often(ours: Page) -> Seen:
        for _ in range(5):
            ours.fetch("POST", "/api/auth/login", **again)
        return ours.fetch("POST", "/api/auth/login", **again)

    def fault(ours: Page) -> Seen:
        broken = broken_item(service)
        try:
            return ours.fetch("GET", f"/api/items/{broken}")
        finally:
            mend(service)

    return {
        "malformed": (400, lambda ours: ours.fetch("POST", "/api/auth/login", as_json()["headers"], b"{")),
        "no token": (401, lambda ours: ours.fetch("GET", "/api/account")),
        "bad token": (401, lambda ours: ours.fetch("GET", "/api/account", {"Authorization": "Bearer junk"})),
        "wrong password": (401, lambda ours: ours.fetch("POST", "/api/auth/login", **again)),
        "nothing there": (404, lambda ours: ours.fetch("GET", "/api/nowhere")),
        "no such item": (404, lambda ours: ours.fetch("GET", "/api/items/2000000000")),
        "no such method": (405, lambda ours: ours.fetch("PUT", "/api/items")),
        "too large": (413, lambda ours: ours.fetch("POST", "/api/auth/login", as_json()["headers"], large)),
        "no JSON": (415, lambda ours: ours.fetch("POST", "/api/auth/login", as_text, b"{}")),
        "invalid": (422, lambda ours: ours.fetch("POST", "/api/auth/login", **as_json(email=7))),
        "invalid query": (422, lambda ours: ours.fetch("GET", "/api/items?limit=0")),
        "too often": (429, too_often),
        "fault": (500, fault),
    }


def broken_item(service: Service) -> int:
    """Put an item that cannot be shown into the database, as no client can, and return its id."""
    values = "'boat', '', 'broken', :price, '2026-01-01 00:00:00', '2026-01-01 00:00:00'"
    columns = "name, description, category, price, created_at, updated_at"
    with database(service) as connection:
        if connection.dialect.name == "sqlite":
            query = text(f"INSERT INTO items ({columns}) VALUES ({values}) RETURNING id")  # noqa: S608 - our own words
            return int(connection.execute(query, {"price": "not a number"}).scalar_one())
        connection.execute(text("ALTER TABLE items RENAME COLUMN description TO gone"))
    return 1_999_999_999  # none can be shown


def mend(service: Service) -> None:
    """Undo what `broken_item` did."""
    with database(service) as connection:
        if connection.dialect.name == "sqlite":
            connection.execute(text("DELETE FROM items WHERE category = 'broken'"))
        else:
            connection.execute(text("ALTER TABLE items RENAME COLUMN gone TO description"))


def test_errors_can_be_read(service: Service) -> None:
    """A page that is allowed sees every refusal and fault as it is, with the request's id; the others see none of them."""
    for name, (status, ask) in errors(service).items():
        seen = ask(page(service, PUBLIC))
        assert (name, seen.status) == (name, status), seen.body
        document = json.loads(seen.body)
        assert document["status"] == status
        assert document["request_id"] == seen.headers["x-request-id"]
        assert ("retry-after" in seen.headers) == (status == 429)
        for origin in ("https://evil.org", ADMIN, "null"):
            assert is_blocked(partial(ask, page(service, origin))), name


def test_only_named_headers_and_methods_pass_a_preflight(service: Service) -> None:
    """A preflight allows the headers that the API reads and no others, for ten minutes."""
    ours = page(service, PUBLIC)
    for name in ("Authorization", "Content-Type", "If-None-Match", "X-Request-ID"):
        assert ours.fetch("GET", "/api/items", {name: "application/json"}).status in {200, 304}
    for name in ("X-Other", "X-Forwarded-For", "X-HTTP-Method-Override", "Cookie2", "Range2"):
        assert is_blocked(partial(ours.fetch, "GET", "/api/items", {name: "x"})), name
    with service.client() as client:
        headers = {"Origin": PUBLIC, "Access-Control-Request-Method": "DELETE"}
        answer = client.options("/api/auth/sessions", headers=headers)
    assert (answer.status_code, answer.headers["Access-Control-Max-Age"]) == (200, "600")
    assert not answer.content


def test_every_answer_varies_by_origin(any_service: Service) -> None:
    """Whether an origin is named or not: every answer below /api and /admin says that it depends on it."""
    with any_service.client() as client:
        for one in operations(any_service):
            if not one.path.startswith(("/api", "/admin")):
                continue
            for headers in ({}, {"Origin": PUBLIC}, {"Origin": "https://evil.org"}):
                for method in (one.method, "OPTIONS"):
                    answer = client.request(method, one.address(), headers=headers)
                    assert "Origin" in answer.headers["Vary"].split(", "), f"{method} {one}"


def test_pages_see_nothing_else(service: Service) -> None:
    """What is neither the public nor the admin API is for no other origin: health, docs, the document, look-alike paths."""
    for origin in (PUBLIC, ADMIN):
        ours = page(service, origin)
        for path in (
            "/livez",
            "/readyz",
            "/docs",
            "/openapi.json",
            "/metrics",
            "/",
            "/apis",
            "/administrator",
            "/API/items",
        ):
            assert is_blocked(partial(ours.fetch, "GET", path)), path


def test_credentials_are_not_allowed_where_tokens_are_in_headers(service: Service) -> None:
    """Without cookies in use no page may send or see anything with credentials."""
    assert is_blocked(lambda: page(service, PUBLIC).fetch("GET", "/api/items", credentials="include"))


def test_cookies_are_for_listed_origins_alone(cookies_embedded: Service) -> None:
    """With tokens in cookies, pages of listed origins use them; a page of another origin gets no answer to see."""
    email = new_address()
    add_users(cookies_embedded, [email], role="admin")
    with cookies_embedded.client() as client:
        login = client.post("/api/auth/login", json={"email": email, "password": PASSWORD})
    cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in login.cookies)
    csrf = {"X-CSRF-TOKEN": login.cookies["__Host-csrf-access"]}

    def fetch(origin: str, method: str, path: str, credentials: Credentials = "include", **more: Any) -> Seen:  # noqa: ANN401
        return page(cookies_embedded, origin, cookies).fetch(method, path, credentials=credentials, **more)

    assert fetch(PUBLIC, "GET", "/api/account").status == 200
    assert fetch(PUBLIC, "GET", "/api/account", "omit").status == 401
    assert fetch(ADMIN, "GET", "/admin/users").status == 200
    for origin in (ADMIN, "https://evil.org", "null"):
        assert is_blocked(partial(fetch, origin, "GET", "/api/account"))
    for origin in (PUBLIC, "https://evil.org", "null"):
        assert is_blocked(partial(fetch, origin, "GET", "/admin/users"))
    assert fetch(PUBLIC, "POST", "/api/auth/logout").status == 401  # without the CSRF token
    assert fetch(PUBLIC, "GET", "/api/account").status == 200
    assert fetch(PUBLIC, "POST", "/api/auth/logout", headers=csrf).status == 204
    assert fetch(PUBLIC, "GET", "/api/account").status == 401


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"])
def test_forms_of_others_change_nothing(cookies_embedded: Service, kind: str) -> None:
    """What a page may send anywhere without being asked, a form, is refused, cookies or not."""
    email = new_address()
    add_users(cookies_embedded, [email])
    with cookies_embedded.client() as client:
        login = client.post("/api/auth/login", json={"email": email, "password": PASSWORD})
    cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in login.cookies)
    sent = through(somewhere(cookies_embedded))
    headers = {"Content-Type": kind, "Origin": "https://evil.org", "Cookie": cookies}
    body = json.dumps({"password": PASSWORD}).encode()
    assert sent("POST", "/api/auth/fresh", headers, body).status in {401, 415}
    assert sent("POST", "/api/auth/logout", headers, None).status == 401
    assert sent("GET", "/api/account", {"Cookie": cookies}, None).status == 200


def test_no_policy_by_default(backend: Service) -> None:
    """A service that was told of no origins lets no page of another origin see anything."""
    for origin in (PUBLIC, ADMIN, "null", "http://localhost:3000", backend.url):
        theirs = page(backend, origin)
        for path in ("/api/items", "/admin/users", "/livez"):
            assert is_blocked(partial(theirs.fetch, "GET", path))
            assert is_blocked(partial(theirs.fetch, "DELETE", path))
