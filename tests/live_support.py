"""The small world of a live rule's test: an app booted from texts in a process of its own, and what is read of it."""

from __future__ import annotations

import multiprocessing
import os
import sys
import tempfile
import textwrap
import traceback
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path

from keck.examining import missing
from keck.finding import Finding
from keck.live.record import LiveApp
from keck.rule import Skipped, rules

LOADED = [
    "flask_sqlalchemy",
    "flask_migrate",
    "flask_jwt_extended",
    "flask_cors",
    "flask_caching",
    "flask_limiter",
    "flask_mail",
    "keck.live.read",
]
"""What the process that apps are forked from has imported: an app then starts in milliseconds."""

SECONDS = 60.0


class DoesNotStart(Exception):  # noqa: N818 - it says what the app does
    """The app raised while it was imported or made; holds the traceback."""


def booted(
    files: Mapping[str, str] | str,
    *,
    environment: Mapping[str, str] | None = None,
    backends: bool = False,
    probe: bool = False,
) -> LiveApp:
    """Return what is read of the app that these files make; a lone text is ``app.py``.

    Args:
        files: contents by path; the app is what `flask run` would find in app.py, wsgi.py or a package.
        environment: variables that the app sees.
        backends: whether to ask them.
        probe: whether to send it requests.

    Raises:
        DoesNotStart: it does not.
    """
    named = {"app.py": files} if isinstance(files, str) else files
    texts = {path: textwrap.dedent(text).lstrip("\n") for path, text in named.items()}
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(LOADED)
    here, there = context.Pipe(duplex=False)
    with tempfile.TemporaryDirectory() as folder:
        process = context.Process(
            target=_boot, args=(there, folder, texts, dict(environment or {}), backends, probe), daemon=False
        )
        with _unmeasured():
            process.start()
        there.close()
        try:
            kind, value = here.recv() if here.poll(SECONDS) else ("raised", f"no answer within {SECONDS:g} s")
        except EOFError:
            kind, value = "raised", "the process ended without an answer"
        finally:
            process.join(5)
            process.kill()
            process.join()
            process.close()
            here.close()
    if kind == "raised":
        raise DoesNotStart(value)
    assert isinstance(value, LiveApp)
    return value


def findings(rule: str, app: LiveApp) -> list[Finding]:
    """Return what the live half of one rule finds in what was read, sorted by place."""
    (one,) = (each for each in rules() if each.id == rule)
    if missing(one, app):
        return []
    try:
        return sorted(one.examine(app), key=lambda found: found.order)
    except Skipped:
        return []


def skipped(rule: str, app: LiveApp) -> str:
    """Return why the live half of one rule says nothing of the app; empty where it was asked."""
    (one,) = (each for each in rules() if each.id == rule)
    if reason := missing(one, app):
        return reason
    try:
        list(one.examine(app))
    except Skipped as why:
        return str(why)
    return ""


def live(rule: str, files: Mapping[str, str] | str, **environment: str) -> list[Finding]:
    """Return what the live half of one rule finds in the app that these files make."""
    return findings(rule, booted(files, environment=environment))


def _boot(
    out: Connection, folder: str, texts: dict[str, str], environment: dict[str, str], backends: bool, probe: bool
) -> None:
    try:
        for path, text in texts.items():
            file = Path(folder, path)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        os.chdir(folder)
        os.environ.pop("PYTEST_CURRENT_TEST", None)  # here the app is no part of a test
        os.environ.update(environment)
        sys.path.insert(0, folder)
        warnings.simplefilter("ignore")  # faulty apps are full of them
        from keck.live.read import read

        out.send(("read", read(_app(folder, texts), backends=backends, probe=probe)))
    except BaseException:  # noqa: BLE001 - whatever it is, the test is told
        out.send(("raised", traceback.format_exc()))
    out.close()
    os._exit(0)  # nothing is left to be done, and ending properly takes as long as reading


@contextmanager
def _unmeasured() -> Iterator[None]:
    """Start processes without coverage: what they run is measured where it is tested, and here it costs half the time."""
    held = {name: os.environ.pop(name) for name in list(os.environ) if name.startswith("COVERAGE_")}
    yield
    os.environ.update(held)


def _app(folder: str, texts: Mapping[str, str]) -> object:
    """Return the app as the flask command finds it."""
    from flask.cli import NoAppException, ScriptInfo, locate_app

    packages = sorted({path.partition("/")[0] for path in texts if path.endswith("/__init__.py")})
    modules = [name for name in ("wsgi", "app", "main") if f"{name}.py" in texts]
    others = [path.removesuffix(".py") for path in sorted(texts) if "/" not in path and path.endswith(".py")]
    for name in dict.fromkeys([*modules, *packages, *others]):
        try:
            return ScriptInfo(create_app=lambda name=name: locate_app(name, None)).load_app()
        except NoAppException:
            continue
    raise LookupError(f"no app in {folder}")


def stop() -> None:
    """End the process that apps are forked from."""
    from multiprocessing import forkserver

    forkserver._forkserver._stop()  # type: ignore[attr-defined] # noqa: SLF001 - there is no other way
