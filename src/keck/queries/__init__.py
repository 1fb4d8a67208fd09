"""Legacy queries of SQLAlchemy, rewritten to `select()`: what is known of them, and how their text changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import libcst as cst

__all__ = ["recast"]


def recast(node: cst.BaseExpression, into: str, module: cst.Module) -> cst.BaseExpression:
    """Return a chain of calls as another expression, see `keck.queries.layout`."""
    from keck.queries.layout import relaid

    return relaid(node, into, module)
