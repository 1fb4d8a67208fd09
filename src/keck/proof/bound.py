"""What is bound to the app: the seven extensions with their effective settings, and whatever else says that it is."""

# ruff: noqa: ANN401 - a Flask app

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from keck.live.record import Instance, LiveApp
from keck.live.secrets import is_a
from keck.proof.protections import without_module
from keck.proof.texts import called, short

_BOUND = {"this", "both"}
_KNOWN = {"sqlalchemy", "migrate", "flask-jwt-extended", "cors", "cache", "limiter", "mail"}
_OUT = {"columns", "checked_in", "unparsed", "options", "given", "unknown", "at", "lookup_reads", "exists", "unread"}
"""Facts about how it was written, or about this moment, rather than about what it does."""
_OF_A_SERVER = {"url", "database"}
_NAMES = {"key", "application_key"}
_PLAIN = (str, int, float, bool)


def extensions(app: Any, live: LiveApp, engines: Sequence[tuple[str, dict[str, Any]]]) -> Iterator[tuple[str, Any]]:
    """Yield the settings of what is bound to the app.

    Args:
        app: a Flask app.
        live: what was read of it.
        engines: those for servers, with the options that they were made with.
    """
    by_kind: dict[str, list[dict[str, Any]]] = {}
    servers = {url for url, _ in engines}
    for one in live.instances:  # those that are known to be bound come first; the others may be left over
        if one.bound in _BOUND or (one.bound == "unknown" and one.extension not in by_kind):
            by_kind.setdefault(one.extension, []).append(_settings(one, servers))
    for kind, every in by_kind.items():
        yield f"extensions/{kind}/bound", len(every)
        for name in sorted({name for one in every for name in one}):
            values = sorted((one.get(name) for one in every), key=lambda one: json.dumps(one, default=str))
            yield f"extensions/{kind}/{name}", values[0] if len(values) == 1 else values
    if live.facts.get("cors"):
        yield "extensions/cors/policies", [_policy(one) for one in live.facts["cors"]]
    if engines:
        made = [
            {"url": url, **{name: _option(value) for name, value in given.items() if name[0] != "_"}}
            for url, given in engines
        ]
        yield "extensions/sqlalchemy/servers", sorted(made, key=str)
    for name, value in dict(getattr(app, "extensions", {})).items():
        if name not in _KNOWN:
            yield from _other(str(name), value)
    login = vars(app).get("login_manager")
    if login is not None and "login_manager" not in app.extensions:
        yield from _other("login_manager", login)


def _settings(one: Instance, servers: set[str]) -> dict[str, Any]:
    found: dict[str, Any] = {name: _fact(name, value) for name, value in one.facts.items() if name not in _OUT}
    for bind, engine in dict(found.get("engines") or {}).items():
        is_server = engine.get("url") in servers
        kept = {
            key: value for key, value in engine.items() if key not in _OUT and (not is_server or key in _OF_A_SERVER)
        }
        found["engines"] = {**found["engines"], bind: kept}
    found["drift"] = [{"key": each.key, "used": each.used, "configured": each.configured} for each in one.drift]
    return {**found, "inert": one.inert, "twice": one.twice} if one.inert or one.twice else found


def _fact(name: str, value: Any) -> Any:
    if name == "callbacks":
        return {attribute: short(one) for attribute, one in value.items()}
    if name == "filters":
        return [short(one) for one in value]
    if name in _NAMES and isinstance(value, str):
        return short(value)
    return without_module(value) if isinstance(value, str) else value


def _policy(policy: dict[str, Any]) -> dict[str, Any]:
    resources = [{name: one for name, one in each.items() if name != "matches"} for each in policy["resources"]]
    return {"at": policy["at"], "resources": resources}


def _option(value: Any) -> Any:
    return called(value) if callable(value) else value


def _other(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    """Yield the type of an extension, and what is set on it that is plain."""
    yield f"extensions/{name}/type", called(value) if not isinstance(value, type) else "type"
    held = getattr(type(value), "__dict__", {}) and _variables(value)
    for attribute, one in held.items():
        if attribute.startswith("_") or attribute in {"import_name", "name"}:
            continue
        if is_a(one, *_PLAIN) or (is_a(one, list, tuple, set) and all(is_a(each, *_PLAIN) for each in one)):
            yield f"extensions/{name}/{attribute}", one


def _variables(value: Any) -> dict[str, Any]:
    try:
        found = object.__getattribute__(value, "__dict__")
    except AttributeError:
        return {}
    return dict(found) if not isinstance(value, type) else {}
