"""The elements of lists, tuples, sets and dicts, followed over names, calls and loops' helpers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from keck.facts.expr import Call, Expr, Items, Op, Other, Ref, Star, Table, before, terminal
from keck.project.module import Module, Where
from keck.project.things import Named

if TYPE_CHECKING:
    from keck.project.objects import Objects

UNPACKED = Other(0, 0, 0, 0, "unpacked", ())
"""Stands for a part of a row that is not followed, such as a dict's key or an enumeration's number."""

_WHOLE = {"values", "list", "tuple", "set", "reversed", "sorted"}
"""Calls that hand on the elements of what they are given, or of what they are called on."""


def elements(objects: Objects, module: Module, scope: str, expr: Expr, depth: int = 0) -> Iterator[Where]:
    """Yield the elements of a list, tuple, set or dict (its values), followed over names."""
    if objects.exhausted(depth):
        return
    match expr:
        case Items(items=items):
            for one in items:
                if isinstance(one, Star):
                    yield from elements(objects, module, scope, one.value, depth + 1)
                else:
                    yield module, scope, one
        case Table(pairs=pairs):
            for key, value in pairs:
                if key is None:
                    yield from elements(objects, module, scope, value, depth + 1)
                else:
                    yield module, scope, value
        case Ref():
            for where in objects.written(objects.names.resolve(module, scope, expr.name)):
                yield from elements(objects, *where, depth + 1)
        case Call(func=func, args=args) if terminal(func) == "items" and not args:
            holder = before(func)
            for row in elements(objects, module, scope, holder, depth + 1) if holder is not None else ():
                yield row[0], row[1], Items(0, 0, 0, 0, "tuple", (UNPACKED, row[2]))
        case Call(func=func, args=args) if terminal(func) in _WHOLE:
            inner = args[0] if args else before(func)
            if inner is not None:
                yield from elements(objects, module, scope, inner, depth + 1)
        case Call(func=func, args=args) if terminal(func) in {"enumerate", "zip"}:
            columns = [list(elements(objects, module, scope, one, depth + 1)) for one in args]
            lead = (UNPACKED,) if terminal(func) == "enumerate" else ()
            for cells in zip(*columns, strict=False):
                yield module, scope, Items(0, 0, 0, 0, "tuple", (*lead, *(one[2] for one in cells)))
        case Call():
            for thing in objects.of(module, scope, expr.func, depth + 1):
                if isinstance(thing, Named) and thing.kind == "function":
                    for where in objects.returned(thing.symbol):
                        yield from elements(objects, *where, depth + 1)
        case Op(kind="+" | "or", parts=parts):
            for one in parts:
                yield from elements(objects, module, scope, one, depth + 1)
        case Op(kind="if", parts=(_, *parts)):
            for one in parts:
                yield from elements(objects, module, scope, one, depth + 1)
