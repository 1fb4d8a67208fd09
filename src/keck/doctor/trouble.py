"""What can go wrong when somebody else's app is loaded, said in one sentence.

Stands on the standard library alone: it runs in the project's interpreter too.
"""

from __future__ import annotations

import os
import re
import sysconfig
import traceback
from collections.abc import Iterator
from pathlib import Path

from keck.live.secrets import without_password
from keck.trouble import Trouble

LIBRARIES = ("site-packages", "dist-packages")
LONGEST = 300
"""Characters of an exception's message that are repeated."""

_PASSWORD = re.compile(r"(?P<scheme>[A-Za-z][\w+.-]*://)(?P<user>[^\s:/@]*):[^\s/]*@")


def raised(what: str, error: BaseException, hint: str = "") -> Trouble:
    """Return the trouble that code of the project has raised an exception.

    Args:
        what: what failed: "`shop` cannot be imported".
        error: what it raised; its last line and the project's line nearest to it are told.
        hint: what to do, where that is not to mend this line.
    """
    where = spot(error)
    return debugged(f"{what}: {last_line(error)}" + (f" ({where})" if where else "") + hint, error)


def debugged(sentence: str, error: BaseException) -> Trouble:
    """Return the trouble with that sentence, and with the whole traceback below it where KECK_DEBUG is set."""
    if not os.environ.get("KECK_DEBUG"):
        return Trouble(sentence)
    return Trouble(sentence + "\n" + masked("".join(traceback.format_exception(error))).rstrip())


def last_line(error: BaseException) -> str:
    """Return an exception as the end of its traceback names it: its type and the first line that it says (and the last, where a colon leads there).

    Passwords in URLs are left out.
    """
    kind = type(error).__name__
    text = error.msg if isinstance(error, SyntaxError) else _text(error)
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    first = lines[0] if lines else ""
    if first.endswith(":") and len(lines) > 1:
        first += f" {lines[-1]}"
    if len(first) > LONGEST:
        first = first[:LONGEST] + "..."
    return masked(f"{kind}: {first}" if first else kind)


def cut(text: str) -> str:
    """Return a text on one line, without passwords, and cut at a blank where it is long."""
    line = masked(" ".join(text.split()))
    return line if len(line) <= LONGEST else line[:LONGEST].rpartition(" ")[0].rstrip(" ,;:.") + " ..."


def masked(text: str) -> str:
    """Return a text with the passwords of its URLs left out, and what follows ``password=``."""
    return without_password(_PASSWORD.sub(r"\g<scheme>\g<user>:***@", text))


def spot(error: BaseException) -> str:
    """Return ``file:line`` of the project's line nearest to where an exception was raised; empty if unknown.

    A line below the working directory is nearer than any other, and one of a library comes last.
    """
    lines = list(_lines(error))
    for near in (_is_here, _is_own):
        for path, line in reversed(lines):
            if near(path):
                return f"{shown(path)}:{line}"
    return f"{shown(lines[-1][0])}:{lines[-1][1]}" if lines else ""


def shown(path: str) -> str:
    """Return a path with ``/``, relative where it lies below the working directory."""
    here = os.path.join(os.getcwd(), "")  # noqa: PTH109, PTH118 - text is compared with text
    return path.removeprefix(here).replace(os.sep, "/")


def _text(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:  # noqa: BLE001 - it is the project's code
        return ""


def _lines(error: BaseException) -> Iterator[tuple[str, int]]:
    """Yield file and line of each frame, the innermost last; for broken syntax the file that holds it."""
    for frame, line in traceback.walk_tb(error.__traceback__):
        path = frame.f_code.co_filename
        if not path.startswith("<"):
            yield os.path.abspath(path), line  # noqa: PTH100 - links stay
    if isinstance(error, SyntaxError) and error.filename and error.lineno:
        yield os.path.abspath(error.filename), error.lineno  # noqa: PTH100


def _is_here(path: str) -> bool:
    return _is_own(path) and shown(path) != path.replace(os.sep, "/")


def _is_own(path: str) -> bool:
    """Whether a file is neither of a library nor of Python nor of Keck."""
    parts = Path(path).parts
    own = Path(__file__).parents[1]
    standard = sysconfig.get_paths()["stdlib"]
    return not (any(one in parts for one in LIBRARIES) or path.startswith((f"{own}{os.sep}", f"{standard}{os.sep}")))
