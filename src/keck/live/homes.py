"""Homes: which of the modules that hold an object is the one that makes it, and where."""

from __future__ import annotations

import ast
import functools
import os
import re
import sys
import types
from collections.abc import Iterator

from keck.live.record import NOWHERE, Spot
from keck.live.spots import is_library, tree


def home(names: tuple[str, ...], kind: str) -> tuple[str, Spot]:
    """Return which ``module:variable`` makes an object, and the statement that does.

    Args:
        names: every variable that holds it.
        kind: the name of its class: a statement that calls it goes before one that calls something else,
            and that before one that only hands it on.

    Returns:
        The first name and no place where no source tells.
    """
    best: tuple[int, str, Spot] = (3, names[0] if names else "", NOWHERE)
    for name in names:
        module, _, variable = name.partition(":")
        path = file_of(module)
        for node in _assignments(path, _stamp(path), variable):
            rank = _rank(node.value, kind)
            if rank < best[0]:
                best = (rank, name, spot_of(path, node))
        if best[0] == 0:
            break
    return best[1], best[2]


def file_of(module: str) -> str:
    """Return the Python file of a loaded module, or an empty string."""
    loaded = sys.modules.get(module)
    if types.ModuleType not in type(loaded).__mro__:
        return ""
    path = object.__getattribute__(loaded, "__dict__").get("__file__")
    return path if type(path) is str and path.endswith(".py") else ""


def project_files() -> list[tuple[str, str]]:
    """Return name and file of each loaded module that belongs to no installed package."""
    found = ((name, file_of(name)) for name in list(sys.modules))
    return [(name, path) for name, path in found if path and not is_library(path)]


def lone_calls(kind: str) -> list[Spot]:
    """Return where the modules of the project call a class of this name."""
    found = {}
    for _, path in project_files():
        for node in calls(path, kind):
            found[path, node.lineno] = spot_of(path, node)
    return list(found.values())


def calls(path: str, kind: str) -> list[ast.Call]:
    """Return every call of a class of this name in a file."""
    if f"{kind}(".encode() not in _text(path, _stamp(path)):
        return []
    parsed = tree(path, _stamp(path))
    every = () if parsed is None else ast.walk(parsed)
    return [node for node in every if type(node) is ast.Call and _callee(node) == kind]


def calls_of(name: str, method: str) -> list[ast.Call]:
    """Return every call of a method on a variable or attribute of this name, in the modules of the project."""
    found = []
    for _, path in project_files():
        for node in calls(path, method):
            holder = node.func.value if isinstance(node.func, ast.Attribute) else None
            if name == (holder.attr if isinstance(holder, ast.Attribute) else getattr(holder, "id", "")):
                found.append(node)
    return found


Assignment = ast.Assign | ast.AnnAssign | ast.NamedExpr


def _assignments(path: str, stamp: int, variable: str) -> Iterator[Assignment]:
    """Yield the statements of a file that assign a variable; most files that import it are not parsed."""
    pattern = rb"\b%s\b[^=\n]*:?=[^=]" % re.escape(variable.encode())
    if not path or not re.search(pattern, _text(path, stamp)):
        return
    parsed = tree(path, stamp)
    for node in () if parsed is None else ast.walk(parsed):
        if isinstance(node, Assignment):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names = {
                each.id
                for target in targets
                for each in ast.walk(target)
                if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)
            }
            if variable in names:
                yield node


def _rank(value: ast.expr | None, kind: str) -> int:
    if not isinstance(value, ast.Call):
        return 2
    return 0 if _callee(value) == kind else 1


def _callee(node: ast.Call) -> str:
    if isinstance(node.func, ast.Attribute):
        return node.func.attr
    return node.func.id if isinstance(node.func, ast.Name) else ""


def spot_of(path: str, node: ast.AST | None) -> Spot:
    """Return where a node stands; for none, the first line of the file."""
    line, end = getattr(node, "lineno", 1), getattr(node, "end_lineno", None)
    return Spot(os.path.abspath(path).replace(os.sep, "/"), line, end or line)  # noqa: PTH100 - text is wanted


def _stamp(path: str) -> int:
    try:
        return os.stat(path).st_mtime_ns  # noqa: PTH116 - of many files, and quick
    except OSError:
        return 0


@functools.lru_cache(maxsize=1024)
def _text(path: str, stamp: int) -> bytes:
    """Return the bytes of a file; none where it is not there."""
    if not stamp:
        return b""
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - of many files, and quick
            return file.read()
    except OSError:
        return b""


def text_of(path: str) -> bytes:
    """Return the bytes of a file; none where it is not there."""
    return _text(path, _stamp(path))


def definition_line(module: str, name: str) -> tuple[str, int]:
    """Return file and first line of a function or class of a module by its qualified name; no file if it is not there."""
    path = file_of(module)
    node: ast.AST | None = tree(path, _stamp(path))
    for part in name.split("."):
        if part != "<locals>" and node is not None:
            node = next((one for one in ast.walk(node) if isinstance(one, _DEFINITIONS) and one.name == part), None)
    if not isinstance(node, _DEFINITIONS):
        return "", 1
    return spot_of(path, node).path, min([node.lineno, *(each.lineno for each in node.decorator_list)])


_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def assignment_line(module: str, name: str, attribute: str) -> tuple[str, int]:
    """Return file and line where the body of a class assigns an attribute; else those of the class."""
    path, line = definition_line(module, name)
    parsed = tree(path, _stamp(path))
    for node in () if parsed is None else ast.walk(parsed):
        if isinstance(node, ast.ClassDef) and min([node.lineno, *(one.lineno for one in node.decorator_list)]) == line:
            for each in node.body:
                targets = each.targets if isinstance(each, ast.Assign) else [getattr(each, "target", None)]
                if any(isinstance(one, ast.Name) and one.id == attribute for one in targets):
                    return path, each.lineno
    return path, line


def tree_of(path: str) -> ast.Module | None:
    """Return the syntax tree of a file, or None where it cannot be read."""
    return tree(path, _stamp(path))
