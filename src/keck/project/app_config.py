"""The config of an app: which expressions are one."""

from __future__ import annotations

import re

from keck.facts.expr import Attr, Expr, Ref, terminal
from keck.project.module import Module
from keck.project.objects import Objects
from keck.project.things import Thing, Unknown, app_like

_APP_NAMES = re.compile(r"(^|_)app(lication)?$|^flask$|^server$|^state\.app$")


def config_of(objects: Objects, module: Module, scope: str, holder: Expr, depth: int = 0) -> frozenset[Thing] | None:
    """Return the app whose config an expression is, or None when it is no app's config."""
    if isinstance(holder, Attr) and holder.name == "config":
        things = objects.of(module, scope, holder.value)
        return things if app_like(things) else None
    if not isinstance(holder, Ref) or depth > 4:
        return None
    symbol = objects.names.resolve(module, scope, holder.name)
    if not symbol.endswith(".config") or _is_local(objects, symbol):
        written = list(objects.written(symbol)) if ":" in symbol else []
        if len(written) == 1 and isinstance(written[0][2], Attr | Ref) and terminal(written[0][2]) == "config":
            return config_of(objects, *written[0], depth + 1)
        return None
    return _app_symbol(objects, symbol.removesuffix(".config"))


def _is_local(objects: Objects, symbol: str) -> bool:
    """Whether a symbol is a variable or parameter of a function, and no attribute."""
    head, _, name = symbol.partition(":")
    module = objects.names.by_name.get(head)
    return module is not None and name.rpartition(".")[0] in module.functions


def app_of(objects: Objects, module: Module, scope: str, name: str) -> frozenset[Thing] | None:
    """Return the app that a name is, or None when it is none."""
    return _app_symbol(objects, objects.names.resolve(module, scope, name))


def _app_symbol(objects: Objects, symbol: str) -> frozenset[Thing] | None:
    things = objects.of_symbol(symbol)
    if app_like(things):
        return things
    last = re.split(r"[:.]", symbol)[-1]
    hidden = any(isinstance(one, Unknown) for one in things)
    return things if hidden and _APP_NAMES.search(last) else None
