"""``flask doctor``: examines the app that the `flask` command is for, in this process.

Every `flask` command imports this module, so what is heavy is imported where it is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from keck.doctor import options

if TYPE_CHECKING:
    from keck.live.record import LiveApp


@click.group(
    context_settings=options.CONTEXT,
    epilog=options.EPILOG,
    invoke_without_command=True,
    short_help="Examine this app: what is bound, how it is set, what protects each route.",
)
@options.examination
@click.pass_context
def doctor(
    context: click.Context,
    /,
    **asked: Any,  # noqa: ANN401 - as click has read them
) -> None:
    """Examine the app as it really is once it is made.

    Tells which extension instances are bound, how they are set, what protects each route, and whether the
    backends answer.
    """
    if context.invoked_subcommand is not None:
        options.refuse_before_routes(context)
        return
    from keck.doctor.run import Asked, examined, guarded

    guarded(context, lambda: examined(lambda one: _read(context, one.backends, one.probe), Asked(**asked)))


@doctor.command(epilog=options.ROUTES_EPILOG, short_help="Tell what protects each route.")
@options.routes
@click.pass_context
def routes(
    context: click.Context,
    /,
    **asked: Any,  # noqa: ANN401 - as click has read them
) -> None:
    """Tell for every rule and method what applies, in the order in which it runs."""
    from keck.doctor.run import AskedRoutes, guarded, routed

    guarded(context, lambda: routed(lambda one: _read(context, probe=one.probe), AskedRoutes(**asked)))


def _read(context: click.Context, backends: bool = False, probe: bool = False) -> LiveApp:
    from flask.cli import ScriptInfo

    from keck.doctor.load import load, origin
    from keck.doctor.streams import aside
    from keck.live.read import read

    information = context.ensure_object(ScriptInfo)
    typed = context.find_root().get_parameter_source("app") is click.core.ParameterSource.COMMANDLINE
    with aside():
        app = load(information, "" if typed else origin(information.app_import_path or ""))
        return read(app, backends=backends, probe=probe)
