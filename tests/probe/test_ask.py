"""The questions, on apps with the extensions that they are about."""

# ruff: noqa: ANN401, SLF001 - hooks and fakes of libraries

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask, Response, abort, g, redirect, request, session
from flask_caching import Cache
from flask_cors import CORS, cross_origin
from flask_httpauth import HTTPBasicAuth, HTTPTokenAuth  # type: ignore[import-untyped]  # it has no types
from flask_jwt_extended import JWTManager, current_user, get_jwt, jwt_required, verify_jwt_in_request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import LoginManager, UserMixin, login_required  # type: ignore[import-untyped]  # as above
from flask_login import current_user as login_user
from flask_mail import Mail, Message
from werkzeug.middleware.proxy_fix import ProxyFix

from keck.live.record import Cors, Route
from keck.probe import pretend, probe
from keck.probe.ask import _leads_to
from keck.probe.differences import EVIL
from keck.probe.pretend import Caller, User
from tests.probe.apps import asked, by_endpoint, routes

SECRET = "a key for tests that is long enough for HMAC"  # noqa: S105
QUESTIONS = ["anonymous", "junk token", "preflight", "foreign origin", "authorised", "anonymous after it"]


def _app(**config: Any) -> Flask:
    app = Flask("ask")
    app.config.update(SECRET_KEY=SECRET, JWT_SECRET_KEY=SECRET, **config)
    return app


def _add(app: Flask, **views: Callable[..., Any]) -> None:
    for name, view in views.items():
        app.add_url_rule(f"/{name}", name, view)


def _view(name: str) -> Callable[[], str]:
    def view() -> str:
        raise AssertionError(name)

    view.__name__ = view.__qualname__ = name
    return view


def _told(got: dict[str, dict[str, Any]]) -> list[Any]:
    return [got[name]["status"] if not got[name]["reached"] else "reached" for name in got]


@pytest.fixture
def shop() -> Flask:
    """An app with tokens, limits, a cache and CORS."""
    app = _app(CACHE_TYPE="SimpleCache", RATELIMIT_STORAGE_URI="memory://", JWT_TOKEN_LOCATION=["headers", "cookies"])
    JWTManager(app)
    cache, limiter = Cache(app), Limiter(get_remote_address, app=app)
    CORS(app, origins=["https://shop.example"], supports_credentials=True)

    def admin(view: Callable[[], str]) -> Callable[[], str]:
        def inner() -> str:
            verify_jwt_in_request(fresh=True)
            if get_jwt().get("role") != "admin":
                abort(403)
            return view()

        inner.__name__ = view.__name__
        return inner

    _add(
        app,
        open=_view("open"),
        guarded=jwt_required()(_view("guarded")),
        optional=jwt_required(optional=True)(_view("optional")),
        refresh=jwt_required(refresh=True)(_view("refresh")),
        admin=admin(_view("admin")),
        leaking=cache.cached(60)(jwt_required()(_view("leaking"))),
        cached=jwt_required()(cache.cached(60)(_view("cached"))),
        outer=limiter.limit("5/day")(jwt_required()(_view("outer"))),
        inner=jwt_required()(limiter.limit("5/day")(_view("inner"))),
        anyone=cross_origin(origins="*")(_view("anyone")),
    )
    return app


def test_tokens_limits_and_caches(shop: Flask) -> None:
    """Each of the eight questions has the answer that the wiring has."""
    got = asked(shop)
    assert list(got["guarded"]) == [*QUESTIONS, "spent", "spent anonymous"]
    assert {name: _told(one) for name, one in got.items()} == {
        "open": ["reached", "reached", 200, "reached", "reached", "reached"],
        "guarded": [401, 422, 200, 401, "reached", 401, "reached", 401],
        "optional": ["reached", 422, 200, "reached", "reached", "reached"],
        "refresh": [401, 422, 200, 401, "reached", 401, "reached", 401],
        "admin": [401, 422, 200, 401, 403, 401, 403, 401],
        "leaking": [401, 422, 200, 401, "reached", "reached", "reached", 401],
        "cached": [401, 422, 200, 401, "reached", 401, "reached", 401],
        "outer": [401, 422, 200, 401, "reached", 401, 429, 429],
        "inner": [401, 422, 200, 401, "reached", 401, 429, 401],
        "anyone": ["reached", "reached", 200, "reached", "reached", "reached"],
    }


def test_parent_keeps_counters_and_caches(shop: Flask) -> None:
    """Caches and counters in the parent's memory are as they were."""
    client = shop.test_client()
    assert client.get("/outer").status_code == 401
    asked(shop)
    codes = [client.get("/outer").status_code for _ in range(5)]
    assert codes == [401] * 4 + [429]
    assert client.get("/leaking").status_code == 401


def test_cors(shop: Flask) -> None:
    """A foreign origin sees what it may, and a preflight comes from an origin that is let in."""
    known = routes(shop, cors=Cors("CORS(app)", ("https://shop.example",), credentials=True))
    got = by_endpoint(probe(shop, known, each=1.0))
    assert "origin" not in got["open"]["foreign origin"]
    preflight = got["guarded"]["preflight"]
    assert (preflight["origin"], preflight["credentials"]) == ("https://shop.example", True)
    assert "GET" in preflight["methods"]
    assert got["anyone"]["foreign origin"]["origin"] in {"*", EVIL}


def test_without_extensions() -> None:
    """An app that has none of them is asked what there is to ask; with a cache that keeps nothing, too."""
    app = _app(CACHE_TYPE="NullCache", CACHE_NO_NULL_WARNING=True)
    app.extensions["cache"] = {}
    _add(app, open=_view("open"))
    assert asked(app)["open"]["anonymous"] == {"status": 200, "reached": True}
    other = _app(CACHE_TYPE="NullCache", CACHE_NO_NULL_WARNING=True)
    cache = Cache(other)
    _add(other, open=cache.cached(60)(_view("open")))
    assert asked(other)["open"]["spent"]["reached"]


def test_without_guards(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no library for guards and none for mail is loaded there are four questions."""
    monkeypatch.setattr(pretend, "_GUARDS", ())
    monkeypatch.delitem(sys.modules, "flask_mail")
    app = _app()
    _add(app, open=_view("open"))
    assert list(asked(app)["open"]) == ["anonymous", "preflight", "foreign origin", "spent"]


def test_guards_of_others() -> None:
    """Flask-Login and Flask-HTTPAuth refuse nobody in particular and let in the pretended caller."""
    app = _app(CACHE_TYPE="SimpleCache")
    login, basic, token, cache = LoginManager(app), HTTPBasicAuth(), HTTPTokenAuth(), Cache(app)
    login.user_loader(lambda _: UserMixin())

    def staff() -> None:
        if request.endpoint == "staff" and not login_user.is_staff:
            abort(403)

    app.before_request(staff)
    _add(
        app,
        login=login_required(_view("login")),
        leaking=cache.cached(60)(login_required(_view("leaking"))),
        basic=basic.login_required(role="admin")(_view("basic")),
        token=token.login_required(_view("token")),
        staff=login_required(_view("staff")),
    )
    got = asked(app)
    for name in ("login", "basic", "token"):
        assert _told({key: got[name][key] for key in ("anonymous", "authorised", "anonymous after it")}) == [
            401,
            "reached",
            401,
        ], name
    assert got["leaking"]["anonymous after it"]["reached"]
    assert got["staff"]["authorised"]["reached"]


def test_login_of_today() -> None:
    """In the parent, afterwards, the guards judge as they did."""
    app = _app()
    LoginManager(app).user_loader(lambda _: UserMixin())
    _add(app, login=login_required(lambda: "body"))
    caller = Caller()
    assert caller
    caller.let_in(True)
    try:
        assert app.test_client().get("/login").data == b"body"
    finally:
        caller.let_in(False)
    assert app.test_client().get("/login").status_code == 401


def test_pretended_user() -> None:
    """Somebody who is and may everything, but has no methods of a language that Python would ask for."""
    user = User()
    assert user.get_id() == "keck"
    assert user.roles.may("anything").at_all is user
    with pytest.raises(AttributeError):
        _ = user.__html__


def test_other_versions_of_a_guard(monkeypatch: pytest.MonkeyPatch) -> None:
    """A guard whose parameters are not known stays as it is, and so does one that closes over something."""
    from flask_httpauth import HTTPAuth
    from flask_jwt_extended import view_decorators

    count = len(Caller()._codes)

    def verify(optional: bool = False, new: bool = False) -> None:
        raise AssertionError((optional, new))

    def closing(*_: Any) -> int:
        return count

    monkeypatch.setattr(view_decorators, "verify_jwt_in_request", verify)
    monkeypatch.setattr(HTTPAuth, "authorize", closing)
    assert len(Caller()._codes) == count - 2


def test_current_user() -> None:
    """Behind a token there is a user, for hooks that ask for one."""
    app = _app()
    jwt = JWTManager(app)
    jwt.user_lookup_loader(lambda *_: None)
    seen = jwt_required()(_view("seen"))

    @app.after_request
    def after(response: Response) -> Response:
        if "_jwt_extended_jwt_user" in g:
            assert current_user.name
        return response

    _add(app, seen=seen)
    assert asked(app)["seen"]["authorised"] == {"status": 200, "reached": True}


def test_errors() -> None:
    """An error is told by its name and first line, whether the app answers 500 or lets it through."""

    def fail() -> None:
        raise KeyError("x" * 300 if request.endpoint == "long" else "user")

    def bare() -> None:
        raise ValueError

    for config in ({}, {"TESTING": True}):
        app = _app(**config)
        _add(app, view=_view("view"), long=_view("long"))
        app.before_request(fail)
        got = asked(app)
        assert got["view"]["anonymous"] == {"status": 500, "reached": False, "error": "KeyError: 'user'"}
        assert len(got["long"]["anonymous"]["error"]) == 160
    app = _app()
    _add(app, view=_view("view"))
    app.before_request(bare)
    assert asked(app)["view"]["anonymous"]["error"] == "ValueError"


def test_teardown_and_close() -> None:
    """What runs when an answer is closed runs, within the time of its request."""
    app = _app()

    @app.after_request
    def after(response: Response) -> Response:
        response.call_on_close(lambda: open("/nowhere", "w"))  # noqa: PTH123, SIM115 - refused
        return response

    _add(app, view=_view("view"))
    got = asked(app)["view"]["anonymous"]
    assert got["refused"] == ["write '/nowhere'"]


def test_answers_without_close() -> None:
    """An app behind something that answers by a list is asked all the same."""
    app = _app()
    _add(app, view=_view("view"))
    inner = app.wsgi_app

    def wsgi(environ: Any, start: Any) -> Any:
        def begin(*args: Any) -> Any:
            write = start(*args)
            write(b"")
            return write

        return list(inner(environ, begin))

    app.wsgi_app = ProxyFix(wsgi)  # type: ignore[method-assign]
    assert asked(app)["view"]["anonymous"] == {"status": 200, "reached": True}


@pytest.mark.parametrize(
    ("config", "host"),
    [
        ({}, "localhost"),
        ({"SERVER_NAME": "shop.example:8443"}, "shop.example:8443"),
        ({"TRUSTED_HOSTS": [".shop.example"]}, "shop.example"),
    ],
)
def test_host(config: dict[str, Any], host: str) -> None:
    """Requests name a host that the app takes, and come over TLS, so that nothing is redirected to it."""
    app = _app(**config)

    @app.before_request
    def secure() -> Any:
        assert request.host == host
        return None if request.is_secure else redirect("https://shop.example")

    _add(app, view=_view("view"))
    assert asked(app)["view"]["anonymous"] == {"status": 200, "reached": True}


def test_contexts_of_the_parent() -> None:
    """What the parent has in its contexts is not there for the requests."""
    app = _app()

    @app.before_request
    def clean() -> None:
        assert "left" not in g
        assert "left" not in session
        g.left = session["left"] = True

    _add(app, view=_view("view"))
    with app.app_context(), app.test_request_context():
        g.left = session["left"] = True
        got = asked(app)["view"]
    assert all(one["status"] == 200 for one in got.values())


def test_mail() -> None:
    """Mail is not sent, its sender does not notice, and it is told."""
    app = _app(MAIL_DEFAULT_SENDER="a@shop.example")
    mail = Mail(app)
    app.before_request(lambda: mail.send(Message("hit", recipients=["b@shop.example"])))
    _add(app, view=_view("view"))
    assert asked(app)["view"]["anonymous"] == {"status": 200, "reached": True, "refused": ["send mail"]}


@pytest.mark.parametrize("strategy", ["fixed-window", "moving-window", "sliding-window-counter"])
def test_strategies(strategy: str) -> None:
    """A limit is spent by every strategy, also where the limiter is registered as one by itself."""
    app = _app(RATELIMIT_STORAGE_URI="memory://", RATELIMIT_STRATEGY=strategy)
    limiter = Limiter(get_remote_address, app=app, default_limits=["2 per day"])
    _add(app, view=_view("view"))
    assert asked(app)["view"]["spent"]["status"] == 429
    app.extensions["limiter"] = limiter
    got = asked(app)["view"]
    assert (got["anonymous"]["status"], got["spent"]["status"]) == (200, 429)


def test_warnings_of_hooks() -> None:
    """A hook that warns is no error, whatever the parent makes of warnings."""
    app = _app()
    app.before_request(lambda: warnings.warn("old", DeprecationWarning, stacklevel=1))
    _add(app, view=_view("view"))
    assert asked(app)["view"]["anonymous"] == {"status": 200, "reached": True}


def test_a_route_is_asked_on_its_own_subdomain_or_host() -> None:
    """Where two routes differ in the host alone, each answers for itself."""
    tenants = Flask("tenants", subdomain_matching=True)
    tenants.config.update(SECRET_KEY=SECRET, JWT_SECRET_KEY=SECRET, SERVER_NAME="shop.example")
    JWTManager(tenants)
    tenants.add_url_rule("/x", "inner", jwt_required()(_view("inner")), subdomain="<tenant>")
    tenants.add_url_rule("/x", "outer", _view("outer"))
    found = asked(tenants)
    assert [found[name]["anonymous"]["reached"] for name in ("inner", "outer")] == [False, True]
    hosts = Flask("hosts", host_matching=True, static_host="static.example")
    hosts.config.update(SECRET_KEY=SECRET, JWT_SECRET_KEY=SECRET)
    JWTManager(hosts)
    hosts.add_url_rule("/x", "inner", jwt_required()(_view("inner")), host="a.example")
    hosts.add_url_rule("/x", "outer", _view("outer"), host="b.example")
    found = asked(hosts)
    assert [found[name]["anonymous"]["status"] for name in ("inner", "outer")] == [401, 200]


def test_a_path_that_another_route_takes_is_not_asked() -> None:
    """``/x`` is the sample of ``/<name>``: what the view of ``/x`` answers is not held against the other."""
    app = _app()
    JWTManager(app)
    app.add_url_rule("/<name>", "any", jwt_required()(_view("any")))
    app.add_url_rule("/x", "x", _view("x"))
    found = asked(app)
    assert found["any"] == {}
    assert found["x"]["anonymous"]["reached"]


def test_a_path_that_cannot_be_looked_up_is_asked() -> None:
    """Where looking up a path fails, the request itself will tell."""
    assert _leads_to(None, Route("/x", "x", "GET", path="/x"), "localhost")
