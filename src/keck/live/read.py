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
from keck.live.made import made_at
from keck.live.record import NOWHERE, LiveApp
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
    found = scan(app)
    scrubber = Scrubber(app.config)
    bound = instances(app, found)
    routes = _part("keck.live.routes").routes(app, bound)
    return LiveApp(
        name=str(app.name),
        spot=_or(NOWHERE, made_at, app),
        root=os.getcwd().replace(os.sep, "/"),  # noqa: PTH109 - text with slashes is wanted
        testing=bool(app.testing),
        debug=bool(app.debug),
        python=platform.python_version(),
        versions=versions(),
        workers=workers(os.environ),
        context_pushed=context_pushed,
        instances=_scrubbed(bound, scrubber),
        config=settings(app.config, scrubber),
        routes=routes,
        hooks=_part("keck.live.hooks").hooks(app),
        facts=scrubber.data(
            {
                "cors": _part("keck.live.policies").policies(app),
                "catch_all": _or([], catch_all, app),
                "cached_functions": _or([], cached_functions, app),
            }
        ),
        answers=_scrubbed(_part("keck.backends").ask(app), scrubber) if backends else None,
        probes=_scrubbed(_part("keck.probe").probe(app, routes), scrubber) if probe else None,
    )


def _or(otherwise: Any, part: Callable[[Any], Any], app: Any) -> Any:  # noqa: ANN401 - of the record
    """Return what a part of the reading gives, or something else where it fails: the rest is worth reading."""
    try:
        return part(app)
    except Exception:  # noqa: BLE001 - whatever it met is the app's
        return otherwise


def _part(name: str) -> Any:  # noqa: ANN401 - a module
    """Return a module that is only imported where it is needed."""
    return importlib.import_module(name)


def _scrubbed(value: Any, scrubber: Scrubber) -> Any:  # noqa: ANN401 - of the record
    """Return what was read without secrets."""
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{each.name: _scrubbed(getattr(value, each.name), scrubber) for each in fields(value)})
    if isinstance(value, tuple):
        return tuple(_scrubbed(one, scrubber) for one in value)
    return scrubber.record(value)
