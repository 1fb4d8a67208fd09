"""``keck check``."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import click
import msgspec

from keck.cli import adopt
from keck.cli.screen import Progress, emit, has_colour, width_of
from keck.finding import Level
from keck.report import FORMATS, View, render
from keck.report.excerpt import decoded
from keck.trouble import Trouble

LEVELS = click.Choice([level.name for level in sorted(Level, reverse=True)])
STDIN = "-"
UNNAMED = "stdin.py"
BASELINE = "keck-baseline.json"
CACHE = ".keck_cache"
FOREIGN = frozenset(
    {".cfg", ".html", ".ini", ".ipynb", ".js", ".json", ".lock", ".md", ".rst", ".toml", ".txt", ".yaml", ".yml"}
)

EPILOG = """\b
Exit code:
  0  no finding at or above the fail level
  1  findings at or above the fail level
  2  Keck could not run, or not whole: a wrong option or setting, a path that does not exist

\b
Examples:
  keck check                             the project in this directory
  keck check src tests/test_app.py       a folder and a file
  keck check --select jwt/,cors/         the rules of two extensions
  keck check --since main                only what has changed since main
  keck check --write-baseline            accept what there is, tell what is new
  keck check - --stdin-filename app.py < app.py

Settings stand in [tool.keck] of pyproject.toml or in keck.toml, the nearest upwards; options win."""


@click.command(epilog=EPILOG, short_help="Find the faults in a Flask project.")
@click.argument("paths", nargs=-1, metavar="[PATHS]...")
@click.option("--select", multiple=True, metavar="RULES", help="Apply only these: ids, folders (cors/), ALL; by comma.")
@click.option("--ignore", multiple=True, metavar="RULES", help="Leave these out, as for --select; the closer one wins.")
@click.option(
    "--output-format",
    type=click.Choice(FORMATS),
    default="text",
    show_default=True,
    help="json, sarif and gitlab always hold every finding.",
)
@click.option(
    "--level", type=LEVELS, help="Lowest level to show one by one; text sums up the others. [default: warning]"
)
@click.option("--fail-level", type=LEVELS, help="Lowest level to exit with 1 for. [default: warning]")
@click.option("--exit-zero", is_flag=True, help="Exit with 0 though there are findings.")
@click.option("--since", metavar="REV", help="Tell only what is on lines changed since this Git revision.")
@click.option("--baseline", metavar="FILE", help="Don't tell what this file lists as known.")
@click.option(
    "--write-baseline", is_flag=True, help=f"List all findings in the baseline file ({BASELINE} if none is set)."
)
@click.option("--add-ignores", is_flag=True, help="Write a `# keck: ignore[...]` for each finding at or above --level.")
@click.option("--stdin-filename", metavar="FILE", help="The file that standard input (-) stands in for.")
@click.option("--cache-dir", metavar="DIR", help=f"Where to keep what has been read. [default: {CACHE} in the project]")
@click.option("--no-cache", is_flag=True, help="Read everything afresh and keep nothing.")
def check(
    *,
    paths: Sequence[str],
    select: Sequence[str],
    ignore: Sequence[str],
    output_format: str,
    level: str | None,
    fail_level: str | None,
    exit_zero: bool,
    since: str | None,
    baseline: str | None,
    write_baseline: bool,
    add_ignores: bool,
    stdin_filename: str | None,
    cache_dir: str | None,
    no_cache: bool,
) -> int:
    """Find the faults in how a Flask project wires its extensions.

    Looks at the Python files below PATHS, the working directory if none is given, and imports none
    of them. A file that is named is checked even if Git ignores it; - is standard input.
    """
    from keck import checking
    from keck.cli.selectors import selectors
    from keck.rule import ids as rule_ids
    from keck.settings import chosen as chosen_rules
    from keck.settings import load

    if write_baseline and add_ignores:
        raise click.UsageError("--write-baseline and --add-ignores exclude each other")
    if write_baseline and since:
        raise click.UsageError("--write-baseline and --since exclude each other: a baseline lists everything")
    given, unsaved = _inputs(paths, stdin_filename)
    if unsaved and add_ignores:
        raise click.UsageError("--add-ignores writes to files, so it can't be used with -")
    settings = load(given[0] if len(given) == 1 else Path.cwd())
    chosen = selectors(select)
    settings = msgspec.structs.replace(
        settings,
        select=chosen or settings.select,
        ignore=settings.ignore + selectors(ignore),
        level=Level[level] if level else settings.level,
        fail_level=Level[fail_level] if fail_level else settings.fail_level,
        baseline=str(Path(baseline).absolute()) if baseline else settings.baseline,
    )
    root = _root(given)
    known = settings.baseline is not None
    target = (settings.root or Path.cwd()) / (settings.baseline or BASELINE)
    if write_baseline:
        settings = msgspec.structs.replace(settings, baseline=None)
    cache = None if no_cache else Path(cache_dir).resolve() if cache_dir else root / CACHE
    progress = Progress(sys.stderr)
    try:
        outcome = checking.check(given, settings, cache_dir=cache, unsaved=unsaved, progress=progress)
    finally:
        progress.wipe()
    if since:
        outcome = adopt.since_revision(outcome, since)
    if write_baseline:
        asked = chosen_rules(rule_ids(), settings)
        return adopt.write_baseline(outcome, target, known=known, asked=asked, given=given)
    if add_ignores:
        return adopt.add_ignores(outcome, settings.level)
    view = View(
        start=str(Path.cwd()),
        level=settings.level,
        fail_level=settings.fail_level,
        width=width_of(sys.stdout),
        colour=has_colour(sys.stdout),
        unsaved=_texts(unsaved, outcome.root),
    )
    emit(render(output_format, outcome, view))
    failed = any(finding.level >= settings.fail_level for finding in outcome.findings)
    if failed and not exit_zero:
        return 1
    return 0 if outcome.complete else 2


def _inputs(paths: Sequence[str], stdin_filename: str | None) -> tuple[list[Path], dict[Path, bytes]]:
    """Return the paths to check, and what stands in for files, by absolute path."""
    if STDIN not in paths:
        if stdin_filename:
            raise click.UsageError("--stdin-filename names what - stands for: give - as the path")
        return existing(paths), {}
    if len(paths) > 1:
        raise click.UsageError("- stands alone: give no other path with it")
    file = Path(stdin_filename or UNNAMED).absolute()
    return [file], {file: sys.stdin.buffer.read()}


def existing(paths: Sequence[str]) -> list[Path]:
    """Return the paths that were given, the working directory where there are none.

    Raises:
        Trouble: there is no such file or folder, or the file is of a kind that is not Python's.
    """
    for path in paths:
        if not os.path.exists(path):  # noqa: PTH110 - Path.exists fails where a folder above is closed
            raise Trouble(f"there is no file or folder `{path}`; name one, or none for the working directory")
        if Path(path).suffix.lower() in FOREIGN and os.path.isfile(path):  # noqa: PTH113 - see above
            raise Trouble(f"`{path}` is no Python file; name one, or the folder of the project")
    return [Path(path) for path in paths] or [Path.cwd()]


def _root(given: Sequence[Path]) -> Path:
    """Return the one directory given, else the working directory."""
    return given[0].absolute() if len(given) == 1 and given[0].is_dir() else Path.cwd()


def _texts(unsaved: Mapping[Path, bytes], root: str) -> dict[str, str]:
    """Return what stands in for files as the reports want it: text by path relative to the root."""
    return {os.path.relpath(path, root).replace(os.sep, "/"): decoded(data) for path, data in unsaved.items()}
