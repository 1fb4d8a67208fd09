"""Files of settings that a path put together in code can name."""

from __future__ import annotations

import re

from keck.facts.expr import Call, Expr, Op, Ref, Text, terminal, text_of
from keck.project.module import Module
from keck.project.objects import Objects

_SAME = {"abspath", "normpath", "realpath", "fspath", "str", "Path"}


def files_like(objects: Objects, module: Module, scope: str, expr: Expr | None) -> list[Module]:
    """Return the files that ``os.path.join(folder, "config", name + ".py")`` can name, those of the own root first."""
    shape = "" if expr is None else _folded(_shape(objects, module, scope, expr))
    if not shape.endswith("\\.py") or not re.search(r"\w{3}", shape.removesuffix("\\.py")):
        return []
    pattern = re.compile(f"(.*/)?{shape}")
    found = [one for path, one in objects.names.modules.items() if pattern.fullmatch(f"/{path}") and not one.is_test]
    own = [one for one in found if objects.names.packages.together(one, module)]
    return own or (found if re.search(r"\w/", shape) else [])


def _folded(shape: str) -> str:
    """Return a shape without ``.`` and ``..``; above a part that is not known lies another one that is not."""
    parts: list[str] = []
    for one in shape.split("/"):
        if one == "\\.\\.":
            if parts and parts[-1] != ".*":
                parts.pop()
        elif one not in {"", "\\."}:
            parts.append(one)
    return "/".join(parts)


def _shape(objects: Objects, module: Module, scope: str, expr: Expr, depth: int = 0) -> str:
    """Return a regular expression for a file name: its known parts, and anything for the others."""
    text = text_of(expr)
    if text is not None:
        return re.escape(text)
    if isinstance(expr, Text) or (isinstance(expr, Op) and expr.kind in {"+", "/"}):
        between = "/" if isinstance(expr, Op) and expr.kind == "/" else ""
        return between.join(_shape(objects, module, scope, one, depth) for one in expr.parts)
    if isinstance(expr, Call) and terminal(expr.func) in _SAME and len(expr.args) == 1:
        return _shape(objects, module, scope, expr.args[0], depth)
    if isinstance(expr, Call) and terminal(expr.func) == "join":
        return "/".join(_shape(objects, module, scope, one, depth) for one in expr.args)
    if isinstance(expr, Ref) and depth < 4:
        written = list(objects.written(objects.names.resolve(module, scope, expr.name)))
        if len(written) == 1 and written[0][2] is not expr:
            return _shape(objects, *written[0], depth + 1)
    return ".*"
