"""What a project says of the backend of its cache: in the app's config, or as ``config=`` of the cache."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from keck.facts.expr import Expr
from keck.project.module import Module
from keck.project.values import HIDDEN, Known, Value

if TYPE_CHECKING:
    from keck.project import Project
    from keck.project.extensions import Instance


@dataclass(frozen=True)
class Backend:
    """A cache and the settings that it is given besides the app's config.

    `own` holds the values given as ``config=`` by key; `known` is False where they cannot be seen.
    """

    instance: Instance
    own: dict[str, list[Value]]
    known: bool


def backends(project: Project) -> Iterator[Backend]:
    """Yield the caches of Flask-Caching that are bound to an app."""
    for one in project.instances_of("caching"):
        if not any(base.startswith("flask_caching.") for base in project.objects.lineage(one.site.cls)):
            continue
        given = [(one.module, one.scope, one.call.argument(2, "config"))]
        opaque = one.call.open_ended
        for binding in one.bindings:
            if binding.how == "init_app":
                given.append((binding.module, binding.scope, binding.call.argument(1, "config")))
                opaque = opaque or binding.call.open_ended
        if one.bindings:
            yield _backend(project, one, given, opaque=opaque)


def _backend(project: Project, one: Instance, given: list[tuple[Module, str, Expr | None]], *, opaque: bool) -> Backend:
    own: dict[str, list[Value]] = {}
    known = not opaque
    for module, scope, expr in given:
        if expr is None:
            continue
        value = project.value(module, scope, expr)
        if isinstance(value, Known) and isinstance(value.value, dict):
            known = known and None not in value.value
            for key, inner in value.value.items():
                own.setdefault(str(key), []).append(inner)
        elif not (isinstance(value, Known) and value.value is None):
            known = False
    return Backend(one, own, known)


def option(project: Project, key: str) -> list[Value]:
    """Return the values that a key has in the app's config or in the config of a cache, tests left out."""
    found = [one.value for one in project.settings(key)]
    for backend in backends(project):
        found += backend.own.get(key, [])
        found += [] if backend.known else [HIDDEN]
    return found


def types(project: Project) -> list[Value]:
    """Return what ``CACHE_TYPE`` can be outside tests and development, over all caches."""
    found: list[Value] = []
    for backend in backends(project):
        own = backend.own.get("CACHE_TYPE", [])
        found += own or [one.value for one in project.settings("CACHE_TYPE") if one.role != "development"]
    return found
