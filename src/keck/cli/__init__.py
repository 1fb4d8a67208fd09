"""The command ``keck``: one module a verb."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence
from pathlib import PurePath

import click

from keck.cli.add import add
from keck.cli.check import check
from keck.cli.doctor import doctor
from keck.cli.explain import explain
from keck.cli.fix import fix
from keck.cli.new import new
from keck.cli.rules import rules
from keck.cli.screen import prepare
from keck.trouble import Trouble
from keck.version import __version__

__all__ = ["fault", "keck", "main"]

COULD_NOT_RUN = 2
INTERRUPTED = 130


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, "-V", "--version", prog_name="keck", message="%(prog)s %(version)s")
def keck() -> None:
    """Find the faults in how a Flask app wires its extensions.

    Start with `keck check` in the root of a project: it needs no settings and imports none of your code.
    """


for verb in (check, fix, doctor, explain, rules, new, add):
    keck.add_command(verb)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code: 0 clean, 1 findings, 2 could not run.

    Args:
        arguments: those of the command line if None.
    """
    prepare()
    try:
        code = keck.main(arguments, prog_name="keck", standalone_mode=False)
    except Trouble as trouble:
        click.echo(f"keck: {trouble}", err=True)
        return COULD_NOT_RUN
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except click.Abort:
        click.echo("keck: interrupted", err=True)
        return INTERRUPTED
    except Exception as error:  # noqa: BLE001 - whatever it is, it must not pass for "findings"
        click.echo(f"keck: {fault(error)}", err=True)
        return COULD_NOT_RUN
    return code if isinstance(code, int) else 0


def fault(error: Exception) -> str:
    """Say in one line what went wrong in Keck itself; all of it where KECK_DEBUG is set."""
    if os.environ.get("KECK_DEBUG"):
        return "".join(traceback.format_exception(error))
    frame = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{PurePath(frame.filename).name}:{frame.lineno}"
    return (
        f"a fault of Keck itself, not of your project: {type(error).__name__}: {error} ({where}, "
        f"Keck {__version__}, Python {sys.version.split()[0]}); set KECK_DEBUG=1 to see all of it, and report it"
    )
