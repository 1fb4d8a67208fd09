"""What a browser lets a page see of another origin's answers: the CORS parts of the Fetch standard, in small.

Only what the service's tests ask: one request without redirects, a preflight without a cache. The names of the steps
are those of https://fetch.spec.whatwg.org/ (4.8 CORS-preflight fetch, 4.10 CORS check, 4.9 CORS-filtered response).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

SAFE_METHODS = frozenset({"GET", "HEAD", "POST"})
SAFE_HEADERS = frozenset({"accept", "accept-language", "content-language", "content-type"})
SAFE_TYPES = frozenset({"application/x-www-form-urlencoded", "multipart/form-data", "text/plain"})
SHOWN_HEADERS = frozenset(
    {"cache-control", "content-language", "content-length", "content-type", "expires", "last-modified", "pragma"}
)

Credentials = Literal["omit", "include"]


class Blocked(Exception):  # noqa: N818 - it is what happens to the page
    """The page gets a network error, and learns nothing."""


@dataclass(frozen=True)
class Answer:
    """What a server answers.

    Args:
        status: The HTTP status.
        headers: Names in any case, in the order in which they came; a name may stand more than once.
        body: The content.
    """

    status: int
    headers: Sequence[tuple[str, str]] = ()
    body: bytes = b""

    def get(self, name: str) -> str | None:
        """Return the values of a header as the standard combines them; None where it is not there."""
        found = [value.strip() for key, value in self.headers if key.lower() == name.lower()]
        return ", ".join(found) if found else None

    def words(self, name: str) -> list[str]:
        """Return the members of a header that is a list."""
        return [word.strip() for word in (self.get(name) or "").split(",") if word.strip()]


class Send(Protocol):
    """Sends a request to the other origin."""

    def __call__(self, method: str, path: str, headers: Mapping[str, str], body: bytes | None, /) -> Answer:
        """Return its answer."""


@dataclass(frozen=True)
class Seen:
    """What the page gets to see.

    Args:
        status: The HTTP status.
        headers: By name in lower case.
        body: The content.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Page:
    """A page in a browser.

    Args:
        origin: Where it came from, serialised as browsers do; "null" for sandboxed and local pages.
        send: How requests get to the other origin.
        cookies: The Cookie header that the browser has for the other origin.
    """

    origin: str
    send: Send
    cookies: str = ""

    def fetch(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        credentials: Credentials = "omit",
    ) -> Seen:
        """Do what `fetch()` does for the page.

        Raises:
            Blocked: with the reason.
        """
        own = dict(headers or {})
        unsafe = unsafe_headers(own)
        if method not in SAFE_METHODS or unsafe:
            self._preflight(method, path, unsafe, credentials)
        sent = {**own, "Origin": self.origin}
        if credentials == "include" and self.cookies:
            sent["Cookie"] = self.cookies
        answer = self.send(method, path, sent, body)
        check(answer, self.origin, credentials)
        return filtered(answer, credentials)

    def _preflight(self, method: str, path: str, unsafe: Sequence[str], credentials: Credentials) -> None:
        asked = {"Origin": self.origin, "Access-Control-Request-Method": method, "Accept": "*/*"}
        if unsafe:
            asked["Access-Control-Request-Headers"] = ",".join(unsafe)
        answer = self.send("OPTIONS", path, asked, None)
        check(answer, self.origin, credentials)
        if not 200 <= answer.status < 300:
            raise Blocked(f"the preflight was answered with {answer.status}")
        any_will_do = credentials == "omit"
        methods = answer.words("Access-Control-Allow-Methods")
        if method not in SAFE_METHODS and method not in methods and not (any_will_do and "*" in methods):
            raise Blocked(f"the method {method} is not allowed")
        allowed = {word.lower() for word in answer.words("Access-Control-Allow-Headers")}
        for name in unsafe:
            starred = any_will_do and "*" in allowed and name != "authorization"
            if name not in allowed and not starred:
                raise Blocked(f"the header {name} is not allowed")


def unsafe_headers(headers: Mapping[str, str]) -> list[str]:
    """Return the names, in lower case and sorted, that need a preflight."""
    return sorted(name.lower() for name, value in headers.items() if not _is_safe(name.lower(), value))


def _is_safe(name: str, value: str) -> bool:
    if name not in SAFE_HEADERS or len(value) > 128:
        return False
    return name != "content-type" or value.partition(";")[0].strip().lower() in SAFE_TYPES


def check(answer: Answer, origin: str, credentials: Credentials) -> None:
    """Do the CORS check.

    Raises:
        Blocked: the answer is not for this origin.
    """
    allowed = answer.get("Access-Control-Allow-Origin")
    if allowed is None:
        raise Blocked("no Access-Control-Allow-Origin")
    if credentials == "omit" and allowed == "*":
        return
    if allowed != origin:
        raise Blocked(f"Access-Control-Allow-Origin is {allowed}")
    if credentials == "include" and answer.get("Access-Control-Allow-Credentials") != "true":
        raise Blocked("no Access-Control-Allow-Credentials")


def filtered(answer: Answer, credentials: Credentials) -> Seen:
    """Return what is left of an answer for the page."""
    exposed = {word.lower() for word in answer.words("Access-Control-Expose-Headers")}
    every = credentials == "omit" and "*" in exposed
    names = {name.lower() for name, _ in answer.headers} - {"set-cookie", "set-cookie2"}
    shown = {name: answer.get(name) or "" for name in names if every or name in exposed | SHOWN_HEADERS}
    return Seen(answer.status, shown, answer.body)


def is_blocked(ask: Callable[[], Seen]) -> bool:
    """Whether the page learns nothing."""
    try:
        ask()
    except Blocked:
        return True
    return False
