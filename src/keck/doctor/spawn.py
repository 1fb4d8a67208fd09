"""Asking an app from outside: in the project's own interpreter, where Keck need not be installed."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from keck.doctor.child import ANSWER, BEGUN, LOADED, STANDS
from keck.doctor.trouble import LIBRARIES, masked, shown
from keck.live.record import LiveApp
from keck.trouble import Trouble

if TYPE_CHECKING:
    from typing import IO

PROBE_TIME = 150.0
"""Seconds that a probe may take on top; it has a limit of its own, below this one."""
_TAIL = 4000

# only the package keck becomes importable, not what else is installed beside it
_BOOT = """
import sys
if sys.path and sys.path[0] == "":
    del sys.path[0]
from importlib.util import module_from_spec, spec_from_file_location
spec = spec_from_file_location("keck", sys.argv[1], submodule_search_locations=[sys.argv[2]])
sys.modules["keck"] = module = module_from_spec(spec)
spec.loader.exec_module(module)
from importlib import import_module
import_module(sys.argv[3]).main(sys.argv[4])
"""
_FRAME = re.compile(r'^  File "(?P<path>.+)", line (?P<line>\d+) in ', re.MULTILINE)


class _Answer(msgspec.Struct, frozen=True):
    app: LiveApp | None = None
    trouble: str = ""


def read(python: Path, app: str, *, timeout: float, backends: bool = False, probe: bool = False) -> LiveApp:
    """Return what is read of an app in another interpreter.

    Args:
        python: the interpreter.
        app: as `flask --app` takes it; empty for what Flask finds by itself.
        timeout: seconds that the app may take to be loaded and read, the probe not counted.
        backends: whether to ask them.
        probe: whether to send requests to the app.

    Raises:
        Trouble: there is no app, or it cannot be loaded, or not within that time.
    """
    question = {"app": app, "backends": backends, "probe": probe}
    answer = ask(python, "keck.doctor.child", question, timeout=timeout, extra=PROBE_TIME * probe)
    return _decoded(answer, python)


def ask(
    python: Path,
    module: str,
    question: Mapping[str, Any],
    *,
    timeout: float,
    extra: float = 0.0,
    here: Path | None = None,
    environment: Mapping[str, str] | None = None,
) -> bytes:
    """Return what a module of Keck answers in another interpreter; the processes that it starts are ended with it.

    Args:
        python: the interpreter.
        module: whose `main` is called, as that of `keck.doctor.child`.
        question: JSON data; ``app`` is what it is about.
        timeout: seconds that the app may take to be loaded and read.
        extra: seconds on top that are not the app's.
        here: the working directory, if it is another one.
        environment: the variables, if they are not those of this process.

    Raises:
        Trouble: there is no answer, or not within that time.
    """
    with tempfile.TemporaryDirectory(prefix="keck-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        limit = timeout + extra
        asked = {
            **question,
            "interpreter": shown(str(python)),
            "folder": name,
            "until": time.time() + limit - min(1.0, limit / 4),
        }
        variables = os.environ if environment is None else environment
        with (folder / "errors").open("wb+") as errors:
            code = _run([str(python), module, json.dumps(asked)], errors, limit, here, variables)
            answer = folder / ANSWER
            if answer.exists():
                return answer.read_bytes()
            app = f"`{question['app']}`" if question["app"] else "the app"
            raise Trouble(_silence(python, app, here or Path.cwd(), folder, errors, code=code, timeout=timeout))


def _run(
    words: list[str], errors: IO[bytes], limit: float, here: Path | None, environment: Mapping[str, str]
) -> int | None:
    """Return the exit code of the other interpreter; None where it had to be ended."""
    python, *asked = words
    package = Path(__file__).parents[1]
    loud = bool(os.environ.get("KECK_DEBUG"))
    process = subprocess.Popen(  # noqa: S603 - the user names it
        [python, "-c", _BOOT, str(package / "__init__.py"), str(package), *asked],
        cwd=here,
        stdin=subprocess.DEVNULL,
        stdout=2 if loud else subprocess.DEVNULL,
        stderr=None if loud else errors,
        env={key: value for key, value in environment.items() if key != "__PYVENV_LAUNCHER__"},
        start_new_session=True,
    )
    try:
        return process.wait(limit)
    except subprocess.TimeoutExpired:
        return None
    finally:
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the process and what it has started."""
    if sys.platform == "win32":  # pragma: no cover - Windows has no process groups to end
        process.kill()
    else:
        with suppress(ProcessLookupError, PermissionError):  # macOS says the latter of a group that is gone
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _decoded(data: bytes, python: Path) -> LiveApp:
    answer = msgspec.json.decode(data, type=_Answer)
    if answer.app is None:
        raise Trouble(with_interpreter(answer.trouble, python))
    return answer.app


def with_interpreter(trouble: str, python: Path) -> str:
    """Return why an app was not loaded, with the interpreter where that lacks a module."""
    sentence, line, rest = trouble.partition("\n")
    if ModuleNotFoundError.__name__ in sentence:
        sentence += (
            f"; the app ran under {shown(str(python))}; its packages may be in another environment: "
            "name its Python with --python"
        )
    return sentence + line + rest


def _silence(
    python: Path, name: str, here: Path, folder: Path, errors: IO[bytes], *, code: int | None, timeout: float
) -> str:
    """Say why there is no answer."""
    if code is not None and not (folder / BEGUN).exists():
        last = _last_line(errors)
        return f"the interpreter {shown(str(python))} does not run Keck's code" + (f": {last}" if last else "")
    doing = "read" if (folder / LOADED).exists() else "loaded"
    if code is None:
        noted = folder / STANDS
        stands = _stands(noted.read_text(errors="replace"), here) if noted.exists() else ""
        return (
            f"{name} was not {doing} within {timeout:g} s"
            + (f", it stands at {stands}" if stands else "")
            + "; --timeout SECONDS gives it longer"
        )
    last = _last_line(errors)
    how = f"ended by {_signal(-code)}" if code < 0 else f"ended with exit code {code}"
    return f"the interpreter was {how} while {name} was {doing}" + (f": {last}" if last else "; KECK_DEBUG=1 shows all")


def _signal(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def _last_line(errors: IO[bytes]) -> str:
    size = errors.seek(0, os.SEEK_END)
    errors.seek(max(0, size - _TAIL))
    lines = errors.read().decode(errors="replace").splitlines()
    return masked(next((line.strip() for line in reversed(lines) if line.strip()), ""))


def _stands(dump: str, here: Path) -> str:
    """Return the project's line that a dumped traceback of every thread, the innermost first, stands at."""
    main = dump.rpartition("(most recent call first):")[2]
    found = [(one["path"], one["line"]) for one in _FRAME.finditer(main)]
    own = [one for one in found if not any(part in Path(one[0]).parts for part in LIBRARIES)]
    near = [one for one in own if one[0].startswith(f"{here}{os.sep}")]
    best = next(iter(near or own), None)
    return f"{shown(best[0])}:{best[1]}" if best else ""
