"""The project's own interpreter: the one that is named, else that of its environment."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from keck.doctor.trouble import shown
from keck.trouble import Trouble

OLDEST = (3, 11)
FOLDERS = (".venv", "venv", "env")
PATIENCE = 20.0
"""Seconds that Poetry, or an interpreter that is asked for its version, may take."""

_HAS_FLASK = "import sys; del sys.path[0]; from importlib.util import find_spec; sys.exit(find_spec('flask') is None)"

_VERSION = re.compile(r"^(?:Python|GraalPy) (?P<version>(?P<major>\d+)\.(?P<minor>\d+)\S*)", re.MULTILINE)


def interpreter(named: str | None, here: Path, environment: Mapping[str, str]) -> Path:
    """Return the interpreter to examine the app in.

    Looks at what is named, VIRTUAL_ENV, a folder ``.venv``, ``venv`` or ``env`` in the project and above it up to
    the root of the repository, the environment of uv, that of Poetry, and an active Conda environment. What has no
    Flask is passed over, and Keck's own environment is taken only where no other has it.

    Args:
        named: an interpreter, a command, or the folder of an environment; None for the project's own.
        here: the directory of the project.
        environment: the variables of the process.

    Raises:
        Trouble: there is none, it is no Python, or one too old.
    """
    python = _own(here, environment) if named is None else _named(named)
    _refuse_other(python)
    return python


def _own(here: Path, environment: Mapping[str, str]) -> Path:
    """Return the first of the project's own interpreters that has Flask."""
    looked: list[Path] = []
    for one in _candidates(here, environment):
        if one not in looked:
            looked.append(one)
            if _has_flask(one):
                return one
    if not looked:
        raise Trouble(
            f"{shown(str(here))} has no environment of its own (neither VIRTUAL_ENV nor .venv nor one of uv or "
            "Poetry); name the interpreter that runs the app: --python PATH"
        )
    if len(looked) == 1:
        _refuse_other(looked[0])
    raise Trouble(
        f"no environment of this project has Flask (looked at {', '.join(shown(str(one)) for one in looked)}); "
        "name the interpreter that runs the app: --python PATH"
    )


def _has_flask(python: Path) -> bool:
    try:
        run = subprocess.run(  # noqa: S603 - an environment that the user has made
            [str(python), "-c", _HAS_FLASK],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=PATIENCE,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return run.returncode == 0


def _named(name: str) -> Path:
    path = Path(name).expanduser()
    if path.is_dir():
        inside = _python_in(path)
        if inside is None:
            raise Trouble(f"`{name}` is a folder without an interpreter; name the interpreter itself")
        return inside
    command = shutil.which(str(path))
    if command is None:
        what = "cannot be run" if path.exists() else "does not exist"
        raise Trouble(f"the interpreter `{name}` {what}; name that of the project's environment: --python PATH")
    return Path(os.path.abspath(command))  # noqa: PTH100 - a link into an environment has to stay one


def _candidates(here: Path, environment: Mapping[str, str]) -> Iterator[Path]:
    """Yield the interpreters that are the project's own, the likeliest first; what Keck itself runs in is the last."""
    active = environment.get("VIRTUAL_ENV")
    if active and not _is_ours(Path(active)):
        yield from _present(Path(active))
    folders = list(_upwards(here))
    for folder in folders:
        for name in FOLDERS:
            if (folder / name / "pyvenv.cfg").is_file():
                yield from _present(folder / name)
    if chosen := environment.get("UV_PROJECT_ENVIRONMENT"):
        for folder in folders:
            yield from _present(folder / chosen)
    if any(_is_poetry(folder) for folder in folders):
        yield from _poetry(here)
    if conda := environment.get("CONDA_PREFIX"):
        yield from _present(Path(conda))
    if active:
        yield from _present(Path(active))


def _is_ours(environment: Path) -> bool:
    return environment.resolve() == Path(sys.prefix).resolve()


def _upwards(here: Path) -> Iterator[Path]:
    """Yield a directory and those above it, up to the root of the repository; outside of one only itself."""
    above = [here, *here.parents]
    root = next((index for index, one in enumerate(above) if (one / ".git").exists()), 0)
    yield from above[: root + 1]


def _present(environment: Path) -> Iterator[Path]:
    if python := _python_in(environment):
        yield python


def _python_in(environment: Path) -> Path | None:
    names = (Path("bin", "python"), Path("bin", "python3"), Path("Scripts", "python.exe"), Path("python.exe"))
    found = next((environment / one for one in names if (environment / one).is_file()), None)
    return None if found is None else Path(os.path.abspath(found))  # noqa: PTH100 - see `_named`


def _is_poetry(folder: Path) -> bool:
    if (folder / "poetry.lock").is_file():
        return True
    try:
        return b"[tool.poetry" in (folder / "pyproject.toml").read_bytes()
    except OSError:
        return False


def _poetry(here: Path) -> Iterator[Path]:
    command = shutil.which("poetry")
    if command is None:
        return
    try:
        run = subprocess.run(  # noqa: S603 - it is the user's own
            [command, "env", "info", "--executable"],
            cwd=here,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=PATIENCE,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return
    path = Path(run.stdout.strip())
    if run.returncode == 0 and path.is_file():
        yield path


def _refuse_other(python: Path) -> None:
    """Raise where a program is no Python, or one that is too old."""
    name = shown(str(python))
    try:
        run = subprocess.run(  # noqa: S603 - the user names it; every program understands this option, and does nothing
            [str(python), "--version"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Trouble(f"{name} does not say its version; name a Python interpreter: --python PATH") from None
    except OSError as error:
        raise Trouble(f"{name} cannot be run ({error.strerror}); name a Python interpreter: --python PATH") from error
    found = _VERSION.search(run.stdout + run.stderr)
    if found is None:
        raise Trouble(f"{name} is no Python interpreter; name that of the project's environment: --python PATH")
    if (int(found["major"]), int(found["minor"])) < OLDEST:
        oldest = ".".join(map(str, OLDEST))
        raise Trouble(
            f"{name} is Python {found['version']}, and only apps on Python {oldest} or later can be examined; "
            "`keck check` reads the code of any"
        )
