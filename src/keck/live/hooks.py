"""Hooks: the functions that run for requests outside of views, in the order in which they run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from keck.live.cors import blueprints
from keck.live.record import Hook
from keck.live.references import References
from keck.live.returns import results
from keck.live.spots import is_library, plain, renew, spot
from keck.live.wrappers import qualified

_DISTRIBUTIONS = {
    "flask": "Flask",
    "flask_caching": "Flask-Caching",
    "flask_httpauth": "Flask-HTTPAuth",
    "flask_jwt_extended": "Flask-JWT-Extended",
    "flask_limiter": "Flask-Limiter",
    "flask_login": "Flask-Login",
    "flask_mail": "Flask-Mail",
    "flask_migrate": "Flask-Migrate",
    "flask_principal": "Flask-Principal",
    "flask_restful": "Flask-RESTful",
    "flask_security": "Flask-Security-Too",
    "flask_sqlalchemy": "Flask-SQLAlchemy",
    "flask_wtf": "Flask-WTF",
    "apiflask": "APIFlask",
}
_KINDS = (
    ("url_value_preprocessor", "url_value_preprocessors", False),
    ("before_request", "before_request_funcs", False),
    ("after_request", "after_request_funcs", True),
    ("teardown_request", "teardown_request_funcs", True),
)


def hooks(app: Any) -> tuple[Hook, ...]:  # noqa: ANN401 - a Flask app
    """Return every hook of an app and of its blueprints."""
    renew()
    references = References()
    found: list[Hook] = []
    for kind, attribute, reverse in _KINDS:
        every = getattr(app, attribute, {})
        for name in _scopes(every, reverse=reverse):
            functions = list(every[name])
            for one in reversed(functions) if reverse else functions:
                hook = _hook(kind, one, name)
                found.append(replace(hook, returns=results(one, references)) if kind == "before_request" else hook)
    found += [
        _hook("teardown_appcontext", one, None) for one in reversed(getattr(app, "teardown_appcontext_funcs", []))
    ]
    found += _handlers(app)
    return tuple(found)


def before(app: Any, endpoint: str) -> Iterator[tuple[str, Any]]:  # noqa: ANN401 - a Flask app
    """Yield what runs before the view of an endpoint, each with where it was registered."""
    names = (None, *reversed(blueprints(endpoint)))
    for held in (app.url_value_preprocessors, app.before_request_funcs):
        for name in names:
            for function in held.get(name, ()):
                yield name or "app", function


def _scopes(every: dict[str | None, Any], *, reverse: bool) -> list[str | None]:
    names = sorted((name for name in every if name is not None), key=lambda name: name.count("."))
    scopes: list[str | None] = [None, *names] if None in every else list(names)
    return scopes[::-1] if reverse else scopes


def _handlers(app: Any) -> Iterator[Hook]:  # noqa: ANN401 - a Flask app
    for name, by_code in app.error_handler_spec.items():
        for code, by_class in by_code.items():
            for kind, function in by_class.items():
                yield _hook("error_handler", function, name, str(code) if code is not None else kind.__name__)


def _hook(kind: str, function: object, at: str | None, code: str = "") -> Hook:
    return Hook(kind, qualified(function), at or "app", spot(function), library(function), code)


def library(function: object) -> str:
    """Return the distribution that a function belongs to; empty for the project's own."""
    found = plain(function)
    if found is None:
        module = str(type(function).__module__)
    elif is_library(found.__code__.co_filename):
        module = str(found.__globals__.get("__name__", ""))
    else:
        return ""
    package = module.partition(".")[0]
    return _DISTRIBUTIONS.get(package, package.replace("_", "-"))
