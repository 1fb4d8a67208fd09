"""What fixes write and where: code of expressions that are known as facts, names that are free, and uses of functions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from keck.facts.expr import Attr, Call, Const, Expr, Index, Items, Ref, Star, terminal, walk
from keck.place import Place
from keck.project.module import Module

if TYPE_CHECKING:
    from keck.project import Project

_BRACKETS = {"list": ("[", "]"), "tuple": ("(", ")"), "set": ("{", "}")}


def spelled(expr: Expr) -> str | None:
    """Return the code of a name, a literal, a display, or a call of such; None for anything else."""
    match expr:
        case Const(value=value, kind=""):
            return quoted(value) if isinstance(value, str) else repr(value)
        case Ref(name=name):
            return name
        case Attr(value=value, name=name):
            inner = spelled(value)
            return None if inner is None else f"{inner}.{name}"
        case Index(value=value, index=index):
            return _joined("{}[{}]", value, index)
        case Star(value=value):
            return _joined("*{}", value)
        case Items(kind=kind, items=items):
            parts = [spelled(one) for one in items]
            first, last = _BRACKETS[kind]
            comma = "," if kind == "tuple" and len(parts) == 1 else ""
            return None if None in parts else f"{first}{', '.join(map(str, parts))}{comma}{last}"
        case Call(func=func, args=args, keywords=keywords):
            given = [spelled(one) for one in args]
            named = [(one.name, spelled(one.value)) for one in keywords]
            head = spelled(func)
            if head is None or None in given or any(text is None for _, text in named):
                return None
            words = [f"**{text}" if name is None else f"{name}={text}" for name, text in named]
            return f"{head}({', '.join([*map(str, given), *words])})"
        case _:
            return None


def quoted(text: str) -> str:
    """Return a text as a literal in double quotes."""
    return repr(text) if '"' in text else f'"{repr(text)[1:-1]}"'.replace("\\'", "'")


def free(project: Project, module: Module, scope: str, *names: str) -> str | None:
    """Return the first of several names that nothing in a module is called where `scope` can see it."""
    taken = {ref.name.partition(".")[0] for _, ref in _names(module)}
    while True:
        taken |= set(project.names.scope(module, scope))
        if not scope:
            break
        scope = scope.rpartition(".")[0]
    return next((name for name in names if name not in taken), None)


def uses(project: Project, symbol: str) -> Iterator[Place]:
    """Yield where the code of a project reads a function, as a decorator or in an expression; imports do not count."""
    last = symbol.rpartition(":")[2].rpartition(".")[2]
    for module in project.modules:
        for scope, ref in _names(module):
            if terminal(ref) == last and project.resolve(module, scope, ref) == symbol:
                yield module.place(ref)


def _names(module: Module) -> Iterator[tuple[str, Ref]]:
    for function in module.facts.functions:
        for one in function.decorators:
            yield from ((function.scope, ref) for ref in walk(one) if isinstance(ref, Ref))
    for scope in module.scopes:
        yield from ((scope, ref) for ref in module.refs(scope))


def _joined(form: str, *exprs: Expr) -> str | None:
    parts = [spelled(one) for one in exprs]
    return None if None in parts else form.format(*parts)
