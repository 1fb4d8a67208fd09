"""The Redis clients of an app: of its cache, of its limiter, and those that its own modules hold."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import FunctionType, GetSetDescriptorType, MemberDescriptorType, MethodType, ModuleType
from typing import Any

CLIENTS = (
    ("redis.client", "Redis"),
    ("redis.cluster", "RedisCluster"),
    ("valkey.client", "Valkey"),
    ("valkey.cluster", "ValkeyCluster"),
)
"""Modules and classes of clients; an app that has none of them loaded has no client."""

PLAIN = {GetSetDescriptorType, MemberDescriptorType}
"""What `__dict__` is on a class that does not make its own; the latter on modules."""

LISTED = {("app.extensions", "cache"), ("app.extensions", "limiter")}
"""Dictionaries and sets of extensions, which are looked into by themselves."""

DEPTH = 3
"""How many functions deep the blocklist callback is followed."""


@dataclass
class Held:
    """A client and who holds it.

    Args:
        client: of redis-py or its kin.
        role: ``cache``, ``limiter`` or ``project``.
        names: ``module:variable`` and the like, for the project's.
        blocklist: whether the JWT blocklist asks it.
    """

    client: Any
    role: str
    names: list[str] = field(default_factory=list)
    blocklist: bool = False


def held(app: Any) -> list[Held]:  # noqa: ANN401 - Flask is the app's
    """Return each client of the app once, those of cache and limiter first."""
    known = _classes()
    found: dict[int, Held] = {}
    if not known:
        return []
    for role, name, one in (*_caches(app), *_limiters(app), *_project(app, known)):
        if _is(one, known):
            entry = found.setdefault(id(one), Held(one, role))
            if name and name not in entry.names:
                entry.names.append(name)
    for one in _blocklist(app, known):
        entry = found.setdefault(id(one), Held(one, "project"))
        entry.blocklist = True
    return list(found.values())


def _classes() -> frozenset[Any]:
    modules = ((vars(sys.modules[module]), name) for module, name in CLIENTS if module in sys.modules)
    return frozenset(those[name] for those, name in modules if name in those)


def _is(one: object, known: frozenset[Any]) -> bool:
    return any(cls in known for cls in type(one).__mro__)


def attributes(one: object) -> dict[str, Any]:
    """Return what an object's own dictionary holds, without running code of its class; proxies hold nothing."""
    for cls in type(one).__mro__:
        found = vars(cls).get("__dict__")
        if found is not None:
            return dict(found.__get__(one)) if type(found) in PLAIN else {}
    return {}


def _caches(app: Any) -> Iterator[tuple[str, str, Any]]:  # noqa: ANN401
    backends = app.extensions.get("cache")
    for backend in list(backends.values()) if type(backends) is dict else []:
        own = attributes(backend)
        yield "cache", "", own.get("_write_client", own.get("_client"))


def _limiters(app: Any) -> Iterator[tuple[str, str, Any]]:  # noqa: ANN401
    limiters = app.extensions.get("limiter")
    for limiter in list(limiters) if type(limiters) is set else []:
        yield "limiter", "", attributes(attributes(limiter).get("_storage")).get("storage")


def _project(app: Any, known: frozenset[Any]) -> Iterator[tuple[str, str, Any]]:  # noqa: ANN401
    """Yield what modules of the project and the app hold, also one object deep, as a wrapper or a class does."""
    holders = [(module.__name__, vars(module)) for module in _modules()]
    app_holds = {name: one for name, one in attributes(app).items() if name not in {"config", "extensions"}}
    holders += [("app", app_holds), ("app.config", dict(app.config)), ("app.extensions", dict(app.extensions))]
    for holder, things in holders:
        for name, one in list(things.items()):
            if _is(one, known):
                yield "project", f"{holder}:{name}", one
            elif type(one) not in {ModuleType, FunctionType} and (holder, name) not in LISTED:
                for inner, client in _holds(one).items():
                    yield "project", f"{holder}:{name}.{inner}", client


def _modules() -> Iterator[ModuleType]:
    """Yield the loaded modules that are the project's own: those that are not installed."""
    for module in list(sys.modules.values()):
        if type(module) is ModuleType and is_own(vars(module).get("__file__")):
            yield module


def is_own(path: object) -> bool:
    """Whether a file is the project's: neither of an installed distribution nor of Python itself."""
    if not isinstance(path, str):
        return False
    parts = path.replace("\\", "/")
    library = sys.modules["os"].__file__ or ""
    home = library.replace("\\", "/").rpartition("/")[0]
    return not ("/site-packages/" in parts or "/dist-packages/" in parts or parts.startswith(f"{home}/"))


def _blocklist(app: Any, known: frozenset[Any]) -> Iterator[Any]:  # noqa: ANN401
    """Yield the clients that the code of the JWT blocklist callback refers to."""
    manager = attributes(app.extensions.get("flask-jwt-extended"))
    yield from _referred(manager.get("_token_in_blocklist_callback"), known, DEPTH, set())


def _referred(function: Any, known: frozenset[Any], depth: int, seen: set[int]) -> Iterator[Any]:  # noqa: ANN401
    if type(function) is MethodType:
        yield from _inside(function.__self__, known)
        function = function.__func__
    if type(function) is not FunctionType or id(function) in seen or not depth:
        return
    if not is_own(function.__code__.co_filename):
        return
    seen.add(id(function))
    names = set(function.__code__.co_names)
    things = [one for name, one in list(function.__globals__.items()) if name in names]
    for cell in function.__closure__ or ():
        try:
            things.append(cell.cell_contents)
        except ValueError:  # it is not filled yet
            continue
    for one in things:
        if _is(one, known):
            yield one
        elif type(one) is FunctionType:
            yield from _referred(one, known, depth - 1, seen)
        else:
            yield from _inside(one, known)


def _inside(one: object, known: frozenset[Any]) -> Iterator[Any]:
    """Yield the clients that an object of a class, or a class, holds."""
    yield from (inner for inner in _holds(one).values() if type(one) is not ModuleType and _is(inner, known))


def _holds(one: object) -> dict[str, Any]:
    """Return what an object's own dictionary holds, or a class's."""
    return dict(vars(one)) if type(one) is type else attributes(one)
