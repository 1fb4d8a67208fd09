"""Reading: a live app into `LiveApp`."""

from __future__ import annotations

import importlib
import os
import platform
from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from typing import Any

from keck.live.config import settings
from keck.live.extensions import instances
from keck.live.functions import cached_functions, catch_all
from keck.live.loggers import disabled_loggers
from keck.live.made import made_at
from keck.live.record import NOWHERE, LiveApp, Route, Spot
from keck.live.scan import scan
from keck.live.secrets import Scrubber
from keck.live.serving import context_left_open, workers
from keck.live.versions import versions


def read(app: Any, *, backends: bool = False, probe: bool = False) -> LiveApp:  # noqa: ANN401 - Flask is not imported
    """Return what a live app is.

    Args:
        app: as `create_app()` returns it.
        backends: whether to ask the database, Redis and the mail server.
        probe: whether to send requests to the app in a forked child.
    """
    context_pushed = context_left_open()
    unread: dict[str, str] = {}

    def part(name: str, otherwise: Any, run: Callable[[], Any]) -> Any:  # noqa: ANN401 - of the record
        """Return what a part of the reading gives, or something else where it fails: the rest is worth reading."""
        try:
            return run()
        except Exception as error:  # noqa: BLE001 - whatever it met is the app's
            unread[name] = f"{type(error).__name__}: {error}"
            return otherwise

    found = scan(app)
    scrubber = Scrubber(app.config)
    bound = instances(app, found)
    routes = part("routes", (), lambda: _module("keck.live.routes").routes(app, bound))
    hooks = part("hooks", (), lambda: _module("keck.live.hooks").hooks(app))
    facts = {
        "cors": part("cors", [], lambda: _module("keck.live.policies").policies(app)),
        "catch_all": part("catch_all", [], lambda: catch_all(app)),
        "cached_functions": part("cached_functions", [], lambda: cached_functions(app)),
        "disabled_loggers": part("disabled_loggers", [], disabled_loggers),
    }
    spot = part("spot", NOWHERE, lambda: made_at(app))
    answers = part("backends", (), lambda: _module("keck.backends").ask(app)) if backends else None
    probes = part("probe", None, lambda: _module("keck.probe").probe(app, routes)) if probe else None
    return LiveApp(
        name=str(app.name),
        spot=spot,
        root=os.getcwd().replace(os.sep, "/"),  # noqa: PTH109 - text with slashes is wanted
        testing=bool(app.testing),
        debug=bool(app.debug),
        python=platform.python_version(),
        versions=versions(),
        workers=workers(os.environ),
        context_pushed=context_pushed,
        instances=_scrubbed(bound, scrubber),
        config=settings(app.config, scrubber),
        routes=tuple(_shown(one, scrubber) for one in routes),
        hooks=hooks,
        facts=scrubber.data({**facts, "unread": unread}),
        answers=_scrubbed(answers, scrubber),
        probes=_scrubbed(probes, scrubber),
    )


def _module(name: str) -> Any:  # noqa: ANN401 - a module
    """Return a module that is only imported where it is needed."""
    return importlib.import_module(name)


def _scrubbed(value: Any, scrubber: Scrubber) -> Any:  # noqa: ANN401 - of the record
    """Return what was read without secrets; a place in source code stays what it is, for it has to be found."""
    if isinstance(value, Spot):
        return value
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{each.name: _scrubbed(getattr(value, each.name), scrubber) for each in fields(value)})
    if isinstance(value, tuple):
        return tuple(_scrubbed(one, scrubber) for one in value)
    return scrubber.record(value)


def _shown(route: Route, scrubber: Scrubber) -> Route:
    """Return a route without secrets: some stand in its path, as that of a webhook, or in the key of its cache."""
    parts = ("rule", "path", "order", "limits", "cache", "cors", "unseen")
    return replace(route, **{name: _scrubbed(getattr(route, name), scrubber) for name in parts})
