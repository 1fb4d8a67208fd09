"""Mentions of config keys: where the project reads a name in upper case."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable

from keck.facts.expr import Attr, Call, Const, Expr, Index, Ref, Table, children, terminal
from keck.project.module import Module

_READS_ENVIRONMENT = re.compile(r"env", re.IGNORECASE)
_NAMING = frozenset({Table, Call, Index})


def mentions(modules: Iterable[Module]) -> dict[str, int]:
    """Return how often each upper-case name is read: as a text or as the last part of a dotted name.

    The texts with which keys begin are among them, such as ``MAIL_`` of ``get_namespace("MAIL_")``.
    A dict's key, the first argument of ``setdefault`` and the name of an environment variable are no reads.
    """
    found: dict[str, int] = defaultdict(int)
    for module in modules:
        for scope in module.scopes:
            for step in module.steps(scope):
                parts = [one for one in (step.value,) if one is not None and step.kind != "define"]
                parts += [target.value for target in step.targets if isinstance(target, Index)]
                for part in parts:
                    _mention(part, found)
            for block in module.blocks(scope):
                if block.subject is not None and block.kind != "else":
                    _mention(block.subject, found)
        for function in module.facts.functions:
            for part in (*function.decorators, *(one.default for one in function.params if one.default is not None)):
                _mention(part, found)
        for cls in module.facts.classes:
            for part in cls.decorators:
                _mention(part, found)
    return dict(found)


def _mention(expr: Expr, found: dict[str, int]) -> None:
    stack = [expr]
    while stack:
        part = stack.pop()
        kind = type(part)
        if kind is Const:
            text = part.value  # type: ignore[union-attr]
            if type(text) is str and text.isupper():
                found[text] += 1
        elif kind is Ref:
            last = part.name.rpartition(".")[2]  # type: ignore[union-attr]
            if last.isupper():
                found[last] += 1
        else:
            if kind is Attr and part.name.isupper():  # type: ignore[union-attr]
                found[part.name] += 1  # type: ignore[union-attr]
            stack.extend(_read_parts(part) if kind in _NAMING else children(part))


def _read_parts(expr: Expr) -> tuple[Expr, ...]:
    """Return the parts of an expression whose texts may name a key that is read."""
    named: Expr | None = None
    if isinstance(expr, Table):
        keys = tuple(key for key, _ in expr.pairs if key is not None and not isinstance(key, Const))
        return keys + tuple(value for _, value in expr.pairs)
    if isinstance(expr, Call) and expr.args:
        reads = isinstance(expr.func, Ref) and _READS_ENVIRONMENT.search(expr.func.name)
        named = expr.args[0] if reads or terminal(expr.func) == "setdefault" else None
    if isinstance(expr, Index) and isinstance(expr.value, Ref) and _READS_ENVIRONMENT.search(expr.value.name):
        named = expr.index
    return tuple(one for one in children(expr) if one is not named)
