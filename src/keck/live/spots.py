"""Places: where in source code a live function stands, and what is written there."""

from __future__ import annotations

import ast
import functools
import os
import sysconfig
import tokenize
import types
from collections.abc import Iterator
from typing import Any

from keck.live.record import NOWHERE, Spot

Definition = ast.FunctionDef | ast.AsyncFunctionDef

_PACKAGES = (f"{os.sep}site-packages{os.sep}", f"{os.sep}dist-packages{os.sep}")
_LIBRARY = tuple(
    path + os.sep for path in {sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib")} if path is not None
)


def spot(function: object) -> Spot:
    """Return where a function is defined: from its first decorator to the last line of its body.

    Args:
        function: also a bound method, a `functools.partial`, a class, or an object that can be called.
    """
    if isinstance(function, type):
        return _of_class(function)
    found = plain(function)
    return NOWHERE if found is None else of_code(found.__code__)


def plain(function: object) -> types.FunctionType | None:
    """Return the Python function that runs when `function` is called, or None where there is none."""
    for _ in range(20):
        kind = type(function)
        if kind is types.FunctionType:
            return function  # type: ignore[return-value]  # its type is compared, which mypy does not follow
        if kind is types.MethodType or kind in {staticmethod, classmethod}:
            function = function.__func__  # type: ignore[attr-defined]  # as above
        elif functools.partial in kind.__mro__:
            function = function.func  # type: ignore[attr-defined]  # as above
        elif type in kind.__mro__:
            return None
        else:
            function = lookup(kind, "__call__")
    return None


def lookup(kind: type, name: str) -> Any:  # noqa: ANN401 - whatever the class holds
    """Return what a class or the first of its bases has under a name, without running a descriptor; else None."""
    return next((vars(base)[name] for base in kind.__mro__ if name in vars(base)), None)


def of_code(code: types.CodeType) -> Spot:
    """Return where the code of a function is written."""
    path = code.co_filename
    if path.startswith("<"):
        return NOWHERE
    node = None if is_library(path) else definition(code)
    if node is not None:
        return Spot(_slashes(path), first_line(node), node.end_lineno or node.lineno)
    return Spot(_slashes(path), code.co_firstlineno, max(_lines(code)))


def definition(code: types.CodeType) -> Definition | None:
    """Return the statement that made a function, or None: a lambda, or its source is not at hand."""
    return _definitions(*_stamp(code.co_filename)).get((code.co_name, code.co_firstlineno))


def lambda_of(code: types.CodeType) -> ast.Lambda | None:
    """Return the expression that made a lambda, or None: it is none, or not the only one on its line."""
    if code.co_name != "<lambda>" or is_library(code.co_filename):
        return None
    found = tree(*_stamp(code.co_filename))
    every = [] if found is None else [one for one in ast.walk(found) if isinstance(one, ast.Lambda)]
    here = [one for one in every if one.lineno == code.co_firstlineno]
    return here[0] if len(here) == 1 else None


def first_line(node: Definition | ast.ClassDef) -> int:
    """Return the line of a definition's first decorator, or its own."""
    return min([node.lineno, *(each.lineno for each in node.decorator_list)])


@functools.lru_cache(maxsize=4096)
def is_library(path: str) -> bool:
    """Return whether a file belongs to an installed package or the standard library and not to the project."""
    return any(part in path for part in _PACKAGES) or path.startswith((*_LIBRARY, "<frozen"))


def _of_class(kind: type) -> Spot:
    codes = [each.__code__ for each in vars(kind).values() if type(each) is types.FunctionType]
    for code in codes:
        nodes = _classes(*_stamp(code.co_filename))
        for node in nodes:
            end = node.end_lineno or node.lineno
            if node.name == kind.__name__ and node.lineno <= code.co_firstlineno <= end:
                return Spot(_slashes(code.co_filename), first_line(node), end)
    return NOWHERE


def renew() -> None:
    """Look again at which files have changed, from now on."""
    _stamp.cache_clear()


@functools.lru_cache(maxsize=4096)
def _stamp(path: str) -> tuple[str, int]:
    try:
        return path, os.stat(path).st_mtime_ns  # noqa: PTH116 - of many files, and quick
    except OSError:
        return path, 0


@functools.lru_cache(maxsize=1024)
def tree(path: str, stamp: int) -> ast.Module | None:
    """Return the syntax tree of a file, or None where it cannot be read.

    Args:
        path: as its code objects name it.
        stamp: when it was changed; 0 where there is no such file.
    """
    if not stamp:
        return None
    try:
        with tokenize.open(path) as file:
            return ast.parse(file.read())
    except (OSError, SyntaxError, ValueError, RecursionError):
        return None


@functools.lru_cache(maxsize=1024)
def _definitions(path: str, stamp: int) -> dict[tuple[str, int], Definition]:
    found = tree(path, stamp)
    if found is None:
        return {}
    every = (each for each in _statements(found.body) if isinstance(each, Definition))
    return {(each.name, first_line(each)): each for each in every}


@functools.lru_cache(maxsize=1024)
def _classes(path: str, stamp: int) -> tuple[ast.ClassDef, ...]:
    found = tree(path, stamp)
    return () if found is None else tuple(one for one in _statements(found.body) if isinstance(one, ast.ClassDef))


def _statements(body: list[Any]) -> Iterator[ast.stmt]:
    """Yield every statement of a block and of the blocks in it; expressions are not walked, which is what costs."""
    for each in body:
        yield each
        for name in ("body", "orelse", "finalbody", "handlers", "cases"):
            inner = getattr(each, name, None)
            if inner:
                yield from _statements(inner)


def _lines(code: types.CodeType) -> Iterator[int]:
    yield code.co_firstlineno
    yield from (line for _, _, line in code.co_lines() if line)
    for inner in code.co_consts:
        if isinstance(inner, types.CodeType):
            yield from _lines(inner)


@functools.lru_cache(maxsize=4096)
def _slashes(path: str) -> str:
    return os.path.abspath(path).replace(os.sep, "/")  # noqa: PTH100 - text with slashes is wanted
