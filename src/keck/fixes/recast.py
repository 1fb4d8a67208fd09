"""Expressions that are rewritten as a whole, by what knows their kind."""

from __future__ import annotations

from importlib import import_module

import libcst as cst

_HOMES = {"query": "keck.queries"}


def recast(by: str, into: str, node: cst.BaseExpression, module: cst.Module) -> cst.BaseExpression:
    """Return an expression rewritten.

    Args:
        by: what rewrites it, see `keck.edit.Recast`.
        into: what it becomes, in the words of what rewrites it.
        node: the expression.
        module: the file that it stands in.

    Raises:
        Unfit: it is not of the kind that is known.
    """
    found: cst.BaseExpression = import_module(_HOMES[by]).recast(node, into, module)
    return found
