"""``keck fix``."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from keck.cli.check import existing
from keck.cli.screen import Progress, emit, has_colour, width_of
from keck.report.view import View

if TYPE_CHECKING:
    from keck.fixes.refused import Refused
    from keck.fixing import Repair

TIMEOUT = 60.0
LONGEST = 86400.0
"""Seconds that anybody may be willing to wait: a day."""
EPILOG = """\b
Exit code:
  0  all that it was asked to repair is repaired, or there was nothing
  1  something that can be repaired is left, or with --diff: there is something to change
  2  Keck could not run: a wrong option or setting, files that are not committed or cannot be written

\b
Examples:
  keck fix --diff                        show what would change, and write nothing
  keck fix                               repair what is safe to repair
  keck fix --unsafe --interactive        ask for each fix, also for those that change more
  keck fix --select jwt/,cors/ shop      those of two extensions in a folder
  keck fix --select sqlalchemy/legacy-query
                                         rewrite queries in the style of SQLAlchemy 2
  keck fix --factory                     take an app at module level apart: create_app(), extensions.py
  keck fix --tests "pytest -q"           run the tests before and after, too

A fix is safe where nothing but what was broken behaves differently. What needs more than a change within single
expressions is proven: the app is booted before and after, in copies, and compared. What the comparison shows
beyond what the fix intends undoes it."""


@click.command(epilog=EPILOG, short_help="Repair what `keck check` finds, and prove that it is the same app.")
@click.argument("paths", nargs=-1, metavar="[PATHS]...")
@click.option("--diff", is_flag=True, help="Print the changes as a unified diff, and write nothing.")
@click.option("--unsafe", is_flag=True, help="Also do what changes more than what is broken.")
@click.option(
    "--select", multiple=True, metavar="RULES", help="Repair only these: ids, folders (cors/), ALL; by comma."
)
@click.option("--ignore", multiple=True, metavar="RULES", help="Leave these as they are, as for --select.")
@click.option("--interactive", "-i", is_flag=True, help="Show each change and ask.")
@click.option(
    "--proof/--no-proof",
    default=None,
    help="Boot the app before and after for every fix, or for none. [default: for those that need it]",
)
@click.option("--tests", metavar="COMMAND", default="", help="Run the project's tests before and after, too.")
@click.option("--allow-dirty", is_flag=True, help="Write though files are not committed, or without git.")
@click.option(
    "--factory",
    is_flag=False,
    flag_value="",
    default=None,
    metavar="[FILE]",
    help="Take the app that is made at module level apart: create_app() and extensions.py.",
)
@click.option("--blueprints", is_flag=True, help="With --factory: also group its views into blueprints.")
@click.option("--app", "-A", metavar="APP", default="", help="The app as `flask --app` takes it. [default: looked for]")
@click.option("--python", metavar="PATH", help="The interpreter or environment of the project. [default: looked for]")
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, max=LONGEST, min_open=True),
    callback=lambda _context, _option, value: _number(value),
    default=TIMEOUT,
    show_default=True,
    metavar="SECONDS",
    help="How long the app may take to be booted.",
)
@click.option("--output-format", type=click.Choice(("text", "json")), default="text", show_default=True)
def fix(
    *,
    paths: Sequence[str],
    diff: bool,
    unsafe: bool,
    select: Sequence[str],
    ignore: Sequence[str],
    interactive: bool,
    proof: bool | None,
    tests: str,
    allow_dirty: bool,
    factory: str | None,
    blueprints: bool,
    app: str,
    python: str | None,
    timeout: float,
    output_format: str,
) -> int:
    """Repair what `keck check` finds below PATHS, the working directory if none is given.

    Wants all files committed, so that `git diff` shows what it did. Each file is written at once, all of them or
    none; a run that is killed is completed by the next one.
    """
    as_json = output_format == "json"
    _refuse(interactive=interactive, diff=diff, as_json=as_json, factory=factory is not None, blueprints=blueprints)
    if proof is False and tests:
        raise click.UsageError("--tests is part of the proof, so that it does not go with --no-proof")
    if factory is not None and (select or ignore or unsafe):
        raise click.UsageError("--factory does one thing; --select, --ignore and --unsafe are for a run without it")
    from keck.cli.selectors import selectors
    from keck.fixes.refused import Refused
    from keck.fixes.survey import root_of
    from keck.settings import load

    given = existing([*paths, *([factory] if factory else [])])
    settings = load(given[0] if len(given) == 1 else Path.cwd())
    settings = msgspec.structs.replace(
        settings, select=selectors(select) or settings.select, ignore=settings.ignore + selectors(ignore)
    )
    start = root_of(given)
    if diff:
        _refuse_unfinished(start)
    elif _completed(start, as_json=as_json):
        return 0

    def ready() -> None:
        if not (diff or allow_dirty):
            from keck.fixes.git import refuse_dirty

            refuse_dirty(start)

    how = {"app": app, "python": python, "timeout": timeout, "tests": tests, "proof": proof}
    progress = Progress(sys.stderr)
    try:
        if factory is None:
            from keck.cli.asking import Asker
            from keck.fixing import fix as repair_of

            ask = Asker(sys.stdin, sys.stdout) if interactive else None
            repair = repair_of(given, settings, unsafe=unsafe, ask=ask, ready=ready, progress=progress, **how)  # type: ignore[arg-type]
        else:
            from keck.fixing import take_apart

            ready()
            repair = take_apart(given, settings, Path(factory) if factory else None, blueprints=blueprints, **how)  # type: ignore[arg-type]
    except Refused as refused:
        _tell_refusal(refused, as_json=as_json)
        return 1
    finally:
        progress.wipe()
    if repair.patch and not diff:
        if not allow_dirty:
            from keck.fixes.git import refuse_untracked

            refuse_untracked(
                Path(repair.root, path) for path, one in repair.patch.files.items() if one.before is not None
            )
        repair.write()
    _tell(repair, diff=diff, as_json=as_json, factory=factory is not None)
    if repair.left or (diff and repair.patch) or (factory is not None and not repair.patch):
        return 1
    return 0 if repair.complete else 2


def _number(value: float) -> float:
    """Return a number that is one; what `float` calls ``nan`` is within any range."""
    if isnan(value):
        raise click.BadParameter("nan is no number of seconds.")
    return value


def _refuse(*, interactive: bool, diff: bool, as_json: bool, factory: bool, blueprints: bool) -> None:
    """Raise where options do not go together."""
    others = (("--diff", diff), ("--output-format json", as_json), ("--factory", factory))
    for name, given in others:
        if interactive and given:
            raise click.UsageError(f"--interactive and {name} exclude each other")
    if blueprints and not factory:
        raise click.UsageError("--blueprints goes with --factory")


def _refuse_unfinished(start: Path) -> None:
    from keck.fixes.journal import pending
    from keck.settings import shown
    from keck.trouble import Trouble

    root = pending(start)
    if root is not None:
        raise Trouble(
            f"a `keck fix` was killed while it wrote below {shown(root)}; run `keck fix` to complete it first"
        )


def _completed(start: Path, *, as_json: bool) -> bool:
    """Complete what a run that was killed has left unfinished, say so, and return whether there was something."""
    from keck.fixes.writing import complete
    from keck.report.view import plural
    from keck.settings import shown

    done = complete(start)
    if done is None:
        return False
    root, files = done
    if as_json:
        from keck.report.repair import completed

        emit(completed(root.as_posix(), files))
    else:
        emit(
            f"Completed a `keck fix` that was killed while it wrote: {plural(len(files), 'file')} below {shown(root)}"
            f" ({', '.join(files)}).\n`git diff` shows what it did.\n"
        )
    return True


def _tell_refusal(refused: Refused, *, as_json: bool) -> None:
    if as_json:
        from keck.report.repair import refusal

        emit(refusal(refused))
    else:
        click.echo(str(refused), err=True)


def _tell(repair: Repair, *, diff: bool, as_json: bool, factory: bool) -> None:
    """Print what was done; beside a diff on standard output all else goes to standard error."""
    from keck.report import repair as report

    if as_json:
        emit(report.data(repair, written=not diff))
        return
    stream = sys.stderr if diff else sys.stdout
    view = View(start=str(Path.cwd()), width=width_of(stream), colour=has_colour(stream))
    text = report.render(repair, view, written=not diff, factory=factory)
    if diff:
        emit(repair.patch.diff())
        click.echo(text, nl=False, err=True, color=view.colour)
    else:
        emit(text)
