"""The scan: every instance of the seven extensions in this process, and every other app.

Classes are taken from modules that are loaded; nothing is imported. An object is one of them when its own type
is such a class or was derived from one: `isinstance` would take a `weakref.proxy` or a `Mock(spec=Cache)` for
one, and run code of the user for a `LocalProxy`.
"""

from __future__ import annotations

import gc
import sys
import types
import weakref
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from keck.live.homes import home, lone_calls
from keck.live.record import NOWHERE, Spot

CLASSES = {
    "sqlalchemy": ("flask_sqlalchemy", "SQLAlchemy"),
    "migrate": ("flask_migrate", "Migrate"),
    "jwt": ("flask_jwt_extended", "JWTManager"),
    "cors": ("flask_cors", "CORS"),
    "caching": ("flask_caching", "Cache"),
    "limiter": ("flask_limiter", "Limiter"),
    "mail": ("flask_mail", "Mail"),
}
"""The class of each extension, as module and name."""


@dataclass(frozen=True, eq=False)
class Held:
    """One instance of an extension, as it was found.

    Args:
        extension: as `Instance.extension`.
        object: the instance; nothing may be asked of it that runs code of its own.
        names: every ``module:variable`` that holds it.
        name: the one whose source assigns it; else the first; empty where no module holds it.
        spot: the statement that assigns it.
    """

    extension: str
    object: Any
    names: tuple[str, ...] = ()
    name: str = ""
    spot: Spot = NOWHERE


@dataclass(frozen=True, eq=False)
class Scan:
    """What was found in this process.

    Args:
        held: the instances, those of modules first.
        apps: every Flask app but the one that was asked for.
    """

    held: tuple[Held, ...] = ()
    apps: tuple[Any, ...] = ()


def scan(app: Any) -> Scan:  # noqa: ANN401 - Flask is not imported here
    """Return the instances and the other apps of this process.

    What is found by the garbage collector alone may be garbage that waits for it; where such an instance is
    found, it is asked to collect first.
    """
    wanted = _wanted()
    if not wanted:
        return Scan()
    names: dict[int, list[str]] = {}
    found: dict[int, Any] = {}
    for name, value in _variables(wanted):
        found[id(value)] = value
        names.setdefault(id(value), []).append(name)
    rest = [one for one in gc.get_objects() if id(type(one)) in wanted and id(one) not in found and one is not app]
    if any(not _reached_from(one, app) for one in rest):
        rest = _alive(rest)
    found.update((id(one), one) for one in rest)
    every = [one for one in found.values() if one is not app]
    held = [
        _held(wanted[id(type(one))], one, tuple(names.get(id(one), ()))) for one in every if _extension(one, wanted)
    ]
    return Scan(tuple(_with_lone_calls(held)), tuple(one for one in every if not _extension(one, wanted)))


def class_of(extension: str) -> type | None:
    """Return the class of an extension, or None where the app has not loaded it."""
    module, name = CLASSES[extension]
    return _class(module, name)


def _extension(value: object, wanted: dict[int, str]) -> bool:
    return wanted[id(type(value))] != _APP


_APP = "app"


def _wanted() -> dict[int, str]:
    """Return the extension of each class that is loaded, subclasses too, by the identity of the class."""
    found: dict[int, str] = {}
    for extension, (module, name) in {**CLASSES, _APP: ("flask", "Flask")}.items():
        root = _class(module, name)
        waiting = [] if root is None else [root]
        while waiting:
            one = waiting.pop()
            if id(one) not in found:
                found[id(one)] = extension
                waiting += type.__subclasses__(one)
    return found


def _class(module: str, name: str) -> type | None:
    loaded = sys.modules.get(module)
    found = vars(loaded).get(name) if type(loaded) is types.ModuleType else None
    return found if isinstance(found, type) else None


def _variables(wanted: dict[int, str]) -> Iterator[tuple[str, Any]]:
    """Yield ``module:variable`` and value for each variable of a loaded module that holds what is wanted."""
    seen: set[int] = set()
    for name, module in list(sys.modules.items()):
        if types.ModuleType in type(module).__mro__ and id(module) not in seen:
            seen.add(id(module))
            # a module that loads itself when it is touched stays as it is
            variables = object.__getattribute__(module, "__dict__")
            for variable, value in list(variables.items()):
                if id(type(value)) in wanted:
                    yield f"{name}:{variable}", value


def _reached_from(value: object, app: Any) -> bool:  # noqa: ANN401 - Flask is not imported here
    """Return whether an app holds the instance, which therefore is no garbage."""
    for kept in vars(app).get("extensions", {}).values():
        if kept is value or (type(kept) in {dict, set} and any(one is value for one in kept)):
            return True
    return False


def _alive(values: list[Any]) -> list[Any]:
    """Return those objects that are still there after a collection."""
    references = [weakref.ref(one) for one in values]
    values.clear()
    gc.collect()
    return [one for one in (reference() for reference in references) if one is not None]


def _held(extension: str, value: Any, names: tuple[str, ...]) -> Held:  # noqa: ANN401 - any class of the seven
    name, spot = home(names, type(value).__name__)
    return Held(extension, value, names, name, spot)


def _with_lone_calls(held: list[Held]) -> Iterator[Held]:
    """Yield the instances; one that no module holds gets the place of the only call that can have made it."""
    homeless = [one for one in held if not one.names]
    for one in held:
        kind = type(one.object).__name__
        alike = [other for other in homeless if type(other.object).__name__ == kind]
        if one.names or len(alike) > 1:
            yield one
            continue
        taken = {(other.spot.path, other.spot.line) for other in held}
        places = [spot for spot in lone_calls(kind) if (spot.path, spot.line) not in taken]
        yield Held(one.extension, one.object, spot=places[0]) if len(places) == 1 else one
