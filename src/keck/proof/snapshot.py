"""The snapshot: what a booted app is, as a flat dictionary of JSON texts by path.

The paths are the vocabulary of `Fix.intends`::

    rules/GET /me            endpoint, defaults, host, subdomain, strict slashes ...
    config/JSON_SORT_KEYS    the value; of a secret a keyed hash
    extensions/cors/bound    an extension and its effective settings
    hooks/app/before_request the functions in order; `app` or a blueprint's name
    handlers/app/404         the function
    templates/filters/money  the function; also `globals` and `tests`, beyond Flask's own
    commands/user create     its parameters
    guards/GET /me           what may refuse a request; also `limits`, `cache`, `cors`
    layers/GET /me           other decorators, and the view
    tables/default/user/id   the column; also `(keys)` and `(indexes)`
    app/static_folder        what else is set on the app

Names of functions are without their module, and instances have none. Stands on the standard library alone.
"""

# ruff: noqa: ANN401 - a Flask app

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from keck.live.read import read
from keck.live.record import TITLES
from keck.proof import bound, protections, shape, tables, urls
from keck.proof.texts import Texts

Found = Iterator[tuple[str, Any]]


def snapshot(app: Any, key: bytes, copy: str, engines: Sequence[tuple[str, dict[str, Any]]] = ()) -> dict[str, str]:
    """Return what an app is.

    Args:
        app: a Flask app.
        key: that secrets are hashed with.
        copy: the folder it was booted in.
        engines: those for servers, as `Databases.made` has them.
    """
    live = read(app)
    texts = Texts(key, copy, app.config)
    parts: dict[str, Callable[[], Found]] = {
        "rules": lambda: urls.rules(app),
        "config": lambda: ((f"config/{name}", app.config[name]) for name in list(app.config)),
        "extensions": lambda: bound.extensions(app, live, engines),
        "hooks": lambda: shape.hooks(app, live),
        "protections": lambda: protections.protections(live),
        "templates": lambda: shape.templates(app),
        "commands": lambda: shape.commands(app.cli, ""),
        "tables": lambda: tables.tables(app),
        "app": lambda: shape.attributes(app),
        "blueprints": lambda: shape.blueprints(app),
    }
    found: dict[str, str] = {}
    for name, part in parts.items():
        try:
            for path, value in part():
                found[texts.text(path)] = texts.json(value, _named(path))
        except Exception as error:  # noqa: BLE001 - one part that cannot be read leaves the others comparable
            found[f"unread/{name}"] = texts.json(f"{type(error).__name__}: {error}")
    return found


def _named(path: str) -> str:
    """Return the name by which a value may be known to be secret: that of a config key, or what an unknown extension has."""
    kind, _, name = path.partition("/")
    extension, _, attribute = name.partition("/")
    if kind == "extensions":
        return attribute if extension not in TITLES else ""
    return name if kind == "config" else ""
