"""The questions: requests to the app, without a server, each within its time."""

# ruff: noqa: ANN401 - objects of the app and its libraries are what they are

from __future__ import annotations

import io
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from keck.live.paths import domain
from keck.live.record import Route
from keck.probe import databases, isolate
from keck.probe.airlock import LENGTH, Airlock
from keck.probe.bodies import HEADER, Mark
from keck.probe.differences import EVIL, friend
from keck.probe.pretend import Caller

Say = Callable[[str, dict[str, Any] | None], None]

JUNK = "Bearer a.b.c"


class TooLong(BaseException):
    """A request took longer than it may; no `Exception`, which a hook might catch."""


@dataclass(frozen=True)
class Isolated:
    """The app in the child, ready to be asked."""

    app: Any
    airlock: Airlock
    mark: Mark
    caller: Caller
    clear: Callable[[], None]
    spend: Callable[[bool], None]
    each: float


def isolated(app: Any, mark: Mark, each: float) -> Isolated:
    """Isolate the app of this process: caches, limits, mail and databases."""
    airlock = Airlock()
    clear, spend = isolate.caches(app), isolate.limits(app)
    isolate.mail(app, airlock)
    databases.read_only(airlock, each)
    return Isolated(app, airlock, mark, Caller(), clear, spend, each)


def ask(one: Isolated, route: Route, say: Say) -> None:
    """Ask everything of one route.

    Args:
        one: the app.
        route: has a path, and its body is cut.
        say: is told a question before it is asked, and again with its answer.
    """
    host = _host(one.app, route)
    if not _leads_to(one.app, route, host):
        return  # another route has this path, and its answers say nothing about this one

    def put(
        name: str, headers: dict[str, str] | None = None, *, method: str = "", spent: bool = False, keep: bool = False
    ) -> dict[str, Any]:
        one.spend(spent)
        if not keep:
            one.clear()
        say(name, None)
        environ = _environ(host, method or route.method, route.path or "/", headers or {})
        answer = _request(one, environ)
        say(name, answer)
        return answer

    anonymous = put("anonymous")
    if one.caller:
        put("junk token", {"authorization": JUNK})
    put("preflight", _preflight(route), method="OPTIONS")
    put("foreign origin", {"origin": EVIL})
    if one.caller and not anonymous["reached"]:
        with _welcome(one):
            put("authorised")
        put("anonymous after it", keep=True)
    if one.caller:
        with _welcome(one):
            put("spent", spent=True)
        put("spent anonymous", spent=True)
    else:
        put("spent", spent=True)


def _preflight(route: Route) -> dict[str, str]:
    return {
        "origin": friend(route),
        "access_control_request_method": route.method,
        "access_control_request_headers": "authorization",
    }


@contextmanager
def _welcome(one: Isolated) -> Iterator[None]:
    one.caller.let_in(True)
    try:
        yield
    finally:
        one.caller.let_in(False)


def _leads_to(app: Any, route: Route, host: str) -> bool:
    """Return whether the path of a route is not taken by another one, as ``/x`` is for ``/<name>``."""
    try:
        context = app.request_context(_environ(host, route.method, route.path or "/", {}))
        context.match_request()
        found = context.request.url_rule
    except Exception:  # noqa: BLE001 - a converter of the project; the request itself will tell
        return True
    return found is None or (found.rule, found.endpoint) == (route.rule, route.endpoint)


def _request(one: Isolated, environ: dict[str, Any]) -> dict[str, Any]:
    """Return the answer to one request, as `Probed.asked` documents it."""
    refused, reached = len(one.airlock.log), one.mark.count
    errors: list[str] = []
    got: dict[str, Any] = {}

    def failed(_: Any, exception: BaseException, **__: Any) -> None:
        errors.append(_text(exception))

    def start(status: str, given: list[tuple[str, str]], *_: Any) -> Callable[[bytes], None]:
        got.update(status=int(status[:3]), headers={name.lower(): value for name, value in given})
        return lambda _: None

    signals = _signals()
    signals.connect(failed, one.app)
    try:
        with _within(one.each):
            answer = one.app.wsgi_app(environ, start)
            close = getattr(answer, "close", None)
            if close is not None:
                close()
    except Exception as error:  # noqa: BLE001 - an app that is testing lets its errors through
        errors.append(_text(error))
        got.setdefault("status", 500)
    except BaseException as error:  # noqa: BLE001 - a hook may exit
        errors.append(f"it took longer than {one.each:g} s" if isinstance(error, TooLong) else _text(error))
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)  # it may have rung while it was turned off
        signals.disconnect(failed, one.app)
    return _answer(got, errors, one.mark.count > reached, one.airlock.log[refused:])


def _answer(got: dict[str, Any], errors: list[str], reached: bool, refused: list[str]) -> dict[str, Any]:
    headers = got.get("headers", {})
    answer: dict[str, Any] = {"status": got.get("status"), "reached": reached or HEADER.lower() in headers}
    if origin := headers.get("access-control-allow-origin"):
        answer["origin"] = origin
        answer["credentials"] = headers.get("access-control-allow-credentials") == "true"
    if methods := headers.get("access-control-allow-methods"):
        answer["methods"] = [one.strip() for one in methods.split(",")]
    if errors:
        answer["error"] = errors[0]
    if refused:
        answer["refused"] = list(dict.fromkeys(refused))
    return answer


@contextmanager
def _within(seconds: float) -> Iterator[None]:
    """Raise `TooLong` here after so many seconds, and again and again where it is swallowed."""

    def ring(*_: Any) -> None:
        raise TooLong

    signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds, 0.2)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _environ(host: str, method: str, path: str, headers: dict[str, str]) -> dict[str, Any]:
    return {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "SERVER_NAME": host.partition(":")[0],
        "SERVER_PORT": "443",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": host,
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "https",  # an app that insists on TLS would redirect everything
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": True,
        **{f"HTTP_{name.upper()}": value for name, value in headers.items()},
    }


def _host(app: Any, route: Route) -> str:
    """Return the host that a route is asked on: its own where it has one, or its subdomain."""
    trusted = app.config.get("TRUSTED_HOSTS") or ()
    server = app.config.get("SERVER_NAME")
    found = str(server or next(iter(trusted), "localhost")).lstrip(".")
    rule = next((one for one in app.url_map.iter_rules(route.endpoint) if one.rule == route.rule), None)
    own = domain(rule) if rule is not None else ""
    if app.url_map.host_matching:
        return own or found
    return f"{own}.{found}" if own and server else found


class _Silent:
    """A signal that is never sent."""

    @staticmethod
    def connect(*_: Any) -> None:
        """Connect nothing."""

    disconnect = connect


def _signals() -> Any:
    """Return the signal of an error; Flask before 2.3 has none without blinker."""
    from flask import got_request_exception

    return got_request_exception if hasattr(got_request_exception, "receivers") else _Silent


def _text(error: BaseException) -> str:
    lines = str(error).splitlines()
    return f"{type(error).__name__}: {lines[0] if lines else ''}"[:LENGTH].rstrip(": ")
