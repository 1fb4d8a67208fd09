"""The project's own tests, run in the copy."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from typing import IO

from keck.doctor.trouble import masked
from keck.proof.booting import Place
from keck.proof.outcome import Suite

_TAIL = 20_000
_PYTEST = re.compile(r"(?P<count>\d+) (?P<what>passed|failed|errors?|skipped|xfailed|xpassed|deselected)\b")
_LINE = re.compile(r"^(?:=+ )?\d+ (?:passed|failed|errors?|skipped|xfailed|xpassed|deselected)\b.* in [\d.]+")
_RAN = re.compile(r"^Ran (?P<count>\d+) tests? in ", re.MULTILINE)
_PARTS = re.compile(r"(?P<what>failures|errors|skipped|expected failures|unexpected successes)=(?P<count>\d+)")
_ONE = {"error": "errors"}
_COLOUR = re.compile(r"\x1b\[[\d;]*m")


def run(command: str, place: Place, base: str, seconds: float) -> Suite:
    """Run a command in the copy, with the project's interpreter first on the PATH.

    Unlike a boot it may reach what it needs: it is the user's command.

    Args:
        command: for the shell.
        place: where the app is booted.
        base: the folder within the tree that it is run in.
        seconds: how long it may take.
    """
    begun = time.monotonic()
    place.scratch.joinpath("tmp").mkdir(parents=True, exist_ok=True)
    environment = place.environment(os.environ)
    environment["PATH"] = os.pathsep.join([str(place.python.parent), environment.get("PATH", os.defpath)])
    paths = [*place.sources(base), environment.get("PYTHONPATH", "")]
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, paths))
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(  # noqa: S602 - the user names it
            command,
            shell=True,
            cwd=place.here(base),
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            code: int | None = process.wait(seconds)
        except subprocess.TimeoutExpired:
            code = None
        finally:
            _end(process)
        text = _COLOUR.sub("", _tail(output))
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return Suite(code, counts(text), masked(lines[-1]) if lines else "", round(time.monotonic() - begun, 3))


def counts(text: str) -> dict[str, int]:
    """Return how many tests ended how, as the end of what pytest or unittest prints says; nothing where neither is it."""
    for line in reversed(text.splitlines()):
        if _LINE.match(line.strip()):
            return {_ONE.get(one["what"], one["what"]): int(one["count"]) for one in _PYTEST.finditer(line)}
    every = list(_RAN.finditer(text))
    if not every:
        return {}
    ran = every[-1]
    return {"ran": int(ran["count"])} | {one["what"]: int(one["count"]) for one in _PARTS.finditer(text, ran.end())}


def _end(process: subprocess.Popen[bytes]) -> None:
    if sys.platform == "win32":  # pragma: no cover - Windows has no process groups to end
        process.kill()
    else:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _tail(output: IO[bytes]) -> str:
    size = output.seek(0, os.SEEK_END)
    output.seek(max(0, size - _TAIL))
    return output.read().decode(errors="replace")
