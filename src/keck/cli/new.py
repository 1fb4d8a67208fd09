"""``keck new``."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from keck.cli.screen import emit
from keck.report.view import plural

if TYPE_CHECKING:
    from keck.new import Service

EPILOG = """\b
Examples:
  keck new shop                          a service with everything, in ./shop
  keck new my-shop backend               in ./backend; its package is my_shop
  keck new shop --without mail,cors      add them later: keck add mail
  keck new Shop . --package store        in this directory, if it is empty

The service needs nothing but Python to start; its README.md says how it grows."""


@click.command(epilog=EPILOG, short_help="Write a Flask service with its extensions wired right.")
@click.argument("name")
@click.argument("directory", required=False, metavar="[DIR]")
@click.option(
    "--without", multiple=True, metavar="EXTS", help="Leave out some of mail, cache, limiter, cors; by comma."
)
@click.option("--package", metavar="NAME", help="The name of its Python package. [default: made of NAME]")
def new(*, name: str, directory: str | None, without: Sequence[str], package: str | None) -> None:
    """Write a Flask service with its extensions wired right, into DIR, which is ./NAME by default.

    DIR must be empty, or not there yet. It is written whole or not at all. Fresh secrets go into its
    .env, which Git ignores.
    """
    from keck.new import new as write
    from keck.new.interrupts import Interrupts

    target = Path(directory or name)
    with Interrupts() as interrupts:
        service = write(name, target, without=without, package=package, last=interrupts.ignore)
        emit("".join(f"{line}\n" for line in _report(service, windows=sys.platform == "win32")))


def _report(service: Service, *, windows: bool) -> Iterator[str]:
    """Yield what has been written and the commands that come next."""
    from keck.settings import shown

    manifest = service.manifest
    without = f", without {', '.join(manifest.without)}" if manifest.without else ""
    where = shown(service.root)
    yield f"Wrote {manifest.name} to {where}: {plural(service.files, 'file')}, package {manifest.package}{without}."
    yield ""
    yield "Next:"
    if where != ".":
        yield f"  cd {_quoted(where, windows=windows)}"
    make = "  make run        # makes .venv and the database, serves on http://127.0.0.1:8000 with docs at /docs"
    if windows:
        yield from _plain(manifest.package, "py", r".venv\Scripts\python")
        yield ""
        yield "With make:"
        yield make
    else:
        yield make
        yield ""
        yield "Without make:"
        yield from _plain(manifest.package, "python3", ".venv/bin/python")
        yield ""
        yield "On Windows:"
        yield from _plain(manifest.package, "py", r".venv\Scripts\python")


def _plain(package: str, system: str, python: str) -> Iterator[str]:
    """Yield the commands that `make run` stands for."""
    yield f"  {system} -m venv .venv"
    yield f"  {python} -m pip install -r requirements/service.txt"
    yield f"  {python} -m flask --app wsgi db upgrade"
    yield f"  {python} -m {package}.serve"


def _quoted(path: str, *, windows: bool) -> str:
    if windows:
        return f'"{path}"' if " " in path else path
    return shlex.quote(path)
