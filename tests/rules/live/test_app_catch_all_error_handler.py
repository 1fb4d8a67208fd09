"""app/catch-all-error-handler, as the live app shows it."""

from __future__ import annotations

import pytest

from keck.live.record import Guard, Hook, Limit, LiveApp, Route
from keck.rule import rules
from tests.live_support import live

RULE = "app/catch-all-error-handler"

APP = """
    from flask import Flask
    from werkzeug.exceptions import HTTPException

    app = Flask(__name__)

    @app.errorhandler(Exception)
    def failed(error):
        {}
"""


@pytest.mark.parametrize(
    "body",
    [
        "return 'x', 500",
        "app.logger.error(error); return str(error), 500",
        "return {'error': repr(error), 'kind': 'odd'}, 500",
    ],
)
def test_a_handler_that_takes_everything(body: str) -> None:
    """A handler whose code makes no difference is found."""
    (found,) = live(RULE, APP.format(body))
    assert found.message == "`failed()` answers every error of the app alike, 404 and 405 too"
    assert found.place.line <= 6 <= found.place.end_line


@pytest.mark.parametrize(
    "body",
    [
        "return error if isinstance(error, HTTPException) else 'x'",
        "return error",
        "return str(error), error.code",
        "return 'x', getattr(error, 'code', 500)",
        "raise error",
        "return shown(error), 500\nshown = str",
        "return app.odd(error)\napp.odd = str",
        "return (lambda: odd)()(error)\nodd = str",
    ],
)
def test_a_handler_that_tells_apart_or_may(body: str) -> None:
    """A handler that names HTTP errors, asks for a code, raises, or hands the error on is none."""
    assert live(RULE, APP.format(body.replace("\n", "\n    "))) == []


def test_a_lambda() -> None:
    """Of a lambda the source is not read: it is told by its code alone."""
    text = "from flask import Flask\napp = Flask(__name__)\napp.register_error_handler(Exception, {})\n"
    assert len(live(RULE, text.format("lambda e: ('x', 500)"))) == 1
    assert live(RULE, text.format("lambda e: ('x', e.code)")) == []
    assert len(live(RULE, text.format("type('Odd', (), {'__call__': lambda self, e: 'x'})()"))) == 1


def told(**changes: object) -> list[str]:
    """Return what the live half says of an app with one handler."""
    (rule,) = (one for one in rules() if one.id == RULE)
    handler = {"name": "shop.failed", "at": "app", "path": "", "line": 1, "end_line": 1, "http": False, **changes}
    hooks = handler.pop("hooks", ())
    routes = handler.pop("routes", ())
    app = LiveApp("shop", hooks=hooks, routes=routes, facts={"catch_all": [handler]})  # type: ignore[arg-type]
    return [f"{one.level.name}: {one.message}" for one in rule.examine(app)]


def test_what_else_handles_errors() -> None:
    """A handler of HTTP errors beside it, or of every code, leaves nothing to it; one of a blueprint is another place."""

    def hook(code: str, at: str = "app") -> Hook:
        return Hook("error_handler", "f", at, code=code)

    assert told(hooks=(hook("HTTPException"),)) == []
    assert told(hooks=(hook("404"), hook("405"))) == []
    assert "405 too" in told(hooks=(hook("404"),))[0]
    assert told(at="shop", hooks=(hook("HTTPException"),)) == [
        "warning: `failed()` answers every error of `shop` alike, 400 and 404 too"
    ]


def test_guards_and_limits() -> None:
    """A guarded view of the handler's blueprint makes it an error; limits add 429."""
    guarded = Route("/", "shop.index", "GET", guards=(Guard("jwt", "required", "jwt_required"),))
    limited = Route("/", "index", "GET", limits=(Limit("1 per day", "own", "key"),))
    assert told(at="shop", routes=(guarded,), hooks=(Hook("error_handler", "f", "shop", code="HTTPException"),)) == [
        "error: `failed()` answers every error of `shop` alike: a missing token is answered as a failure of the server"
    ]
    assert "404, 405 and 429 too" in told(routes=(guarded, limited))[0]
