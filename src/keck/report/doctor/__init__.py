"""Reports of an examination: one module a format, each with a pure ``render(examination, view)``."""

from __future__ import annotations

import importlib
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from keck.report.view import View

if TYPE_CHECKING:
    from keck.examining import Examination
    from keck.live.record import LiveApp

__all__ = ["DOCTOR_FORMATS", "render", "routes_json", "routes_text"]

DOCTOR_FORMATS = ("text", "json", "sarif", "html")

_PASSWORD = re.compile(r"(\b[a-z][a-z0-9+.-]*://[^\s:/?#@\"'<>\\]*:)[^\s/@\"'<>\\]+@", re.IGNORECASE)


def render(format: str, examination: Examination, view: View) -> str:
    """Return the report in one of `DOCTOR_FORMATS`, ending with a newline."""
    module = importlib.import_module(f"{__name__}.{format}")
    text: str = module.render(examination, view)
    return masked(text)


def routes_text(app: LiveApp, only: Sequence[str] = (), view: View | None = None, *, verbose: bool = False) -> str:
    """Return the route matrix as a table for a terminal.

    Args:
        app: what was read.
        only: endpoints or paths, see `keck.report.doctor.selection.select`; all routes if there are none.
        view: how it is to look; one line a route if None.
        verbose: whether to tell each route in full, as is done anyway where few are selected.
    """
    from keck.report.doctor.routes import text

    return masked(text(app, only, view or View(app.root or "/"), verbose=verbose))


def routes_json(app: LiveApp, only: Sequence[str] = ()) -> str:
    """Return the route matrix as JSON: the ``routes`` of the JSON report, under the same version."""
    from keck.report.doctor.json import routes

    return masked(routes(app, only))


def masked(text: str) -> str:
    """Return a report without the passwords of URLs, wherever in the app they came from."""
    return _PASSWORD.sub(r"\1***@", text)
