"""The small browser of the CORS tests does what the Fetch standard says."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from tests.service.browser import Answer, Blocked, Credentials, Page, is_blocked, unsafe_headers

HOME = "https://www.example.com"


class Server:
    """Answers each request alike, and keeps what was sent."""

    def __init__(self, headers: Mapping[str, str], status: int = 200, preflight: int = 200) -> None:
        self.sent: list[tuple[str, dict[str, str]]] = []
        named = list(headers.items())
        self.answer, self.preflight = Answer(status, named, b"{}"), Answer(preflight, named)

    def __call__(self, method: str, path: str, headers: Mapping[str, str], body: bytes | None, /) -> Answer:
        """Take a request."""
        _ = path, body
        self.sent.append((method, dict(headers)))
        return self.preflight if method == "OPTIONS" else self.answer


def page(server: Server, cookies: str = "") -> Page:
    """Return a page at HOME."""
    return Page(HOME, server, cookies)


@pytest.mark.parametrize(
    ("allowed", "credentials", "sees"),
    [
        (None, "omit", False),
        (HOME, "omit", True),
        (HOME, "include", False),  # without Access-Control-Allow-Credentials
        ("*", "omit", True),
        ("*", "include", False),
        (HOME.upper(), "omit", False),
        (HOME + "/", "omit", False),
        (f"{HOME}, {HOME}", "omit", False),
        ("null", "omit", False),
        ("", "omit", False),
    ],
)
def test_answer_must_name_the_origin(allowed: str | None, credentials: Credentials, *, sees: bool) -> None:
    """A page sees an answer that names its origin, byte by byte, or any origin when there are no credentials."""
    server = Server({} if allowed is None else {"Access-Control-Allow-Origin": allowed})
    assert is_blocked(lambda: page(server).fetch("GET", "/", credentials=credentials)) != sees


@pytest.mark.parametrize(("said", "sees"), [("true", True), ("True", False), ("1", False)])
def test_credentials_must_be_allowed(said: str, *, sees: bool) -> None:
    """With credentials the answer must say "true", in lower case; only then cookies were of use."""
    server = Server({"Access-Control-Allow-Origin": HOME, "Access-Control-Allow-Credentials": said})
    assert is_blocked(lambda: page(server, "a=b").fetch("GET", "/", credentials="include")) != sees
    assert server.sent[0][1]["Cookie"] == "a=b"


def test_cookies_are_omitted() -> None:
    """Without credentials no cookies are sent."""
    server = Server({"Access-Control-Allow-Origin": HOME})
    page(server, "a=b").fetch("GET", "/")
    assert server.sent == [("GET", {"Origin": HOME})]


def test_simple_requests_need_no_preflight() -> None:
    """A form's kind of request goes out at once; whether it is seen is asked afterwards."""
    server = Server({})
    with pytest.raises(Blocked, match="no Access-Control-Allow-Origin"):
        page(server).fetch("POST", "/", {"Content-Type": "text/plain;charset=utf-8", "Accept": "*/*"}, b"x")
    assert [method for method, _ in server.sent] == ["POST"]


@pytest.mark.parametrize(
    ("method", "headers"),
    [
        ("DELETE", {}),
        ("PATCH", {}),
        ("GET", {"Authorization": "Bearer x"}),
        ("POST", {"Content-Type": "application/json"}),
        ("GET", {"Accept": "x" * 129}),
    ],
)
def test_other_requests_are_asked_about_first(method: str, headers: dict[str, str]) -> None:
    """Another method or header is asked about first, and not sent where it is not allowed."""
    server = Server({"Access-Control-Allow-Origin": HOME})
    assert is_blocked(lambda: page(server, "a=b").fetch(method, "/", headers, credentials="include"))
    ((sent, asked),) = server.sent
    assert (sent, asked["Access-Control-Request-Method"]) == ("OPTIONS", method)
    assert asked.get("Access-Control-Request-Headers", "") == ",".join(name.lower() for name in headers)
    assert "Cookie" not in asked


def test_preflight_allows() -> None:
    """A preflight allows methods in their own case and headers in any; its status must be good."""
    allowed = {
        "Access-Control-Allow-Origin": HOME,
        "Access-Control-Allow-Methods": "GET, DELETE",
        "Access-Control-Allow-Headers": "Authorization, content-type",
    }
    headers = {"AUTHORIZATION": "Bearer x", "Content-Type": "application/json"}
    assert page(Server(allowed)).fetch("DELETE", "/", headers).status == 200
    assert is_blocked(lambda: page(Server(allowed)).fetch("PATCH", "/", headers))
    assert is_blocked(lambda: page(Server(allowed)).fetch("DELETE", "/", {**headers, "X-Other": "x"}))
    assert is_blocked(lambda: page(Server(allowed, preflight=401)).fetch("DELETE", "/", headers))


def test_star_allows_all_but_authorization() -> None:
    """`*` stands for every method and header without credentials, never for Authorization."""
    star = {
        "Access-Control-Allow-Origin": "*",
        "Access-Control-Allow-Methods": "*",
        "Access-Control-Allow-Headers": "*",
        "Access-Control-Expose-Headers": "*",
        "X-Other": "x",
        "Set-Cookie": "a=b",
    }
    seen = page(Server(star)).fetch("DELETE", "/", {"X-Other": "x"})
    assert seen.headers["x-other"] == "x"
    assert "set-cookie" not in seen.headers
    assert is_blocked(lambda: page(Server(star)).fetch("DELETE", "/", {"Authorization": "x"}))
    assert is_blocked(lambda: page(Server(star)).fetch("DELETE", "/", credentials="include"))


def test_headers_are_hidden_unless_exposed() -> None:
    """A page sees the harmless headers and those that are exposed; bodies and statuses of errors too."""
    headers = {
        "Access-Control-Allow-Origin": HOME,
        "Access-Control-Expose-Headers": "etag",
        "ETag": '"x"',
        "Link": "<x>",
        "Content-Type": "application/json",
    }
    server = Server(headers, 404)
    seen = page(server).fetch("GET", "/")
    assert (seen.status, seen.body) == (404, b"{}")
    assert seen.headers == {"etag": '"x"', "content-type": "application/json"}


def test_unsafe_headers_are_sorted_and_lower_case() -> None:
    """What a preflight asks about is sorted and in lower case; several answers to one question are one."""
    assert unsafe_headers({"X-B": "1", "Accept": "x", "X-A": "1"}) == ["x-a", "x-b"]
    assert Answer(200, [("Vary", "a"), ("vary", "b")]).words("VARY") == ["a", "b"]
