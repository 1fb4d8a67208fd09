"""``keck doctor``."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from keck.doctor import options

if TYPE_CHECKING:
    from keck.live.record import LiveApp

COMMAND = "keck doctor"
EPILOG = (
    options.EPILOG
    + """

\b
Examples:
  keck doctor                                     the app that Flask finds here
  keck doctor --app shop:create_app               the one that a factory makes
  keck doctor --app "shop:create_app('test')"     a factory with arguments
  keck doctor --app shop --python ../venv         in that environment
  keck doctor --app shop --code --html page.html  with what the source code shows, as a page
  keck doctor --app shop routes /admin            what protects these routes"""
)


@click.group(epilog=EPILOG, invoke_without_command=True, short_help="Examine a live Flask app.")
@options.where
@options.examination
@click.pass_context
def doctor(
    context: click.Context,
    /,
    *,
    app: str | None,
    python: str | None,
    timeout: float | None,
    **asked: Any,  # noqa: ANN401 - as click has read them
) -> int:
    """Examine a Flask app as it really is once it is made.

    Loads the app in the project's own interpreter, where Keck need not be installed: the one that is named,
    else that of VIRTUAL_ENV, of .venv, or of the project's uv or Poetry.
    """
    context.obj = {"app": app, "python": python, "timeout": timeout}
    if context.invoked_subcommand is not None:
        options.refuse_before_routes(context, options.WHERE)
        return 0
    from keck.doctor.run import Asked, examined

    return examined(lambda one: _read(context.obj, one.backends, one.probe), Asked(**asked, command=COMMAND))


@doctor.command(epilog=options.ROUTES_EPILOG, short_help="Tell what protects each route.")
@options.where
@options.routes
@click.pass_obj
def routes(
    where: dict[str, Any],
    /,
    *,
    app: str | None,
    python: str | None,
    timeout: float | None,
    **asked: Any,  # noqa: ANN401 - as click has read them
) -> int:
    """Tell for every rule and method what applies, in the order in which it runs."""
    from keck.doctor.run import AskedRoutes, routed

    own = {"app": app, "python": python, "timeout": timeout}
    where = where | {key: value for key, value in own.items() if value is not None}
    return routed(lambda one: _read(where, probe=one.probe), AskedRoutes(**asked, command=COMMAND))


def _read(where: dict[str, Any], backends: bool = False, probe: bool = False) -> LiveApp:
    from keck.doctor import spawn
    from keck.doctor.interpreter import interpreter

    timeout = where["timeout"] or options.TIMEOUT
    python = interpreter(where["python"], Path.cwd(), os.environ)
    return spawn.read(python, where["app"] or "", timeout=timeout, backends=backends, probe=probe)
