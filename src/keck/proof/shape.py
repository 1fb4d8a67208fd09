"""What is set on the app itself: hooks, templates, commands, blueprints, classes, folders, WSGI middleware."""

# ruff: noqa: ANN401 - a Flask app

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from typing import Any

from keck.live.hooks import library
from keck.live.record import LiveApp
from keck.live.secrets import is_a
from keck.proof.texts import called, short

_BY_SCOPE = {"template_context_processors": "context_processor", "url_default_functions": "url_defaults"}
_OF_EVERY = "_default_template_ctx_processor of Flask"
"""Each app and blueprint has it."""
_LISTS = {
    "shell_context_processors": "shell_context_processor",
    "before_first_request_funcs": "before_first_request",
    "url_build_error_handlers": "url_build_error_handler",
}
_CLASSES = (
    "request_class", "response_class", "test_client_class", "test_cli_runner_class", "jinja_environment",
    "config_class", "aborter_class", "url_rule_class", "url_map_class", "app_ctx_globals_class",
    "json_provider_class", "json_encoder", "json_decoder",
)  # fmt: skip
_VALUES = (
    "import_name", "name", "template_folder", "static_folder", "static_url_path", "instance_path", "root_path",
    "jinja_options", "subdomain_matching",
)  # fmt: skip
_JINJA = (
    "block_start_string", "block_end_string", "variable_start_string", "variable_end_string", "comment_start_string",
    "comment_end_string", "line_statement_prefix", "line_comment_prefix", "trim_blocks", "lstrip_blocks",
    "newline_sequence", "keep_trailing_newline", "optimized", "auto_reload",
)  # fmt: skip
_PLAIN = (str, int, float, bool, type(None))


def hooks(app: Any, live: LiveApp) -> Iterator[tuple[str, Any]]:
    """Yield the hooks of each kind and scope in order, and the error handlers."""
    found: dict[str, list[str]] = {}
    for one in live.hooks:
        said = short(one.name) + (f" of {one.library}" if one.library else "")
        if one.kind == "error_handler":
            yield f"handlers/{one.at}/{one.code}", said
        else:
            found.setdefault(f"hooks/{one.at}/{one.kind}", []).append(said)
    for attribute, kind in _BY_SCOPE.items():
        for scope, functions in dict(getattr(app, attribute, {})).items():
            names = [one for one in map(_said, functions) if one != _OF_EVERY]
            found.setdefault(f"hooks/{scope or 'app'}/{kind}", []).extend(names)
    for attribute, kind in _LISTS.items():
        found.setdefault(f"hooks/app/{kind}", []).extend(map(_said, getattr(app, attribute, ())))
    for name, signal in vars(sys.modules.get("flask.signals", sys)).items():
        receivers = getattr(signal, "receivers", None) if type(signal).__name__ == "NamedSignal" else None
        functions = [one() if type(one).__name__ in _REFERENCES else one for one in dict(receivers or {}).values()]
        found[f"hooks/app/signal {name}"] = sorted(_said(one) for one in functions if one is not None)
    yield from ((path, every) for path, every in found.items() if every)


_REFERENCES = {"weakref", "ReferenceType", "WeakMethod", "BoundMethodWeakref", "annotatable_weakref"}


def _said(function: Any) -> str:
    held = library(function)
    return called(function) + (f" of {held}" if held else "")


def templates(app: Any) -> Iterator[tuple[str, Any]]:
    """Yield what templates have beyond what Flask gives them."""
    from flask import Flask

    mine, flasks = app.jinja_env, Flask("keck").jinja_env
    for kind in ("globals", "filters", "tests"):
        known = getattr(flasks, kind)
        for name, value in getattr(mine, kind).items():
            if name not in known:
                yield f"templates/{kind}/{name}", called(value) if callable(value) else value
            elif name not in {"url_for", "config", "request", "session", "g"} and called(value) != called(known[name]):
                yield f"templates/{kind}/{name}", called(value)
    yield "app/jinja_extensions", sorted(mine.extensions)
    yield "app/jinja_undefined", called(mine.undefined)
    yield "app/jinja_autoescape", called(mine.autoescape) if callable(mine.autoescape) else mine.autoescape
    for name in _JINJA:
        if getattr(mine, name) != getattr(flasks, name):
            yield f"app/jinja_{name}", getattr(mine, name)


def commands(group: Any, above: str) -> Iterator[tuple[str, Any]]:
    """Yield every command below a group with its parameters."""
    for name, command in dict(getattr(group, "commands", {})).items():
        path = f"{above}{name}"
        yield f"commands/{path}", [_parameter(one) for one in getattr(command, "params", ())]
        yield from commands(command, f"{path} ")


def _parameter(one: Any) -> dict[str, Any]:
    found = {
        "name": one.name,
        "options": [*one.opts, *one.secondary_opts],
        "type": getattr(one.type, "name", type(one.type).__name__),
        "required": one.required,
        "default": one.default if is_a(one.default, *_PLAIN, list, tuple) else called(one.default),
        "nargs": one.nargs,
        "multiple": getattr(one, "multiple", False),
        "flag": getattr(one, "is_flag", False),
        "envvar": one.envvar,
    }
    return {name: value for name, value in found.items() if value not in (None, False, "", "UNSET", "Sentinel")}


def attributes(app: Any) -> Iterator[tuple[str, Any]]:
    """Yield what is set on the app."""
    yield "app/class", called(app)
    for name in _VALUES:
        yield f"app/{name}", getattr(app, name, None)
    for name in _CLASSES:
        value = getattr(app, name, None)
        if value is not None:
            yield f"app/{name}", called(value)
    for name in ("json", "session_interface"):
        yield f"app/{name}", _object(getattr(app, name, None))
    yield "app/wsgi_app", list(_middleware(app.wsgi_app, app))
    own = {key: called(one) for key, one in app.url_map.converters.items()}
    flasks = vars(sys.modules["werkzeug.routing"])["Map"].default_converters
    yield "app/converters", {key: one for key, one in own.items() if key not in flasks}
    yield "app/host_matching", bool(app.url_map.host_matching)
    yield "app/strict_slashes", bool(app.url_map.strict_slashes)


def _object(value: Any) -> dict[str, Any] | None:
    """Return an object's type and what is set on it that is plain."""
    if value is None:
        return None
    found = getattr(value, "__dict__", {})
    kept = {key: one for key, one in found.items() if is_a(one, *_PLAIN) and not key.startswith("__")}
    return {"type": called(value), **kept}


def _middleware(outer: Any, app: Any) -> Iterator[Any]:
    """Yield what is wrapped around the app, outermost first."""
    seen = 0
    while outer is not None and getattr(outer, "__self__", None) is not app and outer is not app and seen < 20:
        yield _object(outer)
        held = getattr(outer, "__dict__", {})
        names = ("app", "wsgi_app", "_app", "application", "wrapped_app", "wsgi")
        outer, seen = next((held[name] for name in names if callable(held.get(name))), None), seen + 1


def blueprints(app: Any) -> Iterator[tuple[str, Any]]:
    """Yield each blueprint with where it is mounted."""
    for name, one in app.blueprints.items():
        yield (
            f"app/blueprint {name}",
            {
                "type": called(one),
                "url_prefix": one.url_prefix,
                "subdomain": one.subdomain,
                "template_folder": _folder(one.template_folder),
                "static_folder": _folder(one.static_folder),
                "static_url_path": one.static_url_path,
            },
        )


def _folder(value: Any) -> str | None:
    return None if value is None else os.fspath(value)
