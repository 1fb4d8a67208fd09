"""Apps as texts: what a conversion makes of them, and whether both forms are the same app."""

from __future__ import annotations

import importlib
import sys
import textwrap
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from operator import attrgetter
from pathlib import Path
from typing import Any

from flask import Flask

from keck.factory import Conversion, Refusal, convert
from tests.support import project

Files = Mapping[str, str] | str
FIRST = frozenset({"RATELIMIT_STRATEGY"})
"""Settings that an extension writes for the first app that it is bound to, and for no other."""


def texts(files: Files) -> dict[str, str]:
    """Return files without the indentation of the test; a lone text is ``app.py``."""
    named = {"app.py": files} if isinstance(files, str) else files
    return {path: textwrap.dedent(text).lstrip("\n") for path, text in named.items()}


def converted(files: Files, home: str = "app.py", *, blueprints: bool = False) -> Conversion:
    """Return the conversion of the app that one of the files makes."""
    before = texts(files)
    found = project(before)
    (module,) = (one for one in found.modules if one.path == home)
    return convert(found, before, module, blueprints=blueprints)


def after(files: Files, home: str = "app.py") -> dict[str, str]:
    """Return all files as a conversion leaves them."""
    changed = texts(files) | converted(files, home).files
    return {path: text for path, text in changed.items() if text is not None}


def text(files: Files, path: str = "app.py", home: str = "app.py") -> str:
    """Return one file as a conversion leaves it."""
    return after(files, home)[path]


def refused(files: Files, home: str = "app.py") -> str:
    """Return ``path:line: why`` of the refusal that there must be."""
    try:
        found = converted(files, home)
    except Refusal as error:
        return str(error)
    message = f"it is converted:\n{found.files}"
    raise AssertionError(message)


@contextmanager
def written(folder: Path, files: Mapping[str, str]) -> Iterator[None]:
    """Let the modules of some files be importable for a while."""
    for path, one in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(one, encoding="utf-8")
    old, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    sys.path.insert(0, str(folder))
    importlib.invalidate_caches()
    known = set(sys.modules)
    try:
        yield
    finally:
        sys.path.remove(str(folder))
        sys.dont_write_bytecode = old
        for name in set(sys.modules) - known:
            if str(getattr(sys.modules[name], "__file__", "")).startswith(str(folder)):
                del sys.modules[name]


def loaded(name: str) -> Any:  # noqa: ANN401 - an app or what makes one
    """Return what ``module:name`` means."""
    module, _, attribute = name.partition(":")
    return attrgetter(attribute)(importlib.import_module(module))


def named(function: Any) -> str:  # noqa: ANN401 - a function, a method, or a part of one
    """Return what a hook is called."""
    return str(getattr(function, "__name__", type(function).__name__))


def looks(app: Flask) -> dict[str, object]:
    """Return what can be told of an app, answers to its plain pages included."""
    found: dict[str, object] = {
        "name": app.import_name,
        "rules": sorted((str(one), one.endpoint, sorted(one.methods or ())) for one in app.url_map.iter_rules()),
        "views": {name: view.__name__ for name, view in app.view_functions.items()},
        "config": {key: repr(value) for key, value in app.config.items() if key not in FIRST},
        "extensions": sorted(app.extensions),
        "commands": sorted(app.cli.commands),
        "filters": sorted(app.jinja_env.filters),
        "globals": sorted(app.jinja_env.globals),
        "tests": sorted(app.jinja_env.tests),
        "handlers": {
            (scope, code): [(error.__name__, one.__name__) for error, one in each.items()]
            for scope, codes in app.error_handler_spec.items()
            for code, each in codes.items()
        },
        "blueprints": list(app.blueprints),
    }
    for kind in (
        "before_request_funcs", "after_request_funcs", "teardown_request_funcs", "template_context_processors",
        "url_value_preprocessors", "url_default_functions",
    ):  # fmt: skip
        found[kind] = {scope: [named(one) for one in each] for scope, each in getattr(app, kind).items() if each}
    found["teardown"] = [one.__name__ for one in app.teardown_appcontext_funcs]
    found["shell"] = [one.__name__ for one in app.shell_context_processors]
    app.config["PROPAGATE_EXCEPTIONS"] = True
    answers = {}
    for one in app.url_map.iter_rules():
        if one.methods and "GET" in one.methods and not one.arguments:
            answer = app.test_client().get(str(one))
            answers[str(one)] = (answer.status_code, answer.text)
    found["answers"] = answers
    return found


def same(folder: Path, files: Files, *, home: str = "app.py", app: str = "") -> dict[str, str]:
    """Return all files as a conversion leaves them, where both forms must be one app, made once or twice.

    Args:
        folder: where they are written.
        files: before.
        home: the one that makes the app.
        app: what is compared before; ``app`` of the home if not given.
    """
    before = texts(files)
    with written(folder / "before", before):
        expected = looks(loaded(app or f"{home.removesuffix('.py').removesuffix('/__init__').replace('/', '.')}:app"))
    conversion = converted(files, home)
    changed = before | {path: one for path, one in conversion.files.items() if one is not None}
    with written(folder / "after", changed):
        made = loaded(conversion.app)
        apps = [made] if isinstance(made, Flask) else [made(), made()]
        for one in apps:
            assert looks(one) == expected
    return changed
