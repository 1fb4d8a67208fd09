"""What runs in the project's own interpreter: loads the app, reads it, and leaves the answer in a file.

Stands on the standard library and the Flask of the project; of Keck only the package itself is importable.
"""

from __future__ import annotations

import faulthandler
import json
import os
import platform
import sys
import time
from collections.abc import Callable
from dataclasses import is_dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from keck.doctor.load import load, origin, refuse_other_flasks
from keck.doctor.trouble import raised
from keck.trouble import Trouble

if TYPE_CHECKING:
    from flask import Flask
    from flask.cli import ScriptInfo

ANSWER = "answer.json"
BEGUN = "begun"
LOADED = "loaded"
STANDS = "stands"
"""Files in the folder that the two interpreters share: the answer, how far it has come, where it stands."""


def main(question: str, answering: Callable[[dict[str, Any]], dict[str, Any]] | None = None) -> None:
    """Answer and end the process at once, whatever threads the app has started.

    Args:
        question: JSON: ``app``, ``interpreter``, ``folder``, ``until`` (when to note where it stands), and what
            whoever answers asks for: ``backends``, ``probe``.
        answering: who answers, if it is not `answer`.
    """
    asked = json.loads(question)
    folder = Path(asked["folder"])
    (folder / BEGUN).touch()
    with (folder / STANDS).open("w") as stands:
        faulthandler.dump_traceback_later(max(0.1, asked["until"] - time.time()), file=stands)
        found = (answering or answer)(asked)
        faulthandler.cancel_dump_traceback_later()
    unfinished = folder / f"{ANSWER}.part"
    unfinished.write_bytes(encoded(found))
    unfinished.replace(folder / ANSWER)
    os._exit(0)


def answer(asked: dict[str, Any]) -> dict[str, Any]:
    """Return ``app``, what was read of the app, or ``trouble``, a sentence."""
    try:
        refuse_other_flasks(asked["interpreter"])
        information = named(asked["app"], "doctor")
        app = load(information, "" if asked["app"] else origin(information.app_import_path or ""))
        Path(asked["folder"], LOADED).touch()
        return {"app": _read(app, backends=asked["backends"], probe=asked["probe"])}
    except Trouble as trouble:
        return {"trouble": str(trouble)}


def encoded(found: object) -> bytes:
    """Return records as JSON; what is no plain data in them as text."""
    return json.dumps(found, default=_plain, ensure_ascii=False).encode("utf-8", "replace")


def named(name: str, command: str) -> ScriptInfo:
    """Return what a `flask` command would know: what is named, or FLASK_APP; .env is read as it does."""
    from flask.cli import ScriptInfo, load_dotenv
    from flask.helpers import get_load_dotenv

    os.environ["FLASK_RUN_FROM_CLI"] = "true"  # so that `app.run()` at the end of a module does nothing
    if get_load_dotenv():
        load_dotenv()
    name = name or os.environ.get("FLASK_APP", "")
    sys.argv[:] = ["flask", *(["--app", name] if name else []), command]
    return ScriptInfo(name or None)


def _read(app: Flask, *, backends: bool, probe: bool) -> object:
    from keck.live.read import read

    try:
        return read(app, backends=backends, probe=probe)
    except Trouble:
        raise
    except Exception as error:
        what = f"a fault of Keck itself, not of your project, under Python {platform.python_version()}"
        raise raised(what, error, hint="; set KECK_DEBUG=1 to see all of it, and report it") from error


def _plain(value: object) -> object:
    return vars(value) if is_dataclass(value) else str(value)
