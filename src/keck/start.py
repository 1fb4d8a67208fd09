"""The guard at start: an app that is wired unsafely does not serve.

``Keck().init_app(app)`` is the last line of `create_app()`: what is registered after it is not seen. Where a server is
loading the app, the app is examined there and then. Where somebody calls `app.run()` later, it is examined in that call.
Anywhere else nothing happens. Nothing is registered on the app, so that it costs nothing a request.

Config keys, read from the environment where the config does not say: ``KECK_AT_START`` is ``refuse`` (the default),
``warn`` (into the app's log) or ``off``. ``KECK_LEVEL`` is the least level that counts, ``error`` by default.
``KECK_ONLY`` and ``KECK_SKIP`` choose rules as ``select`` and ``ignore`` of ``[tool.keck]`` do: a list, or a text
with commas.
"""

from __future__ import annotations

import functools
import os
import warnings
from typing import TYPE_CHECKING, Any

from keck.server import hindered, serving

if TYPE_CHECKING:
    from flask import Flask

    from keck.examining import Faulty
    from keck.settings import Settings

WAYS = ("refuse", "warn", "off")


class Unsafe(RuntimeError):  # noqa: N818 - it says what the app is
    """The app is not wired safely; its text tells each fault, where it is and what to do."""


class Keck:
    """Examines an app when it is about to serve.

    Args:
        app: the app, once everything else is bound and registered; or later, in `init_app`.
    """

    def __init__(self, app: Flask | None = None) -> None:
        if app is not None:
            self.init_app(app)

    def init_app(self, app: Flask) -> None:
        """Examine the app if a server is loading it, else when `app.run()` is called; see the module.

        Raises:
            Unsafe: it has faults, and is not to serve.
            Trouble: the settings are broken.
        """
        way = _one_of(app, "KECK_AT_START", WAYS, "refuse")
        app.extensions["keck"] = self
        if way == "off" or hindered():
            return
        if serving():
            _examine(app)
        else:
            _examine_in_run(app)


def _examine_in_run(app: Flask) -> None:
    """Have the app examined in the first call of its `run()`."""

    @functools.wraps(app.run)
    def examined(*args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - as `run` takes them
        vars(app).pop("run", None)
        if not hindered():
            _examine(app)
        app.run(*args, **kwargs)

    vars(app)["run"] = examined


def _examine(app: Flask) -> None:
    from keck.examining import Faulty, examine
    from keck.finding import Level
    from keck.trouble import Trouble

    level = _one_of(app, "KECK_LEVEL", tuple(Level.__members__), "error")
    settings = _settings(app)
    try:
        examination = examine(app, settings=settings)
    except Trouble:
        raise
    except Exception as error:  # noqa: BLE001 - a fault of ours must not keep a service from starting
        warnings.warn(f"Keck could not examine the app ({type(error).__name__}: {error})", RuntimeWarning, stacklevel=3)
        return
    try:
        examination.raise_for(level)
    except Faulty as faulty:
        if _one_of(app, "KECK_AT_START", WAYS, "refuse") == "refuse":
            raise Unsafe(_refusal(faulty)) from None
        app.logger.warning("%s", faulty)


def _refusal(faulty: Faulty) -> str:
    rules = ", ".join(sorted({one.finding.rule for one in faulty.faults}))
    anyway = f'app.config["KECK_AT_START"] = "warn", or app.config["KECK_SKIP"] = "{rules}"'
    return f"{faulty}\nThe app was not started. To start it all the same: {anyway}; both are read from the environment, too."


def _settings(app: Flask) -> Settings:
    """Return the settings of the project in the working directory, with what the app's config says on top."""
    from pathlib import Path

    import msgspec

    from keck.settings import load

    found = load(Path.cwd())
    only, skip = _selectors(app, "KECK_ONLY"), _selectors(app, "KECK_SKIP")
    return msgspec.structs.replace(found, select=only or found.select, ignore=(*found.ignore, *skip))


def _selectors(app: Flask, key: str) -> tuple[str, ...]:
    from keck.rule import ids
    from keck.selectors import misnamed
    from keck.trouble import Trouble

    value = _said(app, key) or ()
    texts = [one.strip() for one in value.split(",")] if isinstance(value, str) else value
    if not isinstance(texts, (list, tuple, set, frozenset)) or not all(isinstance(one, str) for one in texts):
        raise Trouble(f'{key} must be a list of rules, such as ["cors/", "jwt/"], not {value!r}')
    for one in texts:
        if fault := misnamed(one, ids()):
            raise Trouble(f"{key}: {fault}")
    return tuple(sorted(texts))


def _one_of(app: Flask, key: str, known: tuple[str, ...], default: str) -> str:
    from keck.trouble import Trouble

    value = _said(app, key, default)
    if value not in known:
        raise Trouble(f"{key} must be one of {', '.join(known)}, not {value!r}")
    return str(value)


def _said(app: Flask, key: str, default: object = None) -> Any:  # noqa: ANN401 - whatever the project has set
    """Return what the app's config says, or else the environment, where what is empty says nothing."""
    return app.config[key] if key in app.config else os.environ.get(key) or default
