"""The limits of a route: those that Flask-Limiter counts, and none of the project's callables is run for it."""

from __future__ import annotations

import logging
import sys
from pathlib import Path
from types import ModuleType

import pytest

from keck.live.record import Instance, Route
from keck.live.routes import routes
from tests.live.making import by_rule, make, only, texts

logging.getLogger("flask-limiter").disabled = True


def counted(module: ModuleType, path: str = "/x", method: str = "GET") -> set[str]:
    """Return the limits that a request counts against."""
    module.limiter.reset()
    module.app.test_client().open(path, method=method)
    return {
        " per ".join((key.rsplit("/", 3)[1], key.rsplit("/", 3)[2])) + " " + key.rsplit("/", 3)[3]
        for key in module.limiter.storage.storage
    }


def said(route: Route) -> list[tuple[str, str]]:
    """Return text and scope of each limit of a route."""
    return [(one.text, one.scope) for one in route.limits]


CASES: dict[str, tuple[str, str, list[tuple[str, str]]]] = {
    "default": ("limiter = Limiter(key, app=app, default_limits=['9 per hour'])", "", [("9 per 1 hour", "default")]),
    "none": ("limiter = Limiter(key, app=app)", "", []),
    "own": (
        "limiter = Limiter(key, app=app, default_limits=['9 per hour'])",
        "@limiter.limit('2/minute')",
        [("2 per 1 minute", "own")],
    ),
    "own and default": (
        "limiter = Limiter(key, app=app, default_limits=['9 per hour'])",
        "@limiter.limit('2/minute', override_defaults=False)",
        [("9 per 1 hour", "default"), ("2 per 1 minute", "own")],
    ),
    "stacked": (
        "limiter = Limiter(key, app=app)",
        "@limiter.limit('2/minute')\n@jwt_required(optional=True)\n@limiter.limit('3/minute')",
        [("3 per 1 minute", "own"), ("2 per 1 minute", "own")],
    ),
    "stacked around one that hides": (
        "limiter = Limiter(key, app=app)",
        "@limiter.limit('2/minute')\n@hides\n@limiter.limit('3/minute')",
        [("2 per 1 minute", "own"), ("3 per 1 minute", "own")],
    ),
    "shared": (
        "limiter = Limiter(key, app=app)",
        "@limiter.shared_limit('4/day', scope='s')",
        [("4 per 1 day", "shared")],
    ),
    "application": (
        "limiter = Limiter(key, app=app, application_limits=['7/day'])",
        "@limiter.limit('2/minute')",
        [("7 per 1 day", "application"), ("2 per 1 minute", "own")],
    ),
    "for another method": (
        "limiter = Limiter(key, app=app, default_limits=['9 per hour'])",
        "@limiter.limit('2/minute', methods=['POST'])",
        [("9 per 1 hour", "default")],
    ),
    "for this method": (
        "limiter = Limiter(key, app=app)",
        "@limiter.limit('2/minute', methods=['get'])",
        [("2 per 1 minute", "own")],
    ),
    "exempt": (
        "limiter = Limiter(key, app=app, default_limits=['9/hour'], application_limits=['7/day'])",
        "@limiter.exempt",
        [],
    ),
    "exempt of one kind": (
        (
            "from flask_limiter import ExemptionScope\n"
            "limiter = Limiter(key, app=app, default_limits=['9/hour'], application_limits=['7/day'])"
        ),
        "@limiter.exempt(flags=ExemptionScope.DEFAULT)",
        [("7 per 1 day", "application")],
    ),
    "does not parse": ("limiter = Limiter(key, app=app)", "@limiter.limit('many')", []),
    "under a decorator without wraps": (
        "limiter = Limiter(key, app=app, default_limits=['9 per hour'])",
        "@hides\n@limiter.limit('2/minute')",
        [("2 per 1 minute", "own")],
    ),
    "above the route": (
        "limiter = Limiter(key, app=app, default_limits=['9 per hour'])",
        "ABOVE@limiter.limit('2/minute')",
        [],
    ),
    "from config": (
        "app.config['RATELIMIT_DEFAULT'] = '8/hour'\nlimiter = Limiter(key, app=app)",
        "",
        [("8 per 1 hour", "default")],
    ),
}

KEY = """
def key():
    return "k"

def hides(fn):
    def wrapper(*args, **kwargs):
        return fn(*args, **kwargs)
    return wrapper
"""


@pytest.mark.parametrize("name", CASES)
def test_limits_are_those_that_a_request_counts_against(name: str, tmp_path: Path) -> None:
    """What is said to hold for a route is what the second request for it is counted against."""
    setup, decorators, expected = CASES[name]
    above, _, below = decorators.rpartition("ABOVE")
    route_line = '@app.get("/x")'
    lines = f"{below}\n{route_line}" if "ABOVE" in decorators else f"{route_line}\n{below}"
    module = make(tmp_path, f"{KEY}{above}\n{setup}\n\n{lines}\ndef view():\n    return 'x'\n")
    route = only(module.app)
    assert sorted(said(route)) == sorted(expected)
    counted(module)
    assert counted(module) == {text for text, _ in expected}
    for one in route.limits:
        assert route.order[one.position].kind == "limit"
        assert one.key == f"{module.__name__}.key"


def test_a_limit_of_one_method_takes_the_defaults_from_the_others(tmp_path: Path) -> None:
    """A limit on one method of a class makes the limiter leave out the defaults for all, once it has run."""
    module = make(
        tmp_path,
        """
        limiter = Limiter(get_remote_address, app=app, default_limits=["9 per hour"])

        class Things(MethodView):
            def get(self):
                return "x"

            @limiter.limit("2 per minute")
            def post(self):
                return "x"

        app.add_url_rule("/x", view_func=Things.as_view("things"))
        """,
    )
    get, post = only(module.app), only(module.app, method="POST")
    assert counted(module) == {"9 per 1 hour"}
    assert counted(module, method="POST") >= {"2 per 1 minute"}
    assert (said(get), get.exempt) == ([], ("default, once another method has been asked",))
    assert counted(module) == set()
    assert said(post) == [("2 per 1 minute", "own")]
    assert counted(module, method="POST") == {"2 per 1 minute"}


def test_limits_of_blueprints(tmp_path: Path) -> None:
    """A blueprint's limits hold for its routes and those of blueprints in it, unless these are exempt."""
    module = make(
        tmp_path,
        """
        from flask_limiter import ExemptionScope
        limiter = Limiter(get_remote_address, app=app, default_limits=["9 per hour"])
        outer = Blueprint("outer", __name__, url_prefix="/outer")
        inner = Blueprint("inner", __name__, url_prefix="/inner")
        free = Blueprint("free", __name__, url_prefix="/free")
        limiter.limit("5 per minute", methods=["GET"])(outer)
        limiter.exempt(free, flags=ExemptionScope.DEFAULT | ExemptionScope.ANCESTORS)

        for blueprint in (outer, inner, free):
            blueprint.add_url_rule("/x", "x", lambda: "x", methods=["GET", "POST"])

        @outer.get("/static")
        def static():
            return "x"

        outer.register_blueprint(inner)
        outer.register_blueprint(free)
        app.register_blueprint(outer)
        """,
    )
    every = by_rule(module.app)
    for path in ("/outer/x", "/outer/inner/x", "/outer/free/x", "/outer/static"):
        assert {text for text, _ in said(every["GET", path])} == counted(module, path)
    assert said(every["GET", "/outer/x"]) == [("5 per 1 minute", "blueprint")]
    assert said(every["POST", "/outer/x"]) == [("9 per 1 hour", "default")]
    assert counted(module, "/outer/x", "POST") == {"9 per 1 hour"}
    assert every["GET", "/outer/static"].exempt == ("application", "default", "meta")


def test_nothing_of_the_project_is_called(tmp_path: Path) -> None:
    """Functions that give a limit, its key or its exemption are named and not called."""
    module = make(
        tmp_path,
        """
        CALLED = []

        def text():
            CALLED.append("text")
            return "5 per minute"

        def key():
            CALLED.append("key")
            return "k"

        def when():
            CALLED.append("when")
            return False

        limiter = Limiter(key, app=app, default_limits=[text], application_limits=[text])

        @app.teardown_request
        def ended(error):
            CALLED.append("ended")

        @app.get("/x")
        @limiter.limit(text, exempt_when=when, key_func=lambda: "k")
        def view():
            return "x"
        """,
    )
    first, second = only(module.app).limits
    name = module.__name__
    assert module.CALLED == []
    assert (first.text, first.scope, first.key) == (f"as {name}.text() says", "application", f"{name}.key")
    assert (second.text, second.scope, second.exempt_when) == (f"as {name}.text() says", "own", f"{name}.when")
    assert second.key == f"{name}.<lambda>"


def test_limiters_are_named_and_stand_in_the_order_of_their_hooks(tmp_path: Path) -> None:
    """Of two limiters each counts; the one that was bound first runs first."""
    module = make(
        tmp_path,
        """
        one = Limiter(get_remote_address, app=app, default_limits=["1 per hour"])
        two = Limiter(get_remote_address, app=app, default_limits=["2 per hour"])

        @app.get("/x")
        @two.limit("3 per minute")
        @one.limit("4 per minute")
        def view():
            return "x"

        @app.get("/y")
        def other():
            return "x"
        """,
    )
    names = {variable: f"{module.__name__}:{variable}" for variable in ("one", "two")}
    instances = [Instance("limiter", name, (name,), bound="this") for name in names.values()]
    route, other = (each for each in routes(module.app, instances) if not each.static)
    assert [(each.text, each.limiter) for each in route.limits] == [
        ("3 per 1 minute", names["two"]),
        ("4 per 1 minute", names["one"]),
    ]
    assert [(each.text, each.limiter) for each in other.limits] == [
        ("1 per 1 hour", names["one"]),
        ("2 per 1 hour", names["two"]),
    ]


def test_a_limiter_that_does_not_serve_the_app(tmp_path: Path) -> None:
    """A limit by a limiter that is off or was never bound is a layer, and none of the limits that hold."""
    module = make(
        tmp_path,
        """
        never = Limiter(get_remote_address)

        @app.get("/x")
        @never.limit("3 per minute; 5 per day")
        def view():
            return "x"
        """,
    )
    route = only(module.app)
    assert (route.limits, route.layers[0].details) == ((), {"limits": ["3 per 1 minute", "5 per 1 day"]})
    assert route.order[0].text == "3 per 1 minute; 5 per 1 day (its limiter does not serve this app)"


def test_a_limiter_that_is_gone(tmp_path: Path) -> None:
    """A limit whose limiter no longer exists does not break the reading."""
    module = make(
        tmp_path,
        """
        import gc
        never = Limiter(get_remote_address)

        @app.get("/x")
        @never.limit("3 per minute")
        def view():
            return "x"

        del never
        gc.collect()
        """,
    )
    assert texts(only(module.app)) == []


def test_limits_on_methods_and_built_in_functions(tmp_path: Path) -> None:
    """What a limit stands around may be a bound method, or a function that is not written in Python."""
    module = make(
        tmp_path,
        """
        limiter = Limiter(get_remote_address, app=app)

        class Service:
            def list(self):
                return "x"

        app.add_url_rule("/x", "x", limiter.limit("2 per minute")(Service().list))
        app.add_url_rule("/y", "y", limiter.limit("3 per minute")(print))
        """,
    )
    assert texts(only(module.app)) == ["2 per 1 minute"]
    assert texts(only(module.app, "/y")) == ["3 per 1 minute"]
    assert counted(module) == {"2 per 1 minute"}


def test_without_flask_limiter_there_are_no_limits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An app that has not loaded the extension has no limits."""
    module = make(tmp_path, "@app.get('/x')\ndef view():\n    return 'x'\n")
    for name in [name for name in sys.modules if name.startswith("flask_limiter")]:
        monkeypatch.delitem(sys.modules, name)
    assert only(module.app).limits == ()


def test_limits_of_releases_before_4_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Their decorators hold the limit and its key under other names, and their resolved limits are another class."""
    from types import SimpleNamespace

    from keck.live import limits
    from keck.live.chain import Link

    def key() -> str:
        return "k"

    def resolved(limit: object, key_func: object, _scope: object, **more: object) -> tuple[object, ...]:
        return (limit, key_func, more["methods"])

    older = ModuleType("flask_limiter.wrappers")
    older.Limit = resolved  # type: ignore[attr-defined]  # a stand-in for the class of 3.12
    monkeypatch.setitem(sys.modules, "flask_limiter.wrappers", older)
    monkeypatch.delitem(sys.modules, "flask_limiter._limits", raising=False)
    limit = SimpleNamespace(
        limit_value="5/minute", key_func=key, shared=False, override_defaults=True, per_method=False,
        methods=("get",), exempt_when=None,
    )  # fmt: skip
    assert limits.texts_of(Link(limit, None, "limit", "limit", {"self": limit})) == ("5 per 1 minute",)
    ((text, by, verbs),) = limits._Written(limit, "own")  # noqa: SLF001 - what the copy of the manager holds
    assert (text.text, text.scope, by, verbs) == ("5 per 1 minute", "own", key, ("get",))
