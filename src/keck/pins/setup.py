"""setup.py and setup.cfg."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator

from keck.pins.pin import Pin
from keck.pins.requirements import decoded, requirement

KEYWORDS = frozenset({"install_requires", "extras_require", "tests_require", "setup_requires"})


def setup_py(data: bytes, path: str) -> Iterator[Pin]:
    """Yield the pins of a setup.py: literal lists, also by way of a name and joined with ``+``; it is not run."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(data)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    names = {
        target.id: node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg in KEYWORDS:
            yield from _literals(node.value, names, path)


def _literals(value: ast.expr, names: dict[str, ast.expr], path: str) -> Iterator[Pin]:
    pending: list[ast.expr | None] = [value]
    left = dict(names)
    while pending:
        node = pending.pop()
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            for offset, text in enumerate(node.value.splitlines()):
                found = requirement(text.strip(), path, node.lineno + offset)
                if found is not None:
                    yield found
        elif isinstance(node, (ast.List, ast.Tuple, ast.Set)):
            pending += node.elts
        elif isinstance(node, ast.Dict):
            pending += node.values
        elif isinstance(node, ast.BinOp):
            pending += [node.left, node.right]
        elif isinstance(node, ast.Starred):
            pending.append(node.value)
        elif isinstance(node, ast.Name):
            pending.append(left.pop(node.id, None))


def setup_cfg(data: bytes, path: str) -> Iterator[Pin]:
    """Yield the pins of a setup.cfg: `install_requires` and the extras."""
    section = key = ""
    for number, line in enumerate(decoded(data).splitlines(), 1):
        text = line.strip()
        if not text or text[0] in "#;":
            continue
        if text[0] == "[":
            section, key = text.strip("[]"), ""
            continue
        if not line[0].isspace():
            key, _, text = (part.strip() for part in text.partition("="))
        requires = (section == "options" and key in KEYWORDS) or section == "options.extras_require"
        found = requirement(text, path, number) if requires and text else None
        if found is not None:
            yield found
