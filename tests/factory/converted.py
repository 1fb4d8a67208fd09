"""The small world of a conversion's test: files as texts, both forms executed, and what their apps serve compared."""

from __future__ import annotations

import importlib
import sys
import textwrap
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask import Flask

from keck.factory import Conversion, convert
from tests.support import project


def texts_of(files: Mapping[str, str] | str) -> dict[str, str]:
    """Return files without their common indentation; a lone text is ``app.py``."""
    named = {"app.py": files} if isinstance(files, str) else files
    return {path: textwrap.dedent(text).lstrip("\n") for path, text in named.items()}


def converted(files: Mapping[str, str] | str, path: str = "app.py") -> Conversion:
    """Return the conversion of the app that one of the files makes."""
    texts = texts_of(files)
    known = project(texts)
    module = next(one for one in known.modules if one.path == path)
    return convert(known, texts, module)


def text(files: Mapping[str, str] | str, path: str = "app.py", of: str = "") -> str:
    """Return the new text of a file: of the one that makes the app unless another one is named."""
    found = converted(files, path).files[of or path]
    assert found is not None
    return found


def same(tmp_path: Path, files: Mapping[str, str] | str, before: str = "app:app", path: str = "app.py") -> Conversion:
    """Execute a project before and after its conversion, and see that the app is the same, and so is a second one."""
    texts = texts_of(files)
    made = converted(texts, path)
    was = booted(tmp_path / "before", texts, before)
    new = {name: each for name, each in {**texts, **made.files}.items() if each is not None}
    now = booted(tmp_path / "after", new, made.app)
    assert differences(was, now) == {}
    if made.app.endswith("create_app"):
        again = differences(was, booted(tmp_path / "again", new, made.app, times=2))
        # a Limiter writes its defaults into the config of the first app only
        assert {path: each for path, each in again.items() if not path.startswith("config/RATELIMIT_")} == {}
    return made


def differences(was: Mapping[str, object], now: Mapping[str, object]) -> dict[str, tuple[object, object]]:
    """Return what two apps serve otherwise."""
    return {path: (was.get(path), now.get(path)) for path in {*was, *now} if was.get(path) != now.get(path)}


def booted(root: Path, texts: Mapping[str, str], app: str, times: int = 1) -> dict[str, object]:
    """Write files and return what the app among them serves."""
    for path, each in texts.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(each, encoding="utf-8")
    with imported(root):
        name, _, attribute = app.partition(":")
        found: Any = importlib.import_module(name)
        made: Flask | Callable[[], Flask] = getattr(found, attribute)
        for _ in range(times):
            one = made if isinstance(made, Flask) else made()
        return served(one)


@contextmanager
def imported(root: Path) -> Iterator[None]:
    """Import from a directory for a while, and forget afterwards what was imported."""
    had = set(sys.modules)
    sys.path.insert(0, str(root))
    importlib.invalidate_caches()
    try:
        yield
    finally:
        sys.path.remove(str(root))
        for name in set(sys.modules) - had:
            origin = getattr(sys.modules[name], "__file__", None) or ""
            if origin.startswith(str(root)) or not origin:
                del sys.modules[name]


def served(app: Flask) -> dict[str, object]:
    """Return what an app serves: rules, hooks, handlers, settings, templates, commands."""
    found: dict[str, object] = {}
    for rule in app.url_map.iter_rules():
        for method in sorted(rule.methods or ()):
            found[f"rules/{method} {rule.rule}"] = (rule.endpoint, rule.defaults, rule.strict_slashes)
    found |= {f"views/{endpoint}": named(view) for endpoint, view in app.view_functions.items()}
    found |= {f"config/{key}": repr(value) for key, value in app.config.items() if " at 0x" not in repr(value)}
    for kind in ("before_request", "after_request", "teardown_request"):
        for scope, hooks in getattr(app, f"{kind}_funcs").items():
            found[f"hooks/{scope}/{kind}"] = [named(one) for one in hooks]
    for kind in ("template_context_processors", "url_value_preprocessors", "url_default_functions"):
        for scope, hooks in getattr(app, kind).items():
            found[f"hooks/{scope}/{kind}"] = [named(one) for one in hooks]
    found["hooks/teardown"] = [named(one) for one in app.teardown_appcontext_funcs]
    found["hooks/shell"] = [named(one) for one in app.shell_context_processors]
    for codes in app.error_handler_spec.values():
        for code, handlers in codes.items():
            found |= {f"handlers/{code}/{error.__name__}": named(one) for error, one in handlers.items()}
    for kind in ("globals", "filters", "tests"):
        found[f"templates/{kind}"] = sorted(getattr(app.jinja_env, kind))
    found |= {f"commands/{name}": [one.name for one in each.params] for name, each in app.cli.commands.items()}
    found["extensions"] = sorted(app.extensions)
    found["blueprints"] = sorted(app.blueprints)
    found["app"] = (app.import_name, app.secret_key, app.debug, type(app.wsgi_app).__name__)
    return found


def named(one: object) -> str:
    """Return the name of a function, without its module."""
    return str(getattr(one, "__name__", type(one).__name__))
