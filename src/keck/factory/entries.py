"""Modules that take the app object from another module: which, under what name, and whether a process starts in them."""

from __future__ import annotations

import ast
import posixpath
import re
import warnings
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from keck.factory.mention import Mention
from keck.project.module import is_test

STARTS = re.compile(
    r"(?:wsgi|asgi|manage|run|serve|server|main|passenger_wsgi|autoapp|application|index|lambda_function|handler|boot|start)"
    r"(?:_[a-z]+)?\.py|(?:run|start|serve)[a-z_]*\.py|.*\.wsgi|__main__\.py"
)


class Importer(msgspec.Struct, frozen=True, order=True):
    """A module that imports the app object.

    Attributes:
        path: its file.
        line: of the import, from 1.
        name: under which it has the app; dotted where it imported the module: ``app.app``.
        scope: ``module`` or ``function``: when the import is executed.
        is_entry: whether a process may start there: by its name, because a command names it, or because it has a
            part under ``if __name__ == "__main__"``.
        serves: the places that name the app in this module in turn: the name has to stay there.
        is_test: whether it belongs to the tests.
    """

    path: str
    line: int
    name: str
    scope: str
    is_entry: bool
    serves: tuple[Mention, ...] = ()
    is_test: bool = False


def importers(texts: Mapping[str, str], module: str, app: str, mentions: Sequence[Mention]) -> Iterator[Importer]:
    """Yield the modules that import an object from a module, sorted by path.

    Args:
        texts: the files of the project.
        module: the path of the module that defines it.
        app: the name of the object.
        mentions: what the files that are no Python name.
    """
    last = posixpath.basename(
        posixpath.dirname(module) if module.endswith("/__init__.py") else module.removesuffix(".py")
    )
    for path in sorted(texts):
        text = texts[path]
        if path == module or not path.endswith((".py", ".wsgi")) or app not in text:
            continue
        if last not in text and not re.search(r"from\s+\.+\s+import", text):
            continue
        tree = parsed(text)
        if tree is None:
            continue
        own = tuple(one for one in mentions if one.module == path)
        starts = bool(STARTS.fullmatch(posixpath.basename(path))) or bool(own) or _has_main(tree)
        for line, name, scope in _imports(tree, path, module, app):
            serves = tuple(one for one in own if one.is_binding and one.name == name)
            entry = starts and not is_test(path)
            yield Importer(path, line, name, scope, entry, serves, is_test(path))


def parsed(text: str) -> ast.Module | None:
    """Return the tree of a module, or None where it cannot be read."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _imports(tree: ast.Module, path: str, module: str, app: str) -> Iterator[tuple[int, str, str]]:
    top = set(map(id, _outside_functions(tree)))
    for node in ast.walk(tree):
        scope = "module" if id(node) in top else "function"
        if isinstance(node, ast.ImportFrom):
            for alias in node.names:
                if alias.name == app and means(node.module or "", node.level, path, module):
                    yield node.lineno, alias.asname or app, scope
                elif alias.name == "*" and means(node.module or "", node.level, path, module):
                    yield node.lineno, app, scope
                elif means(".".join(filter(None, (node.module, alias.name))), node.level, path, module):
                    own = alias.asname or alias.name
                    if _uses(tree, f"{own}.{app}"):
                        yield node.lineno, f"{own}.{app}", scope
        elif isinstance(node, ast.Import):
            for alias in node.names:
                own = alias.asname or alias.name
                if means(alias.name, 0, path, module) and _uses(tree, f"{own}.{app}"):
                    yield node.lineno, f"{own}.{app}", scope


def _outside_functions(tree: ast.AST) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(tree):
        if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield child
            yield from _outside_functions(child)


def means(dotted: str, level: int, path: str, module: str) -> bool:
    """Whether an import in one file means the module at a path.

    An absolute one does wherever the module's path ends in it and starts at the importer's directory or above.
    """
    target = module.removesuffix("/__init__.py").removesuffix(".py")
    if level:
        folder = posixpath.dirname(path)
        for _ in range(level - 1):
            folder = posixpath.dirname(folder)
        return "/".join(filter(None, (folder, *dotted.split(".")))) == target
    wanted = dotted.replace(".", "/")
    if target != wanted and not target.endswith(f"/{wanted}"):
        return False
    base = target.removesuffix(wanted).rstrip("/")
    return not base or base == "src" or f"{path}/".startswith(f"{base}/") or posixpath.basename(base) == "src"


def _uses(tree: ast.Module, dotted: str) -> bool:
    return any(isinstance(node, ast.Attribute) and ast.unparse(node) == dotted for node in ast.walk(tree))


def _has_main(tree: ast.Module) -> bool:
    return any(isinstance(one, ast.If) and "__name__" in ast.unparse(one.test) for one in tree.body)
