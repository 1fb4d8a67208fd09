"""From what was read of an app to what is printed, and to the exit code."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from keck.trouble import Trouble

if TYPE_CHECKING:
    from keck.examining import Examination
    from keck.finding import Finding
    from keck.live.record import LiveApp, Route
    from keck.report import View
    from keck.settings import Settings

COMMAND = "flask doctor"


@dataclass(frozen=True)
class Asked:
    """The options of an examination, as the command line gives them, and the command itself."""

    backends: bool = True
    probe: bool = False
    code: bool = False
    as_json: bool = False
    sarif: bool = False
    html: str | None = None
    only: Sequence[str] = ()
    skip: Sequence[str] = ()
    level: str | None = None
    fail_level: str | None = None
    exit_zero: bool = False
    command: str = COMMAND


@dataclass(frozen=True)
class AskedRoutes:
    """The options of the route matrix, as the command line gives them, and the command itself."""

    filters: Sequence[str] = ()
    as_json: bool = False
    diff: str | None = None
    probe: bool = False
    verbose: bool = False
    command: str = COMMAND


def guarded(context: click.Context, work: Callable[[], int]) -> None:
    """Do the work and exit with its code; whatever goes wrong is one sentence and exit code 2.

    For commands of `flask`, which itself would show a traceback and exit as if there were findings.
    """
    from keck.cli import COULD_NOT_RUN, INTERRUPTED, fault

    try:
        code = work()
    except Trouble as trouble:
        click.echo(f"keck: {trouble}", err=True)
        code = COULD_NOT_RUN
    except click.ClickException:
        raise
    except (KeyboardInterrupt, click.Abort):
        click.echo("keck: interrupted", err=True)
        code = INTERRUPTED
    except Exception as error:  # noqa: BLE001 - it must not pass for findings
        click.echo(f"keck: {fault(error)}", err=True)
        code = COULD_NOT_RUN
    context.exit(code)


def examined(read: Callable[[Asked], LiveApp], asked: Asked) -> int:
    """Examine an app, print what is found, and return the exit code.

    Args:
        read: reads the app.
        asked: the options.

    Raises:
        Trouble: an option or setting is wrong, or there is no app to read.
        UsageError: two options exclude each other.
    """
    from keck.cli.screen import emit
    from keck.examining import judge
    from keck.heeded import heeded
    from keck.report.doctor import render

    if asked.as_json and asked.sarif:
        raise click.UsageError("--json and --sarif exclude each other")
    settings = _settings(asked)
    view = _view(settings, asked.command)
    page = _page(asked.html)
    examination = _noticed(judge(read(asked), settings))
    examination, ignored = heeded(examination, settings)
    complete = True
    if asked.code:
        from keck.checking import check
        from keck.witnesses import merged

        outcome = check([Path.cwd()], settings, cache_dir=Path.cwd() / ".keck_cache")
        examination, complete = merged(examination, outcome, ignored), outcome.complete
    examination = _addressed(examination, asked.command)
    if page is not None:
        _write(page, render("html", examination, view))
    emit(render("json" if asked.as_json else "sarif" if asked.sarif else "text", examination, view))
    if page is not None:
        click.echo(f"keck: {page} holds the report", err=True)
    if not asked.exit_zero and any(one.level >= settings.fail_level for one in examination.findings):
        return 1
    from keck.cli import COULD_NOT_RUN

    crashed = any(one.state == "crashed" for one in examination.verdicts)
    return COULD_NOT_RUN if crashed or not complete else 0


def routed(read: Callable[[AskedRoutes], LiveApp], asked: AskedRoutes) -> int:
    """Print the route matrix of an app, or what a change did to it, and return the exit code.

    Args:
        read: reads the app.
        asked: the options.

    Raises:
        Trouble: no route is named by the filters, there is no app, or the old matrix cannot be read.
        UsageError: two options exclude each other.
    """
    from keck.cli.screen import emit
    from keck.report.doctor import routes_json, routes_text
    from keck.report.doctor.selection import select
    from keck.settings import Settings

    if asked.probe and asked.diff is not None:
        raise click.UsageError("--probe and --diff exclude each other")
    old = None if asked.diff is None else _matrix(asked.diff, asked.command)
    app = read(asked)
    if "routes" in app.facts.get("unread", {}):
        raise Trouble(f"the routes of the app could not be read: {app.facts['unread']['routes']}")
    view = _view(Settings(), asked.command)
    if old is not None:
        return _compare(old, app, asked, view)
    only = tuple(asked.filters)
    if only and not select(app.routes, only):
        app = replace(app, routes=_chosen(app.routes, only))
        only = ()
        if not app.routes:
            raise Trouble(_unnamed(asked.filters))
    emit(routes_json(app, only) if asked.as_json else routes_text(app, only, view, verbose=asked.verbose))
    return 0


def _settings(asked: Asked) -> Settings:
    from keck.cli.selectors import selectors
    from keck.finding import Level
    from keck.settings import load

    settings = load(Path.cwd())
    return msgspec.structs.replace(
        settings,
        select=selectors(asked.only) or settings.select,
        ignore=settings.ignore + selectors(asked.skip),
        level=Level[asked.level] if asked.level else settings.level,
        fail_level=Level[asked.fail_level] if asked.fail_level else settings.fail_level,
    )


def _view(settings: Settings, command: str) -> View:
    from keck.cli.screen import has_colour, width_of
    from keck.report import View

    return View(
        start=str(Path.cwd()),
        level=settings.level,
        fail_level=settings.fail_level,
        width=width_of(sys.stdout),
        colour=has_colour(sys.stdout),
        command=command,
    )


def _noticed(examination: Examination) -> Examination:
    """Return the examination; where the app has none of the extensions that Keck knows, it says so."""
    if examination.app.instances:
        return examination
    from keck.live.record import TITLES

    notice = f"This app uses none of {', '.join(TITLES.values())}, so there is nothing to say of how they are wired."
    return msgspec.structs.replace(examination, notices=(notice, *examination.notices))


def _addressed(examination: Examination, command: str) -> Examination:
    """Return the examination with the command in what is advised that was used."""

    def said(one: Finding) -> Finding:
        return msgspec.structs.replace(one, help=one.help.replace(f"`{COMMAND} ", f"`{command} "))

    faults = tuple(
        msgspec.structs.replace(one, finding=said(one.finding), consequences=tuple(map(said, one.consequences)))
        for one in examination.faults
    )
    return msgspec.structs.replace(examination, faults=faults)


def _page(name: str | None) -> Path | None:
    """Return the file of the page; refuses before the work what could not be written after it."""
    if name is None:
        return None
    path = Path(name)
    if path.is_dir() or not path.absolute().parent.is_dir():
        raise Trouble(f"the page cannot be written to `{name}`; name a file in a folder that exists")
    return path


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise Trouble(f"the page cannot be written to `{path}`: {error.strerror}") from error


def _matrix(name: str, command: str) -> tuple[Route, ...]:
    from keck.doctor.diff import matrix

    try:
        data = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as error:
        raise Trouble(f"`{name}` cannot be read ({error.strerror}); write it with `{command} routes --json`") from error
    return matrix(data, f"`{name}`", command)


def _compare(old: Sequence[Route], app: LiveApp, asked: AskedRoutes, view: View) -> int:
    from keck.cli.screen import emit
    from keck.doctor import changes
    from keck.doctor.diff import compared, weakened

    new: Sequence[Route] = app.routes
    if asked.filters:
        old, new = _chosen(old, asked.filters), _chosen(new, asked.filters)
        if not old and not new:
            raise Trouble(_unnamed(asked.filters))
    found = compared(old, new)
    emit(changes.as_json(found) if asked.as_json else changes.text(found, view))
    return 1 if weakened(found) else 0


def _chosen(routes: Sequence[Route], filters: Sequence[str]) -> tuple[Route, ...]:
    """Return the routes that are named; where none is, those that hold a filter in their endpoint or rule."""
    from keck.report.doctor.selection import select

    return select(routes, filters) or tuple(
        one for one in routes if any(text in one.endpoint or text in one.rule for text in filters)
    )


def _unnamed(filters: Sequence[str]) -> str:
    named = " or ".join(f"`{one}`" for one in filters)
    return f"no route is named by {named}; give an endpoint, a blueprint, or a path such as /users"
