"""CORS policies of an app: what each `CORS()` has left behind, in the order in which they are asked.

`CORS.init_app()` leaves nothing but a function among those that run after each request; it is known by its
code, and its closure holds the resources with their options.
"""

from __future__ import annotations

import re
import sys
import types
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from keck.live.wrappers import cells, inner_codes

_REGEX = frozenset("*\\]?$^[]()")


@dataclass(frozen=True)
class Resource:
    """One resource pattern of a policy with its options, as flask-cors keeps them."""

    pattern: Any
    options: Any


@dataclass(frozen=True)
class Policy:
    """One `CORS()` that is bound to an app or a blueprint.

    Args:
        at: ``app``, or the blueprint's name.
        resources: in the order in which they are tried.
    """

    at: str
    resources: tuple[Resource, ...]

    @property
    def source(self) -> str:
        """As `Cors.source`."""
        return "CORS(app)" if self.at == "app" else f"CORS(blueprint {self.at})"

    def covering(self, path: str) -> Resource | None:
        """Return the resource that a path falls under, or None."""
        return next((one for one in self.resources if matches(one.pattern, path)), None)


def policies(app: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - a Flask app
    """Return every policy of an app as JSON data, those of blueprints first, as they are asked."""
    paths = [rule.rule for rule in app.url_map.iter_rules()]
    names = [None, *(name for name in app.after_request_funcs if name is not None)]
    found = []
    for name in reversed(names):
        for policy in bound(app, name):
            resources = [_described(one, paths) for one in policy.resources]
            found.append({"at": policy.at, "resources": resources})
    return found


def bound(app: Any, blueprint: str | None) -> tuple[Policy, ...]:  # noqa: ANN401 - a Flask app
    """Return the policies of an app (None) or of one of its blueprints, in the order in which they are asked."""
    code = _code()
    every = app.after_request_funcs.get(blueprint, ()) if code is not None else ()
    found = []
    for function in reversed(list(every)):
        if type(function) is types.FunctionType and function.__code__ is code:
            held = cells(function).get("resources", ())
            resources = tuple(Resource(pattern, options) for pattern, options in held)
            found.append(Policy(blueprint or "app", resources))
    return tuple(found)


def option(options: Any, name: str) -> Any:  # noqa: ANN401 - of flask-cors, which kept a dictionary once
    """Return one of the options that flask-cors keeps."""
    return options.get(name) if isinstance(options, Mapping) else getattr(options, name, None)


def origins(options: Any) -> tuple[str, ...]:  # noqa: ANN401 - as for `option`
    """Return the origins of a policy as text: patterns as ``re:...``, any as ``*``."""
    if is_open(options):
        return ("*",)
    return tuple(f"re:{text}" if regex else text for text, regex in each_origin(options))


def is_open(options: Any) -> bool:  # noqa: ANN401 - as for `option`
    """Return whether any origin is answered."""
    told = option(options, "allow_all_origins")
    return bool(told) if told is not None else any(text == ".*" for text, _ in each_origin(options))


def each_origin(options: Any) -> Iterator[tuple[str, bool]]:  # noqa: ANN401 - as for `option`
    """Yield each origin of a policy, and whether it is a pattern."""
    for one in option(options, "origins") or ():
        if isinstance(one, re.Pattern):
            yield one.pattern, True
        else:
            yield str(one), _old() and not _REGEX.isdisjoint(str(one))


def text_of(pattern: Any) -> str:  # noqa: ANN401 - a string or a compiled pattern
    """Return a resource pattern as text."""
    return str(pattern.pattern) if isinstance(pattern, re.Pattern) else str(pattern)


def matches(pattern: Any, path: str) -> bool:  # noqa: ANN401 - a string or a compiled pattern
    """Return whether flask-cors takes a path to fall under a resource pattern."""
    core = sys.modules["flask_cors.core"]
    try:
        return bool(core.try_match_pattern(path, pattern, caseSensitive=True))
    except (AttributeError, TypeError):  # pragma: no cover - flask-cors before 6
        return bool(core.try_match(path, pattern))


def _described(resource: Resource, paths: list[str]) -> dict[str, Any]:
    pattern, options = resource.pattern, resource.options
    text = text_of(pattern)
    methods = option(options, "methods")
    return {
        "pattern": text,
        "regex": isinstance(pattern, re.Pattern) or (_old() and not _REGEX.isdisjoint(text)),
        "origins": [{"text": one, "regex": regex} for one, regex in each_origin(options)],
        "open": is_open(options),
        "credentials": bool(option(options, "supports_credentials")),
        "methods": [one.strip() for one in str(methods).split(",")] if methods else [],
        "matches": sum(matches(pattern, path) for path in paths),
    }


def _code() -> types.CodeType | None:
    """Return the code of the function that `CORS.init_app()` registers."""
    extension = sys.modules.get("flask_cors.extension")
    maker = vars(extension).get("make_after_request_function") if extension is not None else None
    if type(maker) is not types.FunctionType:
        return None
    return next(inner_codes(maker.__code__), None)


def _old() -> bool:
    """Return whether flask-cors guesses with each request which of its strings are patterns, as it did before 6.0.3."""
    return "_resolve_pattern" not in vars(sys.modules["flask_cors.core"])
