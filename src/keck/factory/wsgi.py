"""A new ``wsgi.py``: where the app object is afterwards, for servers that nothing in the project names yet."""

from __future__ import annotations

import ast
import posixpath
import re
from collections.abc import Iterator, Mapping

from keck.factory.entries import parsed
from keck.factory.serving import Serving

BUILD = re.compile(r"(?m)^\s*\[(?:project|build-system|tool\.poetry|metadata|options)\]|\bsetup\s*\(")


def wsgi(
    texts: Mapping[str, str], module: str, serving: Serving, *, factory: str = "create_app", name: str = "app"
) -> tuple[str, str] | None:
    """Return path and text of a new ``wsgi.py``, or None where there is to be none.

    There is none where a server finds the app without it (the old name stays, or a module that imports the app is what
    is served), and none where a file of that name exists: it is never overwritten.

    Args:
        texts: the project's files by path.
        module: the path of the module that has the factory.
        serving: what names the app from outside.
        factory: the name of the factory.
        name: the name of the app object in the new file.
    """
    if serving.stays or any(one.called for one in serving.mentions) or any(one.serves for one in serving.importers):
        return None
    base = imported_from(texts, module)
    path = posixpath.join(_home(texts, base), "wsgi.py")
    if path in texts or path == module or f"{path.removesuffix('.py')}/__init__.py" in texts:
        return None
    source = dotted(module, base)
    if source == "__init__":
        return None
    return path, f"from {source} import {factory}\n\n{name} = {factory}()\n"


def dotted(module: str, base: str) -> str:
    """Return the name by which a module is imported from a directory: ``shop.app`` for ``src/shop/app.py`` from ``src``."""
    relative = module.removesuffix(".py").removesuffix("/__init__")
    return relative[len(base) + 1 if base else 0 :].replace("/", ".")


def imported_from(texts: Mapping[str, str], module: str) -> str:
    """Return the directory from which a module is imported, empty for the root.

    It is the nearest one above its packages; one further up where the module's own imports, or those of it, start there.
    """
    bases = list(_bases(texts, module))
    wanted = [*_absolute(texts[module]), *_meant(texts, module)]

    def resolved(base: str) -> int:
        return sum(_exists(texts, posixpath.join(base, one.replace(".", "/"))) for one in wanted)

    return max(bases, key=lambda base: (resolved(base), base.count("/"), len(base)))


def _bases(texts: Mapping[str, str], module: str) -> Iterator[str]:
    """Yield the directories above the outermost package of a module, nearest first."""
    folder = posixpath.dirname(module)
    while folder and f"{folder}/__init__.py" in texts:
        folder = posixpath.dirname(folder)
    yield folder
    while folder:
        folder = posixpath.dirname(folder)
        if "-" not in module[len(folder) :].rpartition("/")[0]:
            yield folder


def _absolute(text: str) -> Iterator[str]:
    """Yield the modules that a text imports by an absolute name."""
    tree = parsed(text)
    for node in ast.walk(tree) if tree else ():
        if isinstance(node, ast.ImportFrom) and not node.level and node.module:
            yield node.module
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def _meant(texts: Mapping[str, str], module: str) -> Iterator[str]:
    """Yield the absolute names under which the other modules import a module, each as often as it stands."""
    parts = module.removesuffix(".py").removesuffix("/__init__").split("/")
    spellings = [".".join(parts[start:]) for start in range(len(parts))]
    pattern = re.compile(rf"(?m)^\s*(?:from|import)\s+({'|'.join(map(re.escape, spellings))})\b(?!\.)")
    for path, text in texts.items():
        if path.endswith(".py") and path != module:
            yield from (found[1] for found in pattern.finditer(text))


def _exists(texts: Mapping[str, str], path: str) -> bool:
    return f"{path}.py" in texts or f"{path}/__init__.py" in texts


def _home(texts: Mapping[str, str], base: str) -> str:
    """Return where the file goes: beside the manifest where the code is in ``src`` and is installed, else to the code."""
    above, _, last = base.rpartition("/")
    if last == "src":
        manifests = (texts.get(posixpath.join(above, one), "") for one in ("pyproject.toml", "setup.py", "setup.cfg"))
        if any(map(BUILD.search, manifests)):
            return above
    return base
