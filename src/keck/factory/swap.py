"""A change of single nodes of a syntax tree, by the nodes themselves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import libcst as cst

Change = Callable[[Any], Any]


class Swap(cst.CSTTransformer):
    """Replaces nodes, innermost first."""

    def __init__(self) -> None:
        super().__init__()
        self._changes: dict[cst.CSTNode, list[Change]] = {}

    def put(self, node: cst.CSTNode, new: cst.CSTNode | cst.RemovalSentinel) -> None:
        """Let a node become another one."""
        self._changes.setdefault(node, []).append(lambda _: new)

    def change(self, node: cst.CSTNode, how: Change) -> None:
        """Let a node become what a function makes of it, whose parts are already changed."""
        self._changes.setdefault(node, []).append(how)

    def on_leave(self, original_node: Any, updated_node: Any) -> Any:  # noqa: ANN401 - as the base class has it
        """Return what becomes of a node."""
        for how in self._changes.get(original_node, ()):
            updated_node = how(updated_node)
        return updated_node

    def of(self, node: Any) -> Any:  # noqa: ANN401 - a node of the kind given
        """Return a node with all changes in it."""
        return node.visit(self)
