"""Chromium itself decides as `browser.py` does which pages may see the service's answers."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from tests.chromium import Browser
from tests.service.browser import Blocked, Page
from tests.service.servers.rig import Rig
from tests.service.servers.service import Service
from tests.service.test_browser_cors import through
from tests.service.test_docs_page import browser  # noqa: F401 - a fixture

FETCH = """
const [url, options, done] = arguments;
fetch(url, options).then(
    async (answer) => done([answer.status, answer.headers.get("X-Request-ID") !== null, (await answer.text()).length > 0]),
    () => done("blocked"),
);
"""

REQUESTS: dict[str, dict[str, Any]] = {
    "GET /api/items": {},
    "GET /api/items with credentials": {"credentials": "include"},
    "GET /api/account": {},
    "GET /api/account with a token": {"headers": {"Authorization": "Bearer junk"}},
    "GET /api/items with another header": {"headers": {"X-Other": "x"}},
    "POST /api/auth/login": {"headers": {"Content-Type": "application/json"}, "body": "{}"},
    "POST /api/auth/login as a form": {"headers": {"Content-Type": "text/plain"}, "body": "{}"},
    "DELETE /api/auth/sessions": {},
    "PUT /api/items": {},
    "GET /api/nowhere": {},
    "GET /admin/users": {},
    "GET /livez": {},
}


class _Blank(BaseHTTPRequestHandler):
    """Answers every request with an empty page."""

    def do_GET(self) -> None:
        """Answer."""
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>page</title>")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def home() -> Iterator[str]:
    """An origin with pages, by whichever name of this machine."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Blank) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield str(server.server_port)
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def called(servers: Rig, home: str) -> Service:
    """A service that pages at http://localhost may call."""
    return servers.embedded(PUBLIC_ORIGINS=f"http://localhost:{home}", ADMIN_ORIGINS="https://admin.example.com")


def modelled(service: Service, origin: str, method: str, path: str, options: dict[str, Any]) -> object:
    """Return what the small browser says that the page sees."""
    body = options.get("body")
    with service.client() as client:
        ask = partial(Page(origin, through(client)).fetch, method, path, options.get("headers"), body and body.encode())
        try:
            seen = ask(credentials=options.get("credentials", "omit"))
        except Blocked:
            return "blocked"
    return [seen.status, "x-request-id" in seen.headers, bool(seen.body)]


@pytest.mark.xdist_group("embedded")
@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "null"])
def test_chromium_decides_alike(browser: Browser, called: Service, home: str, host: str) -> None:  # noqa: F811
    """A page of the listed origin sees what it may, one of another origin, or of none, sees nothing at all."""
    origin = "null" if host == "null" else f"http://{host}:{home}"
    browser.get("data:text/html,<title>page</title>" if host == "null" else origin)
    browser.set_script_timeout(20)
    found, expected = {}, {}
    for name, options in REQUESTS.items():
        method, path = name.split()[:2]
        asked = {"method": method, "credentials": "omit", **options}
        found[name] = browser.execute_async_script(FETCH, called.url + path, asked)
        expected[name] = modelled(called, origin, method, path, options)
    assert found == expected
    allowed = {name for name, seen in found.items() if seen != "blocked"}
    assert ("GET /api/items" in allowed) == (host == "localhost")
    assert host == "localhost" or not allowed
