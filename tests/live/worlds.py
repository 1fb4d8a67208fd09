"""The small world of a test of the live reading: modules that are written, imported and forgotten again."""

from __future__ import annotations

import importlib
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from keck.live.extensions import instances
from keck.live.record import Instance
from keck.live.scan import scan


def imported(monkeypatch: pytest.MonkeyPatch, folder: Path, files: dict[str, str]) -> dict[str, Any]:
    """Write files, import each of them, and return the modules by name; they are gone after the test."""
    names = []
    for path, text in files.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(textwrap.dedent(text).lstrip("\n"), encoding="utf-8")
        names.append(path.removesuffix(".py").removesuffix("/__init__").replace("/", "."))
    monkeypatch.syspath_prepend(str(folder))
    importlib.invalidate_caches()
    for name in names:
        monkeypatch.delitem(sys.modules, name, raising=False)
    found = {name: importlib.import_module(name) for name in names}
    for name in names:  # undone by monkeypatch
        module = sys.modules.pop(name)
        monkeypatch.setitem(sys.modules, name, module)
    return found


def made(name: str = "shop", **config: object) -> Flask:
    """Return an app with a database in memory, a cache in the process and what else is given."""
    app = Flask(name)
    app.config.update(
        SQLALCHEMY_DATABASE_URI="sqlite://",
        CACHE_TYPE="SimpleCache",
        RATELIMIT_STORAGE_URI="memory://",
    )
    app.config["SECRET_KEY"] = "a-key-of-thirty-two-bytes-or-more"  # noqa: S105 - of a test
    app.config.update(config)
    app.add_url_rule("/things/<int:number>", "thing", lambda number: f"{number}")
    return app


def of(app: Flask, extension: str, *, bound: str = "") -> list[Instance]:
    """Return the instances of an extension, of one binding if it is given."""
    every = instances(app, scan(app))
    return [one for one in every if one.extension == extension and bound in {"", one.bound}]


def only(app: Flask, extension: str) -> Instance:
    """Return the one instance of an extension that serves the app."""
    (one,) = (each for each in of(app, extension) if each.bound in {"this", "both", "unknown"})
    return one
