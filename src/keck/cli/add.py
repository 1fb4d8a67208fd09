"""``keck add``."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from keck.cli.screen import emit
from keck.report.view import plural

if TYPE_CHECKING:
    from keck.new import Added

EPILOG = """\b
Exit code:
  0  added
  1  added, and conflicts are left to decide (--conflicts)
  2  not added, and nothing has been written

\b
Examples:
  keck add mail                          into the service in this directory
  keck add cache backend                 into the one in ./backend
  keck add cors --conflicts              though the same lines have been changed"""


@click.command(epilog=EPILOG, short_help="Bring a left-out extension into a service.")
@click.argument("extension", metavar="EXT")
@click.argument("directory", default=".", metavar="[DIR]")
@click.option("--conflicts", is_flag=True, help="Write conflict markers where your lines and the new ones collide.")
def add(*, extension: str, directory: str, conflicts: bool) -> int:
    """Bring EXT, one of mail, cache, limiter and cors, into a service that `keck new` wrote to DIR.

    Files that you have not changed are replaced, those that you have are merged, which needs Git. It
    comes into all files or none. Your .env keeps its values and gets the new keys.
    """
    from keck.new import add as bring
    from keck.new.interrupts import Interrupts

    root = Path(directory)
    with Interrupts() as interrupts:
        added = bring(extension, root, conflicts=conflicts, last=interrupts.ignore)
        emit("".join(f"{line}\n" for line in _report(extension, added)))
    return 1 if added.conflicts else 0


def _report(extension: str, added: Added) -> Iterator[str]:
    """Yield what has been changed, what is left to decide, and the commands that come next."""
    yield f"Added {extension}: {plural(len(added.changed), 'file')} changed."
    if added.conflicts:
        yield ""
        yield "Left for you to decide:"
        yield from (f"  {path}" for path in added.conflicts)
    yield ""
    yield "Next:"
    python = r".venv\Scripts\python" if sys.platform == "win32" else ".venv/bin/python"
    yield f"  {python} -m pip install -r requirements/dev.txt"
    yield f"  {python} -m flask --app wsgi db upgrade"
    yield f"  {python} -m pytest"
