"""The options that `flask doctor` and `keck doctor` share; light, as every `flask` command imports it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import click

TIMEOUT = 60.0
"""Seconds that an app may take to be loaded and read."""
WHERE = ("app", "python", "timeout")
LEVELS = ("error", "warning", "note")
CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}
EPILOG = """\b
Exit code:
  0  no finding at or above the fail level
  1  findings at or above the fail level
  2  the app could not be examined, or a check crashed

Settings stand in [tool.keck] of pyproject.toml or in keck.toml, the nearest upwards; options win."""
ROUTES_EPILOG = """FILTER is an endpoint or a blueprint (`shop.user`, `shop`), a rule or a path (`/users/7`, `/users`), or a
pattern (`*.user_*`); where that names no route, any part of an endpoint or a rule. A protection that got weaker makes --diff exit with 1; a new route that
changes state and is open to anyone is told as "new, open", and is no weaker one."""

_Command = TypeVar("_Command", bound=Callable[..., Any])


def examination(command: _Command) -> _Command:
    """Give a command the options of an examination."""
    return _with(
        command,
        click.option(
            "--backends/--no-backends", default=True, show_default=True, help="Ask the database, Redis and SMTP."
        ),
        click.option("--probe", is_flag=True, help="Also send requests to the app, in a forked child without effects."),
        click.option("--code", is_flag=True, help="Also check the source code, and say which of the two saw what."),
        click.option("--json", "as_json", is_flag=True, help="Print everything as JSON."),
        click.option("--sarif", is_flag=True, help="Print the findings as SARIF."),
        click.option("--html", metavar="FILE", help="Also write a page to read in a browser."),
        click.option("--only", multiple=True, metavar="RULES", help="Ask only these: ids, folders (cors/); by comma."),
        click.option("--skip", multiple=True, metavar="RULES", help="Leave these out, as for --only."),
        click.option("--level", type=click.Choice(LEVELS), help="Lowest level to show. [default: warning]"),
        click.option(
            "--fail-level", type=click.Choice(LEVELS), help="Lowest level to exit with 1 for. [default: warning]"
        ),
        click.option("--exit-zero", is_flag=True, help="Exit with 0 though there are findings."),
        click.option("--diff", hidden=True, expose_value=False, callback=_point_to_routes),
    )


def routes(command: _Command) -> _Command:
    """Give a command the options and the argument of the route matrix."""
    return _with(
        command,
        click.argument("filters", nargs=-1, metavar="[FILTER]..."),
        click.option("--json", "as_json", is_flag=True, help="Print JSON."),
        click.option(
            "--diff", metavar="OLD.json", help="Tell what became of the protections since `routes --json` wrote this."
        ),
        click.option("--probe", is_flag=True, help="Also send requests to the app, and tell what each route answers."),
        click.option("--verbose", is_flag=True, help="Tell each route in full."),
    )


def where(command: _Command) -> _Command:
    """Give a command the options `WHERE`: which app it is for, and how it gets there."""
    return _with(
        command,
        click.option("--app", "-A", metavar="APP", help="The app as `flask --app` takes it. [default: looked for]"),
        click.option(
            "--python", metavar="PATH", help="The interpreter or environment of the project. [default: looked for]"
        ),
        click.option(
            "--timeout",
            type=click.FloatRange(min=0, min_open=True),
            metavar="SECONDS",
            help=f"How long the app may take to be loaded and read. [default: {TIMEOUT:g}]",
        ),
    )


def refuse_before_routes(context: click.Context, mine: Sequence[str] = ()) -> None:
    """Raise where options of the examination stand before the subcommand, where they would do nothing.

    Args:
        context: of the group.
        mine: the parameters that hold for the subcommand too.

    Raises:
        UsageError: there is one.
    """
    for parameter in context.command.params:
        name = parameter.name or ""
        given = context.get_parameter_source(name) is click.core.ParameterSource.COMMANDLINE
        if given and name not in mine:
            raise click.UsageError(f"{parameter.opts[0]} does not go with `routes`; its own options stand after it")


def _point_to_routes(context: click.Context, _: click.Parameter, value: str | None) -> None:
    if value is not None and not context.resilient_parsing:
        raise click.UsageError(f"--diff goes with `routes`: `{context.command_path} routes --diff {value}`")


def _with(command: _Command, *options: Callable[[_Command], _Command]) -> _Command:
    for one in reversed(options):
        command = one(command)
    return command
